import type * as tf from "@tensorflow/tfjs-core";
import { compile, type MapTree, NativeTensor } from "../../engine/index.js";
import type { Weights } from "../../layers/weights.js";
import { createRandom } from "../../random.js";
import { type Caption, createCaptioner } from "../captioner.js";
import type { CheckFinding, Execution, ModelCheck, ModelExample } from "../vision-language-model.js";
import { type GivenText, NO_HOOKS } from "./caption-network.js";
import { findKnownModel, KNOWN_PHOTOGRAPH, type KnownModel } from "./known-models.js";
import type { PublishedModel } from "./published-model.js";
import { padQuestions } from "./question-batch.js";

/** As the conversion script compares logits, which are known to four places. */
const KNOWN_TOLERANCE = 1e-4;
/** What two ways to the same logits may differ by, of the largest logit. */
const OWN_TOLERANCE = 1e-4;
/** Logits that are shown, as many as were published. */
const SHOWN = 3;
const GREEDY = { method: "greedy", minLength: 0, maxLength: 20 } as const;
/** Steps with a cache that are held against one pass over the whole text. */
const STEPS = 4;
const DOUBTS =
  "They differ: is it that photograph, and are these the published weights? Those of a fine-tuned model are others, though its config.json often keeps the name of what it began as.";
const QUESTION = "what is in the picture?";

/**
 * Holds a model's outputs on a picture against those that were published, where its name is known; else checks that its
 * logits are finite, the same alone and in a batch, and the same step by step as in one pass.
 * @param image normalised pixels; without one, the model is held against itself on noise
 */
export async function checkPublishedModel(
  model: PublishedModel,
  image?: Float32Array,
  execution: Execution = {},
): Promise<ModelCheck> {
  const known = findKnownModel(model.source, model.description.config);
  if (known && image) return checkKnown(model, known, image, execution);
  const note = known
    ? `${known.name}, as ${known.calledBy} calls it: outputs are known of ${pictureOf(known)}. Give it to compare them.`
    : "Nothing is known of a model of this name, so it is held against itself.";
  return conclude([note], await checkItself(model, image, execution));
}

function conclude(notes: readonly string[], findings: readonly CheckFinding[]): ModelCheck {
  const decided = findings.filter(({ passed }) => passed !== undefined);
  return { ...(decided.length > 0 && { passed: decided.every(({ passed }) => passed) }), notes, findings };
}

function pictureOf({ outputs }: KnownModel): string {
  return outputs.kind === "logits" ? KNOWN_PHOTOGRAPH : "BLIP's demo picture (a woman with her dog on a beach)";
}

async function checkKnown(
  model: PublishedModel,
  known: KnownModel,
  image: Float32Array,
  execution: Execution,
): Promise<ModelCheck> {
  const { name, calledBy, outputs } = known;
  const note = `${name}, as ${calledBy} calls it: compared with what was published of ${pictureOf(known)}`;
  if (outputs.kind === "logits") {
    const [logits] = await firstLogits(model, [{ image, prompt: [] }], execution);
    const what = "the first logits of what follows the start token";
    const finding = compare(what, outputs.logits, logits!.subarray(0, SHOWN), KNOWN_TOLERANCE);
    return conclude(finding.passed ? [note] : [note, DOUBTS], [finding]);
  }
  const findings: CheckFinding[] = [];
  for (const [prompt, expected] of Object.entries(outputs.captions)) {
    const captioner = createCaptioner(model, { ...execution, prompt, decoding: GREEDY });
    const [{ text, ids: found }] = (await captioner.caption([image])) as [Caption];
    // Another picture is no fault of the model's: it is only said.
    findings.push({ what: `greedy caption after "${prompt}": ${text}`, expected, found });
  }
  return conclude([note], findings);
}

async function checkItself(
  model: PublishedModel,
  image: Float32Array | undefined,
  execution: Execution,
): Promise<CheckFinding[]> {
  const prompt = model.network.ask ? model.tokenizer.encode(QUESTION) : [];
  const noise = [1, 2].map((seed) => makeNoise(model, seed));
  const first = { image: image ?? noise[0]!, prompt };
  const [alone] = await firstLogits(model, [first], execution);
  const [beside] = await firstLogits(model, [first, { image: noise[1]!, prompt: prompt.slice(1) }], execution);
  const { stepped, whole } = await decodeBothWays(model, first, execution);
  const scale = largest(alone!);
  return [
    {
      what: "logits after the start token that are not finite",
      expected: [0],
      found: [alone!.filter((logit) => !Number.isFinite(logit)).length],
      passed: alone!.every(Number.isFinite),
    },
    compareAll("a picture alone and in a batch of two: the largest difference of logits", alone!, beside!, scale),
    compareAll(`${STEPS} steps with a cache and one pass: the largest difference of logits`, whole, stepped, scale),
  ];
}

/** Each example's logits of what follows the start token. */
async function firstLogits(
  model: PublishedModel,
  examples: readonly ModelExample[],
  execution: Execution,
): Promise<Float32Array[]> {
  const decoder = model.createDecoder(execution);
  const session = await decoder.encode(model.toBatch(examples), { beams: 1, length: 1 });
  try {
    const logits = await session.step(new Int32Array(examples.length).fill(model.tokenizer.startId), 0);
    const { vocabularySize: size } = decoder;
    return examples.map((_, row) => logits.slice(row * size, (row + 1) * size));
  } finally {
    session.dispose();
  }
}

/** The likeliest tokens, and the logits that chose them: by steps, and by one pass over the same tokens. */
async function decodeBothWays(model: PublishedModel, example: ModelExample, execution: Execution) {
  const { network, weights, tokenizer } = model;
  const batch = model.toBatch([example]);
  const session = await model.createDecoder(execution).encode(batch, { beams: 1, length: STEPS });
  const tokens = [tokenizer.startId];
  const stepped: number[] = [];
  try {
    for (let position = 0; position < STEPS; position++) {
      const logits = await session.step(Int32Array.of(tokens[position]!), position);
      stepped.push(...logits);
      tokens.push(logits.indexOf(logits.reduce((most, logit) => Math.max(most, logit), -Infinity)));
    }
  } finally {
    session.dispose();
  }
  const side = network.imageSize;
  const given: MapTree<GivenText, NativeTensor> = {
    images: NativeTensor.of(example.image!, [1, side, side, 3]),
    tokens: NativeTensor.of(Int32Array.from(tokens.slice(0, STEPS)), [1, STEPS], "int32"),
    ...(network.ask && { question: padQuestions(batch, network)[0]! }),
  };
  const pass = (inputs: { weights: Weights; given: GivenText }): tf.Tensor =>
    network.logits(inputs.weights, network.forward(inputs.weights, inputs.given, NO_HOOKS)); // [1, STEPS, vocabulary]
  const { signature, constants, matrices } = weights;
  const compiled = await compile(pass, { weights: signature, given }, { ...execution, constants, matrices });
  try {
    return { stepped, whole: (await compiled.run({ weights: {}, given })).data as Float32Array };
  } finally {
    await compiled.dispose();
  }
}

function makeNoise({ network }: PublishedModel, seed: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: network.imageSize ** 2 * 3 }, () => 2 * random.next() - 1);
}

function compare(what: string, expected: readonly number[], found: ArrayLike<number>, allowed: number): CheckFinding {
  return { what, expected, found: Array.from(found), allowed, passed: differenceOf(expected, found) <= allowed };
}

function compareAll(what: string, a: ArrayLike<number>, b: ArrayLike<number>, scale: number): CheckFinding {
  const difference = differenceOf(a, b);
  const allowed = OWN_TOLERANCE * scale;
  return { what, found: [difference], allowed, passed: difference <= allowed };
}

/** NaN where any number is none: it is below no tolerance. */
function differenceOf(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

function largest(numbers: Float32Array): number {
  return numbers.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
