import { readFileSync } from "node:fs";
import { parseGitConfig } from "./harness/dist/models/git/git-config.js";
import { createGitNetwork } from "./harness/dist/models/git/git-network.js";
import { parseBlipConfig } from "./harness/dist/models/blip/blip-config.js"; import { createBlipNetwork } from "./harness/dist/models/blip/blip-network.js";
import { locateWeights } from "./harness/dist/models/published/weight-constants.js";
import { openStoredWeights } from "./harness/dist/checkpoints/stored-weights.js";
import { createCaptionDecoder } from "./harness/dist/models/published/caption-decoder.js";
const hw=()=>readFileSync("/proc/self/status","utf8").match(/VmHWM:.*|VmRSS:.*/g).join(" ").replace(/\s+/g," ");
const which=process.argv[2]; const dir=`/tmp/full/${which}-base`;
const t00=performance.now();
const cfg=JSON.parse(readFileSync(dir+"/config.json")); const net=which==="git"?createGitNetwork(parseGitConfig(cfg,dir)):createBlipNetwork(parseBlipConfig(cfg,dir));
const stored=await openStoredWeights(dir); const constants=await locateWeights(stored,net.shapes);
const S=net.imageSize; const img=()=>Float32Array.from({length:S*S*3},()=>Math.random()*2-1);
const dec=createCaptionDecoder(net,constants);
console.log("setup",(performance.now()-t00).toFixed(0),hw());
for(const [b,k] of (process.argv[3]??"1x1,1x4,8x1,8x4").split(",").map(x=>x.split("x").map(Number))){
  let best=[];
  for(let r=0;r<(b>1?3:5);r++){ const batch=Array.from({length:b},()=>({image:img(),prompt:[]})); const t0=performance.now(); const s=await dec.encode(batch,{beams:k,length:20}); const t1=performance.now();
    const rows=b*k; let toks=new Int32Array(rows).fill(101); const par=Int32Array.from({length:rows},(_,i)=>i); const st=[];
    for(let p=0;p<20;p++){const t=performance.now(); const r=await s.stepBest(toks,p,k===1?1:2*k,k>1?par:undefined); st.push(performance.now()-t); toks=Int32Array.from({length:rows},(_,i)=>r.ids[i*(k===1?1:2*k)]);}
    best.push([t1-t0,performance.now()-t1]); }
  const fmt=best.map(([a,c])=>`${a.toFixed(0)}+${c.toFixed(0)}=${(a+c).toFixed(0)}`); console.log(which,`${b}x${k}`,fmt.join("  "),hw());
}
