import { readFileSync } from "node:fs";
import { parseGitConfig } from "./harness/dist/models/git/git-config.js";
import { createGitNetwork } from "./harness/dist/models/git/git-network.js";
import { locateWeights } from "./harness/dist/models/published/weight-constants.js";
import { openStoredWeights } from "./harness/dist/checkpoints/stored-weights.js";
import { createCaptionDecoder } from "./harness/dist/models/published/caption-decoder.js";
import { decodeGreedily } from "./harness/dist/decoding/left-to-right.js";
import { readSafetensors, openSafetensors } from "./harness/dist/checkpoints/safetensors.js";
import { compile } from "./harness/dist/engine/compile.js";
import * as tf from "@tensorflow/tfjs-core";
const R="../shared/reference/models", name=process.argv[2]??"git-a", dir=`${R}/checkpoints/${name}`;
const config=parseGitConfig(JSON.parse(readFileSync(dir+"/config.json")),dir);
const net=createGitNetwork(config);
const stored=await openStoredWeights(dir);
for(const n of Object.keys(net.shapes)) if(String(stored.tensors.get(n)?.shape)!==String(net.shapes[n])) console.log("MISMATCH",n,net.shapes[n],stored.tensors.get(n)?.shape);
for(const n of stored.tensors.keys()) if(!net.shapes[n]) console.log("extra",n);
const constants=await locateWeights(stored,net.shapes);
// pixels
const raw=readFileSync(`${R}/golden/${name}/pixels.safetensors`); const hl=Number(raw.readBigUInt64LE()); const head=JSON.parse(raw.subarray(8,8+hl));
const pj=JSON.parse(readFileSync(`${R}/golden/${name}/pixels.json`));
const pix=(photo)=>{const k=Object.keys(head).find(k=>k.includes(photo.replace(".jpg",""))); const [a,b]=head[k].data_offsets; const u=raw.subarray(8+hl+a,8+hl+b); const S=head[k].shape[1]; const d=new Float32Array(S*S*3); for(let c=0;c<3;c++)for(let i=0;i<S*S;i++){const v=Math.fround(u[c*S*S+i]*pj.rescale); d[i*3+c]=Math.fround(Math.fround(v-Math.fround(pj.mean[c]))/Math.fround(pj.std[c]));} return d;};
// states
const states=await readSafetensors(`${R}/golden/${name}/states.safetensors`); const noise=JSON.parse(readFileSync(`${R}/golden/${name}/noise.json`)); const sj=JSON.parse(readFileSync(`${R}/golden/${name}/states.json`));
const p=sj[0]; const kept={};
const fwd=({weights,images,tokens})=>{const k={};const hooks={keep:(n,t)=>{k[n]=t}};const s=net.forward(weights,{images,tokens},hooks);return {...k,logits:net.logits(weights,s)}};
const S=net.imageSize;
const inp={images:tf.tensor(pix(p.photo),[1,S,S,3]),tokens:tf.tensor([p.input_ids],[1,p.input_ids.length],"int32")};
const c=await compile(fwd,{weights:constants.signature,...inp},{constants:constants.constants});
const out=await c.run({weights:{},...inp});
const map={"vision.input":"vision.hidden.0","vision.last":"vision.last","visual_projection":"visual_projection","text.embeddings":"text.embeddings","text.input":"text.hidden.0","logits":"logits.text"};
for(let i=0;i<9;i++){map[`vision.${i}.output`]=`vision.hidden.${i+1}`;map[`vision.${i}.attention`]=`vision.attention.${i}`;map[`text.${i}.output`]=`text.hidden.${i+1}`;map[`text.${i}.attention`]=`text.attention.${i}`;}
for(const [k,t] of Object.entries(out)){const g=states["0."+map[k]]; if(!g){console.log("no golden",k);continue;} let m=0;for(let i=0;i<g.data.length;i++)m=Math.max(m,Math.abs(g.data[i]-t.data[i])); const nz=noise["0."+map[k]]??noise[map[k]]; console.log(k,m.toExponential(2),JSON.stringify(nz));}
const gen=JSON.parse(readFileSync(`${R}/golden/${name}/generate.json`)); const dec=createCaptionDecoder(net,constants);
for(const cs of gen.cases.filter(c=>c.id.startsWith("greedy/")&&c.photos.length===1)){ const r=await decodeGreedily(dec,[{image:pix(cs.photos[0]),prompt:[]}],{start:config.startId,end:config.endId,maxLength:cs.args.max_length-1}); const ids=[config.startId,...r[0][0].tokens,...(r[0][0].finished?[config.endId]:[])]; console.log(cs.id,String(ids)===String(cs.ids[0])?"OK":`DIFF ${ids} / ${cs.ids[0]}`);}
