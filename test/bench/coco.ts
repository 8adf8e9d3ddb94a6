import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRandomSource } from "@simvlm/metrics";
import { measureBeside, scratchFolder, shared, simvlm } from "./measure.js";
import type { BenchOptions, Row } from "./runner/row.js";

/** COCO val2014. */
export const IMAGES = 40_504;
/** Their references. */
export const CAPTIONS = 202_654;
const SEED = 2014;
/** Of METEOR, which takes its time. */
const ROUNDS = 3;
const WHOLE_ROUNDS = 2;

/** What pycocoevalcap does with both files before it scores: `gts` and `res`, tokenised. */
const PEER_TOKENS = `
import json, sys
from collections import defaultdict
from pycocoevalcap.tokenizer.ptbtokenizer import PTBTokenizer
gts = defaultdict(list); res = defaultdict(list)
for each in json.load(open(sys.argv[1]))["annotations"]: gts[each["image_id"]].append(each)
for each in json.load(open(sys.argv[2])): res[each["image_id"]].append(each)
tokenizer = PTBTokenizer()
gts = tokenizer.tokenize(gts); res = tokenizer.tokenize(res)
`;

const PEER = `${PEER_TOKENS}
from pycocoevalcap.bleu.bleu import Bleu
from pycocoevalcap.rouge.rouge import Rouge
from pycocoevalcap.cider.cider import Cider
for scorer in (Bleu(4), Rouge(), Cider()): scorer.compute_score(gts, res)
`;

/** The whole command on a set of COCO val2014's size: JSON in, BLEU, ROUGE-L and CIDEr-D, JSON out. */
export async function benchCoco(options: BenchOptions): Promise<Row[]> {
  const folder = scratchFolder();
  const references = join(folder, "references.json");
  const predictions = join(folder, "predictions.json");
  writeSet(references, predictions);
  const files = ["--references", references, "--predictions", predictions];
  const ours = simvlm("score", "--task", "caption", ...files, "--json", join(folder, "scores.json"));
  const work = `caption score, ${IMAGES} images, ${CAPTIONS} references`;
  const peer = { module: "pycocoevalcap", python: PEER, args: [references, predictions] };
  return [await measureBeside(work, ours, peer, options)];
}

const METEOR_PEER = `${PEER_TOKENS}
from pycocoevalcap.meteor.meteor import Meteor
Meteor().compute_score(gts, res)
`;

/** The same with METEOR alone; its data must be installed. */
export async function benchMeteor(options: BenchOptions): Promise<Row[]> {
  const folder = scratchFolder();
  const [references, predictions] = [join(folder, "references.json"), join(folder, "predictions.json")];
  writeSet(references, predictions);
  const files = ["--references", references, "--predictions", predictions];
  const ours = simvlm("score", "--task", "caption", ...files, "--metrics", "meteor");
  const peer = { module: "pycocoevalcap", python: METEOR_PEER, args: [references, predictions] };
  const work = `METEOR, ${IMAGES} images, ${CAPTIONS} references`;
  return [await measureBeside(work, ours, peer, options, options.isWhole ? WHOLE_ROUNDS : ROUNDS)];
}

/** COCO val2014's size, of real words: references, and what a system may say. */
export function writeSet(references: string, predictions: string, seed = 1): void {
  const sources = readSources();
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
  const said = createRandomSource(SEED + seed);
  const results = images.map(({ id }) => ({
    image_id: id,
    caption: splice(pick(sources, said), pick(sources, said), said),
  }));
  writeFileSync(references, JSON.stringify({ info: {}, licenses: [], images, annotations }));
  writeFileSync(predictions, JSON.stringify(results));
}

/** COCO's captions, or sentences of few words where they are not at hand. */
function readSources(): string[] {
  const path = join(shared, "data/coco/captions_val2017.json");
  if (existsSync(path)) {
    const coco = JSON.parse(readFileSync(path, "utf8")) as { annotations: { caption: string }[] };
    return coco.annotations.map(({ caption }) => caption);
  }
  const random = createRandomSource(SEED);
  const words = Array.from({ length: 3000 }, (_, i) => `word${i}`);
  return Array.from({ length: 5000 }, () =>
    Array.from({ length: 10 }, () => pick(words, () => random() ** 3)).join(" "),
  );
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
