import { readFileSync, writeFileSync, readdirSync, unlinkSync } from "node:fs";
import { parseGitConfig } from "./harness/dist/models/git/git-config.js";
import { createGitNetwork } from "./harness/dist/models/git/git-network.js";
import { parseBlipConfig } from "./harness/dist/models/blip/blip-config.js"; import { createBlipNetwork } from "./harness/dist/models/blip/blip-network.js";
import { locateWeights } from "./harness/dist/models/published/weight-constants.js";
import { openStoredWeights } from "./harness/dist/checkpoints/stored-weights.js";
import { openRowCache } from "./harness/dist/layers/row-cache.js";
import { traceFunction } from "./harness/dist/engine/trace/trace.js";
import "./harness/dist/engine/compile.js";
import { writeModel } from "./harness/dist/engine/onnx-writer.js";
import { InferenceSession, Tensor } from "onnxruntime-node";
import * as tf from "@tensorflow/tfjs-core";
const hw=()=>readFileSync("/proc/self/status","utf8").match(/VmHWM:.*|VmRSS:.*|RssFile:.*/g).join(" ").replace(/\s+/g," ");
const [,,which,what,B,K]=process.argv; const dir=`/tmp/full/${which}-base`;
const cfg=JSON.parse(readFileSync(dir+"/config.json")); const net=which==="git"?createGitNetwork(parseGitConfig(cfg,dir)):createBlipNetwork(parseBlipConfig(cfg,dir));
const stored=await openStoredWeights(dir); const constants=await locateWeights(stored,net.shapes);
const b=Number(B??1), rows=b*Number(K??1), places=32, W=net.width, H=net.heads, keys=net.grid**2+1, S=net.imageSize;
const step=({weights,memory,past,index,step})=>{const cache=openRowCache(past,index,step.position); const st=net.step(weights,memory,cache,step); const logits=net.logits(weights,st); const {values,indices}=tf.topk(logits,16); return {written:cache.written,best:{ids:indices,values},norm:tf.logSumExp(logits,1)};};
const kv={keys:{shape:[b,H,W/H,keys]},values:{shape:[b,H,keys,W/H]}};
const sig=what==="step"?{weights:constants.signature,memory:{layers:Object.fromEntries(net.layers.map(l=>[l,kv]))},past:Object.fromEntries(net.layers.map(l=>[l,{keys:{shape:[places*rows,W]},values:{shape:[places*rows,W]}}])),index:{shape:[rows,places],dtype:"int32"},step:{tokens:{shape:[rows],dtype:"int32"},position:{shape:[],dtype:"int32"}}}
 :{weights:constants.signature,images:{shape:[1,S,S,3]}};
const fn=what==="step"?step:({weights,images})=>net.see(weights,images);
const tr=await traceFunction(fn,sig,{inBlocks:true});
const ext=Object.fromEntries(Object.entries(constants.constants).map(([k,v])=>[k,{...v,location:v.location.slice(1)}]));
const model=writeModel(tr.graph,tr.outputs,{external:ext});
console.log("nodes",tr.graph.reachable(tr.outputs.map(o=>o[1])).length, hw());
for(const f of readdirSync("/tmp").filter(f=>f.startsWith("ortprof")))unlinkSync("/tmp/"+f);
const t0=performance.now();
const s=await InferenceSession.create(model,{executionProviders:["cpu"],intraOpNumThreads:Number(process.env.NT??2),...(process.env.NOARENA&&{enableCpuMemArena:false}),...(process.env.NOPAT&&{enableMemPattern:false}),enableProfiling:!process.env.NOPROF,profileFilePrefix:"/tmp/ortprof",...(process.env.OPT&&{optimizedModelFilePath:process.env.OPT}),extra:{session:{model_external_initializers_file_folder_path:"/",...(process.env.SPIN&&{"intra_op.allow_spinning":process.env.SPIN})}}});
console.log("create",(performance.now()-t0).toFixed(0),hw());
const feeds={}; for(const [n,{shape,dtype}] of tr.inputs){ if(n.startsWith("weights/"))continue; const size=shape.reduce((a,b)=>a*b,1); feeds[n]=new Tensor(dtype,dtype==="int32"?new Int32Array(size):new Float32Array(size).map(()=>Math.random()-0.5),shape);}
const ts=[];for(let i=0;i<30;i++){const t=process.cpuUsage().user;await s.run(feeds);ts.push((process.cpuUsage().user-t)/1000);} ts.sort((a,b)=>a-b); console.log("median ms",ts[15].toFixed(2),"min",ts[0].toFixed(2),hw());
s.endProfiling?.();
await s.release();
if(process.env.NOPROF)process.exit();
await new Promise(r=>setTimeout(r,500));
const pf=readdirSync("/tmp").find(f=>f.startsWith("ortprof")); const ev=JSON.parse(readFileSync("/tmp/"+pf)).filter(e=>e.cat==="Node"&&e.name.endsWith("kernel_time"));
const by={};for(const e of ev){const k=e.args.op_name;by[k]??=[0,0];by[k][0]+=e.dur;by[k][1]++;}
console.log(Object.entries(by).sort((a,b)=>b[1][0]-a[1][0]).slice(0,18).map(([k,[d,n]])=>`${k} ${(d/30000).toFixed(2)}ms n=${n/30}`).join("\n"));
