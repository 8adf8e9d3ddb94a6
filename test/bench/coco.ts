import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRandomSource } from "@simvlm/metrics";
import { type Measurement, measureAgainst, measureSimvlm, scratchFolder, shared } from "./measure.js";

/** COCO val2014. */
const IMAGES = 40_504;
const CAPTIONS = 202_654;
const SEED = 2014;

const PEER = `
import json, sys
from pycocotools.coco import COCO
from pycocoevalcap.tokenizer.ptbtokenizer import PTBTokenizer
from pycocoevalcap.bleu.bleu import Bleu
from pycocoevalcap.rouge.rouge import Rouge
from pycocoevalcap.cider.cider import Cider
coco = COCO(sys.argv[1]); found = coco.loadRes(sys.argv[2]); ids = coco.getImgIds()
tokenizer = PTBTokenizer()
gts = tokenizer.tokenize({i: coco.imgToAnns[i] for i in ids}); res = tokenizer.tokenize({i: found.imgToAnns[i] for i in ids})
for scorer in (Bleu(4), Rouge(), Cider()): scorer.compute_score(gts, res)
`;

/** The whole command on a set of COCO val2014's size: JSON in, BLEU, ROUGE-L and CIDEr-D, JSON out. */
export async function benchCoco(): Promise<Measurement[]> {
  const folder = scratchFolder();
  const references = join(folder, "references.json");
  const predictions = join(folder, "predictions.json");
  writeSet(references, predictions);
  const files = ["--references", references, "--predictions", predictions];
  const ours = await measureSimvlm(["score", "--task", "caption", ...files, "--json", join(folder, "scores.json")]);
  const work = `caption score, ${IMAGES} images, ${CAPTIONS} references`;
  return [await measureAgainst(work, ours, { module: "pycocoevalcap", python: PEER, args: [references, predictions] })];
}

function writeSet(references: string, predictions: string): void {
  const coco = JSON.parse(readFileSync(join(shared, "data/coco/captions_val2017.json"), "utf8")) as {
    annotations: { caption: string }[];
  };
  const sources = coco.annotations.map(({ caption }) => caption);
  const random = createRandomSource(SEED);
  const images = Array.from({ length: IMAGES }, (_, i) => ({
    id: i + 1,
    file_name: `${i + 1}.jpg`,
    height: 480,
    width: 640,
  }));
  const annotations = Array.from({ length: CAPTIONS }, (_, i) => ({
    image_id: (i % IMAGES) + 1,
    id: i + 1,
    caption: sources[i] ?? splice(pick(sources, random), pick(sources, random), random),
  }));
  const results = images.map(({ id }) => ({
    image_id: id,
    caption: splice(pick(sources, random), pick(sources, random), random),
  }));
  writeFileSync(references, JSON.stringify({ info: {}, licenses: [], images, annotations }));
  writeFileSync(predictions, JSON.stringify(results));
}

/** The beginning of one caption and the end of another: real text, yet n-grams as numerous as in as many real captions. */
function splice(first: string, second: string, random: () => number): string {
  const [head, tail] = [first.trim().split(" "), second.trim().split(" ")];
  const cut = random();
  return [...head.slice(0, Math.ceil(cut * head.length)), ...tail.slice(Math.floor(cut * tail.length))].join(" ");
}

function pick<T>(items: readonly T[], random: () => number): T {
  return items[Math.floor(random() * items.length)]!;
}
