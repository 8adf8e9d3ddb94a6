import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { createCaptioner, loadImages, openCheckpoint, type VisionLanguageModel } from "simvlm";
import { project, shared } from "./measure.js";
import type { Row } from "./runner/row.js";

const WORDS = 20;
const PICTURES = 16;
const QUESTION = "what is this?";

/**
 * What eight bits change of what a captioner says: the tiny ones of `fixtures`, and those of ../shared where they are, each
 * with its own weights and with eight bits. A share is from 0 to 1.
 */
export async function* benchEightBits(): AsyncGenerator<Row> {
  const photos = listPhotos();
  for (const root of [join(project, "fixtures/captioners"), join(shared, "reference/models/checkpoints")]) {
    for (const name of existsSync(root) ? readdirSync(root).sort() : []) {
      const model = await openCheckpoint(join(root, name)).catch(() => undefined); // what is no captioner
      if (model?.trained && model.inEightBits) yield await compareTexts(name, model, join(root, name), photos);
    }
  }
}

function listPhotos(): string[] {
  const coco = join(shared, "data/coco-photos/images");
  const folder = existsSync(coco) ? coco : join(project, "fixtures/images");
  const names = readdirSync(folder).filter((name) => /\.(jpg|png)$/.test(name));
  return names
    .sort()
    .slice(0, PICTURES)
    .map((name) => join(folder, name));
}

async function compareTexts(
  work: string,
  own: VisionLanguageModel,
  folder: string,
  photos: readonly string[],
): Promise<Row> {
  process.stderr.write(`${work}\n`);
  const rounded = await openCheckpoint(folder, { weights: "int8" });
  const images = (await loadImages(photos, own.preparation)).flatMap((loaded) =>
    loaded.ok ? [loaded.image.data] : [],
  );
  const length = Math.min(WORDS, (own.longestText ?? Number.POSITIVE_INFINITY) - 1);
  const asked = own.prompting.required ? QUESTION : "";
  const say = async (model: VisionLanguageModel) => {
    const decoding = { method: "greedy", minLength: length, maxLength: length } as const;
    const captions = await createCaptioner(model, { prompt: asked, decoding }).caption(images);
    return captions.map(({ generation }) => generation.tokens);
  };
  const [texts, others] = [await say(own), await say(rounded)];
  const firsts = texts.map((text, i) => text.findIndex((token, place) => token !== others[i]![place]) + 1);
  const equal = texts.map((text, i) => text.filter((token, place) => token === others[i]![place]).length);
  const steps = { likeliest: 0, all: 0, difference: 0, logit: 0 };
  for (const [i, image] of images.entries()) {
    const prompt = own.prompting.place === "encoder" ? own.tokenizer.encode(asked) : [];
    const said = [own.tokenizer.startId, ...texts[i]!.slice(0, -1)];
    const [exact, found] = await Promise.all([own, rounded].map((model) => listLogits(model, { image, prompt }, said)));
    for (const [step, logits] of exact!.entries()) {
      const beside = found![step]!;
      steps.all++;
      if (likeliest(logits) === likeliest(beside)) steps.likeliest++;
      for (const [token, logit] of logits.entries()) {
        steps.difference = Math.max(steps.difference, Math.abs(logit - beside[token]!));
        steps.logit = Math.max(steps.logit, Math.abs(logit));
      }
    }
  }
  const changed = firsts.filter((place) => place > 0).sort((a, b) => a - b);
  const facts = {
    /** Pictures of which it says the very same. */
    sameTexts: `${texts.length - changed.length} of ${texts.length}`,
    /** Of the others, the median place of the first other word, from 1. */
    ...(changed.length > 0 && { firstOther: changed[Math.floor(changed.length / 2)]! }),
    equalWords: round(equal.reduce((sum, count) => sum + count, 0) / texts.flat().length),
    /** Steps of its own text, as 32 bits have it, at which the same token is the likeliest. */
    sameLikeliest: round(steps.likeliest / steps.all),
    /** The largest difference of any logit there, and the largest logit. */
    largestDifference: round(steps.difference),
    largestLogit: round(steps.logit),
  };
  return { work, facts };
}

/** The logits after each token of a text. */
async function listLogits(
  model: VisionLanguageModel,
  example: { readonly image: Float32Array; readonly prompt: readonly number[] },
  tokens: readonly number[],
): Promise<Float32Array[]> {
  const session = await model.createDecoder().encode(model.toBatch([example]), { beams: 1, length: tokens.length });
  const steps: Float32Array[] = [];
  for (const [place, token] of tokens.entries()) steps.push((await session.step(Int32Array.of(token), place)).slice());
  session.dispose();
  return steps;
}

function likeliest(logits: Float32Array): number {
  return logits.reduce((best, logit, token) => (logit > logits[best]! ? token : best), 0);
}

function round(share: number): number {
  return Math.round(share * 1000) / 1000;
}
