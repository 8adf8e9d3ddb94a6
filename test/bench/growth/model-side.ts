import { createInterface } from "node:readline";
import { createCaptioner, createRandom, initializeWeights, loadImages, presets } from "simvlm";
import { PROVIDERS, type Provider } from "simvlm/engine";
import { createRandomModel, createSimVLM, type VisionLanguageModel } from "simvlm/models";
import type { AxisKey } from "./growth-file.js";

/*
 * A model with random weights, or what reads photographs, in a process of its own, whose memory is that of one axis:
 *
 *     model-side.js AXIS PROVIDER
 *
 * reads one request a line, `{"size": 8}` or `{"size": 1000000, "photograph": "PATH"}`, and answers with the milliseconds.
 */

/** What is asked. */
export interface GrowthRequest {
  readonly size: number;
  readonly photograph?: string;
}

/** What is answered. */
export interface GrowthAnswer {
  readonly ms: number;
}

const SEED = 1;
const TOKENS = 20;
const FEW_TOKENS = 10;
const ANSWER_TOKENS = 3;
const QUESTION = "what colour is the umbrella of the woman who stands on the left?";

type Act = (request: GrowthRequest) => Promise<unknown>;

async function main([axis, asked]: readonly string[]): Promise<void> {
  const provider = PROVIDERS.find((name) => name === asked)!;
  const act = await createAct(axis as AxisKey, provider);
  process.stdout.write(`${JSON.stringify({ name: axis })}\n`);
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line) as GrowthRequest;
    const begin = performance.now();
    await act(request);
    process.stdout.write(`${JSON.stringify({ ms: performance.now() - begin } satisfies GrowthAnswer)}\n`);
  }
}

async function createAct(axis: AxisKey, provider: Provider): Promise<Act> {
  if (axis === "photographs") return createReader();
  if (axis === "pixels") return createEncoders(provider);
  const model = await createRandomModel({ preset: "base" });
  const say = createSpeaker(model, presets.base.imageSize, provider);
  switch (axis) {
    case "tokens":
      return ({ size }) => say(1, { tokens: size, beams: 1 });
    case "questions":
      return ({ size }) => say(size, { tokens: ANSWER_TOKENS, beams: 1 }, QUESTION);
    case "beams":
      return ({ size }) => say(1, { tokens: FEW_TOKENS, beams: size });
    default:
      return ({ size }) => say(size, { tokens: TOKENS, beams: 1 });
  }
}

interface Length {
  readonly tokens: number;
  readonly beams: number;
}

/** Captions of exactly so many tokens; each time of other pictures, as what was computed of one is kept. */
function createSpeaker(model: VisionLanguageModel, side: number, provider: Provider) {
  const captioners = new Map<string, ReturnType<typeof createCaptioner>>();
  const random = createRandom(SEED);
  return async (pictures: number, length: Length, prompt = "") => {
    const key = JSON.stringify(length);
    const captioner = captioners.get(key) ?? createCaptioner(model, { prompt, provider, decoding: searchOf(length) });
    captioners.set(key, captioner);
    const level = random.normal();
    const images = Array.from({ length: pictures }, (_, i) => new Float32Array(side ** 2 * 3).fill(level + i));
    await captioner.caption(images);
  };
}

function searchOf({ tokens, beams }: Length) {
  const length = { minLength: tokens, maxLength: tokens };
  return beams === 1
    ? ({ method: "greedy", ...length } as const)
    : ({ method: "beam", beamSize: beams, ...length } as const);
}

/** Models of the preset `small` for pictures of other sizes: one token each, which is nearly all encoder. */
async function createEncoders(provider: Provider): Promise<Act> {
  const { tokenizer } = await createRandomModel({ preset: "small" });
  const speakers = new Map<number, ReturnType<typeof createSpeaker>>();
  return async ({ size }) => {
    const side = Math.sqrt(size);
    const speaker = speakers.get(size) ?? createSpeaker(createEncoder(side, tokenizer), side, provider);
    speakers.set(size, speaker);
    await speaker(1, { tokens: 1, beams: 1 });
  };
}

function createEncoder(imageSize: number, tokenizer: VisionLanguageModel["tokenizer"]): VisionLanguageModel {
  const config = { ...presets.small, imageSize, vocabularySize: tokenizer.vocabSize };
  const weights = initializeWeights(config, createRandom(SEED));
  return createSimVLM({ config, weights, tokenizer, source: "random weights", trained: false });
}

/** As our own models have photographs. */
async function createReader(): Promise<Act> {
  const { preparation } = await createRandomModel({ preset: "toy" });
  return async ({ photograph }) => {
    const [loaded] = await loadImages([photograph!], preparation);
    if (!loaded?.ok) throw loaded?.error;
  };
}

main(process.argv.slice(2));
