import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { rollOutTokens } from "../../harness/attention/methods.js";
import { compile, NativeTensor } from "../../harness/engine/index.js";
import type { Weights } from "../../harness/layers/weights.js";
import { type AttentionRecord, countKinds, type SaidText } from "../../harness/models/attention-maps.js";
import { openCheckpoint } from "../../harness/models/family-registry.js";
import { differentiateLogits } from "../../harness/models/published/caption-gradient.js";
import type { GivenText } from "../../harness/models/published/caption-network.js";
import type { PublishedModel } from "../../harness/models/published/published-model.js";
import { giveSaid } from "../../harness/models/published/said-text.js";
import { type GoldenCaptioner, type Noise, readPixels, toleranceOf } from "./golden.js";

interface Pair {
  readonly pair: number | "batch";
  readonly photo: string;
  readonly input_ids?: readonly number[];
  readonly decoder_input_ids?: readonly number[];
  readonly question_ids?: readonly number[];
  readonly answer_ids?: readonly number[];
}

/** Attention as `attend` shows it, beside the reference's maps: of whole texts, and of what comes after a prompt. */
export function describeAttention(captioners: readonly GoldenCaptioner[]): void {
  describe.each(
    captioners.filter((captioner) => captioner.cases().length > 0).map((each) => [each.name, each] as const),
  )("%s", (_, captioner) => {
    const described = captioner.json<Pair[] | { pairs: Pair[] }>("states.json");
    const pairs = (Array.isArray(described) ? described : described.pairs).filter(({ pair }) => Number.isInteger(pair));
    const opened = openCheckpoint(captioner.checkpoint) as Promise<PublishedModel>;
    const sayings = pairs.flatMap((pair) =>
      (pair.question_ids ? [0] : [0, 2]).map((prompt) => [pair.pair, prompt, pair] as const),
    );

    it.each(sayings)("pair %s after %i tokens: every probability is the reference's", async (_, prompt, pair) => {
      const model = await opened;
      const said = saidOf(captioner, pair, prompt);
      const record = await model.attention!.record(said);
      const expected = readExpected(captioner, pair, record, prompt);
      let difference = 0;
      expected.values.forEach((value, at) => {
        difference = Math.max(difference, Math.abs(value - record.data[at]!));
      });
      expect(record.data).toHaveLength(expected.values.length);
      expect(difference).toBeLessThanOrEqual(expected.tolerance);
      const { grid } = model.network;
      const oneSequence = model.network.maps.picture === model.network.maps.decoder;
      expect(countKinds(record)).toEqual({
        class: 1,
        patch: grid ** 2,
        prompt: oneSequence ? prompt : 0,
        text: oneSequence ? said.tokens.length : 0,
      });
      expect(record.through).toBe(pair.question_ids && "question");
    });

    it("traces attention back through the layers; shares add up to 1", async () => {
      const { attention, network } = await opened;
      const said = saidOf(captioner, pairs[0]!, 0);
      const record = await attention!.record(said);
      const self = await attention!.selfAttention!(said);
      expect(self.layers).toHaveLength(network.maps.picture.length);
      const golden = captioner.tensors("states.safetensors");
      const name = network.maps.picture.at(-1)!.replace(/(\d+)\.attention/, "attention.$1");
      const { shape, data } = golden.get(`${pairs[0]!.pair}.${name}`)!;
      const [heads, places] = shape as [number, number];
      const row = self.length - 1;
      for (let key = 0; key < self.length; key++) {
        let mean = 0;
        for (let head = 0; head < heads; head++) mean += data[(head * places + row) * places + key]! / heads;
        expect(self.layers.at(-1)![row * self.length + key]).toBeCloseTo(mean, 4);
      }
      const rolled = rollOutTokens(record, self);
      for (let token = 0; token < rolled.tokens; token++) {
        const shares = rolled.data.subarray(token * rolled.keys.length, (token + 1) * rolled.keys.length);
        expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 4);
      }
    });

    it("has the logits' derivatives, except of a product", async () => {
      const model = await opened;
      const { attention } = model;
      if (pairs[0]!.question_ids) return expect(attention).not.toHaveProperty("gradients");
      const said = saidOf(captioner, pairs[0]!, 2);
      const record = await attention!.record(said);
      const gradients = await attention!.gradients!(record, said);
      expect(gradients).toHaveLength(record.data.length);
      const given = giveSaid(said, model.network, model.tokenizer.startId, model.toBatch);
      const apart = await differentiateLogits(record, model.network, model.weights, said, given, {}, 1);
      gradients.forEach((value, at) => {
        expect(Math.abs(value - apart[at]!)).toBeLessThan(1e-4 * (1 + Math.abs(value)));
      });
      // The steepest of the first layer and of the last: what is nudged early goes through all layers.
      const size = record.data.length / record.layers;
      for (const layer of [0, record.layers - 1]) {
        const own = gradients.subarray(layer * size, (layer + 1) * size);
        const steepest = own.reduce((best, value, at) => (Math.abs(value) > Math.abs(own[best]!) ? at : best), 0);
        const slope = await measureSlope(model, said, record, layer, steepest);
        expect(Math.abs(own[steepest]! - slope)).toBeLessThan(0.02 * Math.abs(slope) + 1e-3);
      }
    });
  });
}

function saidOf(captioner: GoldenCaptioner, pair: Pair, prompt: number): SaidText {
  const image = readPixels(captioner, pair.photo);
  const ids = pair.answer_ids ?? pair.decoder_input_ids ?? pair.input_ids!;
  const given = pair.question_ids ? pair.question_ids.slice(1, -1) : ids.slice(1, 1 + prompt);
  return { example: { image, prompt: given }, tokens: ids.slice(1 + prompt) };
}

/** `[layers, heads, tokens, keys]`, and how far from it is near enough. */
function readExpected(
  captioner: GoldenCaptioner,
  { pair, question_ids }: Pair,
  record: AttentionRecord,
  prompt: number,
) {
  const golden = captioner.tensors("states.safetensors");
  const noise = captioner.json<Record<string, Noise>>("noise.json");
  const { layers, heads, tokens, keys, grid } = record;
  const values: number[] = [];
  let tolerance = 0;
  for (let layer = 0; layer < layers; layer++) {
    const inText = `${pair}.text.attention.${layer}`;
    const name = golden.has(inText) ? inText : `${pair}.decoder.cross_attention.${layer}`;
    const map = golden.get(name)!;
    const [, rows, columns] = map.shape as [number, number, number];
    const questionName = `${pair}.question.cross_attention.${layer}`;
    const question = question_ids && golden.get(questionName)!;
    tolerance = Math.max(
      tolerance,
      question ? columns * toleranceOf(noise[name]!) + toleranceOf(noise[questionName]!) : toleranceOf(noise[name]!),
    );
    const first = prompt + (name === inText ? grid ** 2 + 1 : 0);
    for (let head = 0; head < heads; head++) {
      for (let token = 0; token < tokens; token++) {
        const row = (head * rows + first + token) * columns;
        for (let key = 0; key < keys.length; key++) {
          if (!question) values.push(map.data[row + key]!);
          else {
            let product = 0;
            for (let word = 0; word < columns; word++) {
              product += map.data[row + word]! * question.data[(head * columns + word) * keys.length + key]!;
            }
            values.push(product);
          }
        }
      }
    }
  }
  return { values, tolerance };
}

const NUDGE = 5e-3;

/** How a token's logit changes when one probability is nudged, by a central difference. */
async function measureSlope(
  { network, weights, tokenizer, toBatch }: PublishedModel,
  said: SaidText,
  record: AttentionRecord,
  layer: number,
  place: number,
): Promise<number> {
  const { tokens, keys } = record;
  const key = place % keys.length;
  const token = Math.floor(place / keys.length) % tokens;
  const head = Math.floor(place / (keys.length * tokens));
  const { given, prompt } = giveSaid(said, network, tokenizer.startId, toBatch);
  const before = network.maps.picture === network.maps.decoder ? network.grid ** 2 + 1 : 0;
  const places = given.tokens.shape[1]!;
  const shape = [1, network.heads, before + places, before > 0 ? before + places : keys.length] as const;
  const nudged = new Float32Array(shape.reduce((a, b) => a * b));
  nudged[(head * shape[2] + before + prompt + token) * shape[3] + key] = 1;
  const read = (inputs: { weights: Weights; given: GivenText; amount: tf.Tensor }) => {
    const probe = tf.mul(tf.tensor(nudged, [...shape]), inputs.amount);
    const probes = { [network.maps.decoder[layer]!]: probe };
    const states = network.forward(inputs.weights, inputs.given, { probes, keep: () => {} });
    return network.logits(inputs.weights, states);
  };
  const amountOf = (amount: number) => NativeTensor.of(Float32Array.of(amount), [1]);
  const { signature, constants } = weights;
  const compiled = await compile(read, { weights: signature, given, amount: amountOf(0) }, { constants });
  const logit = async (amount: number): Promise<number> => {
    const logits = await compiled.run({ weights: {}, given, amount: amountOf(amount) });
    return Number(logits.data[(prompt + token) * network.vocabularySize + said.tokens[token]!]);
  };
  const slope = ((await logit(NUDGE)) - (await logit(-NUDGE))) / (2 * NUDGE);
  await compiled.dispose();
  return slope;
}
