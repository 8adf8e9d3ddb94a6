import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, test } from "vitest";
import { decodeByBeamSearch } from "../../../../harness/decoding/beam.js";
import type { Decoder } from "../../../../harness/decoding/decoder.js";
import { decodeGreedily } from "../../../../harness/decoding/left-to-right.js";
import { suffixOf } from "../../../../harness/decoding/suffix.js";
import { toTensors, type Weights } from "../../../../harness/layers/weights.js";
import type { HostPrefix } from "../../../../harness/models/simvlm/batch.js";
import { createEagerDecoder } from "../../../../harness/models/simvlm/eager-decoder.js";
import { forward } from "../../../../harness/models/simvlm/model.js";
import { countExamples } from "../../../../harness/models/simvlm/prefix-batch.js";
import type { SimVLMConfig } from "../../../../harness/models/simvlm/simvlm-config.js";
import { createRandom } from "../../../../harness/random.js";
import { batchOf, END, onCpu, PAD, randomImage, randomText, START, tiny, tinyDecoderOnly } from "./tiny.js";

const layouts = [
  ["encoder-decoder", tiny],
  ["decoder-only", tinyDecoderOnly],
] as const;

/** Runs the whole model over the whole text at every step: what a cache must agree with. */
function uncachedDecoder(weights: Weights, config: SimVLMConfig): Decoder<HostPrefix> {
  return {
    vocabularySize: config.vocabularySize,
    countExamples,
    async encode(prefix, { beams }) {
      const rows = countExamples(prefix) * beams;
      let texts: number[][] = Array.from({ length: rows }, () => []);
      return {
        async step(tokens, _, parents) {
          texts = texts.map((_, row) => [...texts[parents?.[row] ?? row]!, tokens[row]!]);
          const logits = texts.map((text, row) =>
            tf.tidy(() => {
              const example = Math.floor(row / beams);
              const inputs = Object.fromEntries(
                Object.entries(toTensors(prefix)).map(([name, tensor]) => [name, tf.slice(tensor, [example], [1])]),
              );
              const result = forward(
                weights,
                { ...inputs, suffixTokens: tf.tensor2d([text], undefined, "int32") },
                config,
              );
              return tf.slice(result.logits, [0, text.length - 1, 0], [1, 1, -1]).dataSync<"float32">();
            }),
          );
          return Float32Array.from(logits.flatMap((row) => [...row]));
        },
        dispose() {},
      };
    },
  };
}

function prefixes(count: number): HostPrefix {
  const random = createRandom(12);
  const options = { prefixLength: 3 };
  // Every third row is text only; all images stand in the tensor, so that rows can be cut out.
  const batch = batchOf(
    Array.from({ length: count }, (_, row) => ({
      image: randomImage(random),
      prefix: randomText(random, row % 4),
      suffix: [],
    })),
    options,
  );
  const mask = batch.imageMask!.data.map((_, row) => (row % 3 === 2 ? 0 : 1));
  const { images, prefixTokens, prefixMask } = batch;
  return {
    images: images!,
    prefixTokens: prefixTokens!,
    prefixMask: prefixMask!,
    imageMask: { shape: [count], data: mask },
  };
}

function row(prefix: HostPrefix, index: number): HostPrefix {
  const entries = Object.entries(prefix).map(([name, { shape, data }]) => {
    const size = data.length / shape[0]!;
    return [name, { shape: [1, ...shape.slice(1)], data: data.slice(index * size, (index + 1) * size) }];
  });
  return Object.fromEntries(entries);
}

const options = { start: START, end: END, suppress: [PAD], maxLength: 7 };

describe.each(layouts)("%s", (_, config) => {
  test("cached decoding gives the tokens and log-probabilities of uncached decoding", async () => {
    const weights = await onCpu(config);
    const [cached, uncached] = [createEagerDecoder(weights, config), uncachedDecoder(weights, config)];
    const prefix = prefixes(3);
    for (const settings of [options, { ...options, forced: [[4, 5], [], [6]] }]) {
      same(await decodeGreedily(cached, prefix, settings), await decodeGreedily(uncached, prefix, settings));
      same(await decodeByBeamSearch(cached, prefix, settings), await decodeByBeamSearch(uncached, prefix, settings));
    }
  });

  test("a batch of 32 gives what 32 batches of one give", async () => {
    const weights = await onCpu(config);
    const decoder = createEagerDecoder(weights, config);
    const prefix = prefixes(32);
    const [greedy, beam] = [
      await decodeGreedily(decoder, prefix, options),
      await decodeByBeamSearch(decoder, prefix, options),
    ];
    // Rows differ, so that a row copied to the whole batch would be seen; two have neither picture nor text.
    expect(new Set(greedy.map(([generation]) => generation!.logProbability)).size).toBe(31);
    for (let index = 0; index < 32; index++) {
      same(await decodeGreedily(decoder, row(prefix, index), options), [greedy[index]!]);
      if (index < 6) same(await decodeByBeamSearch(decoder, row(prefix, index), options), [beam[index]!]);
    }
  });

  test("log-probabilities are those of the forward pass over the decoded texts", async () => {
    const weights = await onCpu(config);
    const prefix = prefixes(3);
    const settings = { ...options, forced: [[4, 5], [], [6]] };
    const results = (await decodeGreedily(createEagerDecoder(weights, config), prefix, settings)).map(
      ([best]) => best!,
    );
    const suffixTokens = suffixOf(results, settings);
    const { logits } = forward(weights, toTensors({ ...prefix, suffixTokens }), config);
    const all = tf.logSoftmax(logits).arraySync() as number[][][];
    results.forEach(({ tokens, tokenLogProbabilities, finished }, row) => {
      const targets = finished ? [...tokens, END] : tokens;
      expect(tokenLogProbabilities.length).toBe(targets.length);
      targets.forEach((token, index) => {
        expect(tokenLogProbabilities[index]).toBeCloseTo(all[row]![settings.forced[row]!.length + index]![token]!, 4);
      });
    });
  });

  test("decoding leaves no tensor behind", async () => {
    const weights = await onCpu(config);
    const decoder = createEagerDecoder(weights, config);
    const before = tf.memory().numTensors;
    await decodeByBeamSearch(decoder, prefixes(2), options);
    expect(tf.memory().numTensors).toBe(before);
  });
});

test.each([
  ["encoder-decoder", tiny, 24],
  ["decoder-only", tinyDecoderOnly, 21],
] as const)("%s: a text longer than the model's positions is refused", async (_, config, longest) => {
  const decoder = createEagerDecoder(await onCpu(config), config);
  const decode = (maxLength: number) => decodeGreedily(decoder, prefixes(1), { ...options, maxLength });
  await expect(decode(longest)).resolves.toBeDefined();
  await expect(decode(longest + 1)).rejects.toThrow(/25 tokens, but the model has 24 text positions/);
});

type Results = Awaited<ReturnType<typeof decodeGreedily>>;

function same(found: Results, expected: Results): void {
  expect(found.map((beams) => beams.map(({ tokens }) => tokens))).toEqual(
    expected.map((beams) => beams.map(({ tokens }) => tokens)),
  );
  found.flat().forEach(({ logProbability }, index) => {
    expect(logProbability).toBeCloseTo(expected.flat()[index]!.logProbability, 4);
  });
}
