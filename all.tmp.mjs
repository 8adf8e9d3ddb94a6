import { readFileSync } from "node:fs";
import { parseGitConfig } from "./harness/dist/models/git/git-config.js";
import { createGitNetwork } from "./harness/dist/models/git/git-network.js";
import { parseBlipConfig } from "./harness/dist/models/blip/blip-config.js"; import { createBlipNetwork } from "./harness/dist/models/blip/blip-network.js"; import { parseVitGpt2Config } from "./harness/dist/models/vit-gpt2/vit-gpt2-config.js"; import { createVitGpt2Network } from "./harness/dist/models/vit-gpt2/vit-gpt2-network.js";
import { locateWeights } from "./harness/dist/models/published/weight-constants.js";
import { openStoredWeights } from "./harness/dist/checkpoints/stored-weights.js";
import { createCaptionDecoder } from "./harness/dist/models/published/caption-decoder.js";
import { decodeGreedily } from "./harness/dist/decoding/left-to-right.js";
import { readSafetensors, openSafetensors } from "./harness/dist/checkpoints/safetensors.js";
import { compile } from "./harness/dist/engine/compile.js";
import * as tf from "@tensorflow/tfjs-core";
const R="../shared/reference/models", name=process.argv[2]??"git-a", dir=`${R}/checkpoints/${name}`;
const cfg=JSON.parse(readFileSync(dir+"/config.json")); const F={git:[parseGitConfig,createGitNetwork],blip:[parseBlipConfig,createBlipNetwork],"vision-encoder-decoder":[parseVitGpt2Config,createVitGpt2Network]}[cfg.model_type]; const config=F[0](cfg,dir);
const net=F[1](config);
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
let good=0;const p0=(sj.pairs??sj)[0]; const p={photo:p0.photo,input_ids:p0.answer_ids??p0.decoder_input_ids??p0.input_ids}; const q=p0.question_ids; const kept={};
const fwd=({weights,images,tokens,question})=>{const k={};const hooks={keep:(n,t)=>{k[n]=t}};const s=net.forward(weights,{images,tokens,question},hooks);return {...k,logits:net.logits(weights,s)}};
const S=net.imageSize;
const inp={images:tf.tensor(pix(p.photo),[1,S,S,3]),tokens:tf.tensor([p.input_ids],[1,p.input_ids.length],"int32"),...(q&&{question:{tokens:tf.tensor([q],[1,q.length],"int32"),mask:tf.ones([1,q.length])}})};
const c=await compile(fwd,{weights:constants.signature,...inp},{constants:constants.constants});
const out=await c.run({weights:{},...inp});
const map={"vision.input":"vision.hidden.0","vision.last":"vision.last","visual_projection":"visual_projection","text.embeddings":"text.embeddings","text.input":"text.hidden.0","logits":"logits.text"};
Object.assign(map,{"decoder.input":"decoder.hidden.0","question.input":"question.hidden.0","decoder.transform":"decoder.transform","decoder.last":"decoder.last","enc_to_dec_proj":"enc_to_dec_proj"});if(net.layers[0].startsWith("decoder"))map.logits="logits";for(let i=0;i<9;i++){for(const st of ["decoder","question"]){map[`${st}.${i}.output`]=`${st}.hidden.${i+1}`;map[`${st}.${i}.attention`]=`${st}.attention.${i}`;map[`${st}.${i}.cross`]=`${st}.cross_attention.${i}`;}map[`vision.${i}.output`]=`vision.hidden.${i+1}`;map[`vision.${i}.attention`]=`vision.attention.${i}`;map[`text.${i}.output`]=`text.hidden.${i+1}`;map[`text.${i}.attention`]=`text.attention.${i}`;}
for(const [k,t] of Object.entries(out)){const g=states["0."+map[k]]; if(!g){console.log("no golden",k);continue;} let m=0;for(let i=0;i<g.data.length;i++)m=Math.max(m,Math.abs(g.data[i]-t.data[i])); const nz=noise["0."+map[k]]??noise[map[k]]??noise[map[k].replace(".attention",".attentions").replace("hidden","hidden")]; if(!nz){console.log("no noise",k,m);continue;} const tol=10*nz.float32_error+1e-5*nz.max; if(!(m<=tol)) console.log("BAD",k,m.toExponential(2),JSON.stringify(nz)); else good++;}
console.log("states good",good);const gen=JSON.parse(readFileSync(`${R}/golden/${name}/generate.json`)); const dec=createCaptionDecoder(net,constants);
for(const cs of gen.cases.filter(c=>/^(answer-)?greedy\//.test(c.id)&&c.photos.length===1)){ const r=await decodeGreedily(dec,[{image:pix(cs.photos[0]),prompt:cs.input_ids_given&&net.ask?cs.input_ids_given[0]:[]}],{start:config.startId,end:config.endId,maxLength:(cs.args.max_length??21)-1}); const ids=[config.startId,...r[0][0].tokens,...(r[0][0].finished?[config.endId]:[])]; console.log(cs.id,String(ids)===String(cs.ids[0])?"OK":`DIFF ${ids} / ${cs.ids[0]}`);}
