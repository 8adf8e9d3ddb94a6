import * as tf from "@tensorflow/tfjs-core";
import { compile, type NativeTensor } from "../../engine/index.js";
import type { Weights } from "../../layers/weights.js";
import type { AttentionMaps, SaidText, SelfAttention } from "../attention-maps.js";
import { readRecord } from "../attention-record.js";
import { createTextScorer, executionOf } from "../text-scorer.js";
import type { Execution } from "../vision-language-model.js";
import type { WeightConstants } from "../weight-constants.js";
import type { CaptionBatch } from "./caption-decoder.js";
import { differentiateLogits } from "./caption-gradient.js";
import { type CaptionNetwork, type GivenText, isOneSequence, keepAll } from "./caption-network.js";
import { scoreCaptionRows } from "./caption-scorer.js";
import { type GivenSaid, giveSaid } from "./said-text.js";

/**
 * Where a captioner looks: GIT at the picture, the prompt and its own words in one attention; BLIP and ViT-GPT2 at the
 * picture by cross-attention. An answer of BLIP looks at the question, and the question at the picture: the map of an
 * answer's word is the product of the two, layer by layer and head by head; of such products there are no gradients.
 * @param toBatch puts special tokens around a question
 */
export function captionAttention(
  network: CaptionNetwork,
  weights: WeightConstants,
  startId: number,
  toBatch: (examples: CaptionBatch) => CaptionBatch,
): AttentionMaps {
  const { maps, heads } = network;
  const give = (said: SaidText) => giveSaid(said, network, startId, toBatch);
  return {
    layers: maps.decoder.length,
    heads,
    async record(said, execution) {
      const given = give(said);
      const results = await run(readMaps, network, weights, given, execution);
      const text = { tokens: said.tokens.length, prompt: given.prompt, promptPlaces: "within" } as const;
      return readRecord(results, { ...mapShape(network), ...text });
    },
    async selfAttention(said, execution) {
      const given = give(said);
      return toSelfAttention(await run(readSelf, network, weights, given, execution), given, network);
    },
    openScorer: (options) => createTextScorer(scoreCaptionRows(network, weights, give, executionOf(options)), options),
    ...(!maps.question && {
      gradients: async (record, said, execution) =>
        differentiateLogits(record, network, weights, said, give(said), execution),
    }),
  };
}

type Kept = Readonly<Record<string, tf.Tensor>>;

/** What is read out of all that a pass keeps, layer by layer. */
async function run(
  read: (kept: Kept, network: CaptionNetwork) => readonly tf.Tensor[],
  network: CaptionNetwork,
  { signature, constants, matrices }: WeightConstants,
  { given }: GivenSaid,
  execution: Execution = {},
): Promise<NativeTensor[]> {
  const pass = (inputs: { weights: Weights; given: GivenText }) => {
    const hooks = keepAll();
    network.forward(inputs.weights, inputs.given, hooks);
    return Object.fromEntries(read(hooks.kept, network).map((tensor, layer) => [String(layer), tensor]));
  };
  const compiled = await compile(pass, { weights: signature, given }, { ...execution, constants, matrices });
  try {
    return Object.values(await compiled.run({ weights: {}, given }));
  } finally {
    await compiled.dispose();
  }
}

/** `[1, heads, text, keys]` of each decoder layer. */
export function readMaps(kept: Kept, network: CaptionNetwork): tf.Tensor[] {
  const { decoder, question } = network.maps;
  const before = isOneSequence(network) ? network.grid ** 2 + 1 : 0;
  return decoder.map((name, layer) => {
    const map = kept[name]!; // [1, heads, queries, keys]
    const [batch, heads, queries, keys] = map.shape as [number, number, number, number];
    // In one sequence with the picture, the text's queries come behind it.
    const ofText = tf.slice(map, [0, 0, before, 0], [batch, heads, queries - before, keys]); // [1, heads, text, keys]
    return question ? tf.matMul(ofText, kept[question[layer]!]!) : ofText; // [1, heads, text, keys]
  });
}

/** What {@link readMaps} gives, in the order of its layers. */
export function mapShape({ grid, maps }: CaptionNetwork) {
  return { grid, hasClass: true, ...(maps.question && { through: "question" as const }) };
}

/** `[places, places]` of each layer that sees the picture. */
function readSelf(kept: Kept, { maps }: CaptionNetwork): tf.Tensor[] {
  return maps.picture.map((name) => tf.squeeze(tf.mean(kept[name]!, 1), [0])); // [places, places]
}

/** Places behind the text are left out. */
function toSelfAttention(
  results: readonly NativeTensor[],
  { length }: GivenSaid,
  { grid }: CaptionNetwork,
): SelfAttention {
  const places = results[0]!.shape[0]!;
  const kept = Math.min(places, grid ** 2 + 1 + length);
  const cut = (all: Float32Array): Float32Array => {
    const layer = new Float32Array(kept * kept);
    for (let row = 0; row < kept; row++) layer.set(all.subarray(row * places, row * places + kept), row * kept);
    return layer;
  };
  return { length: kept, layers: results.map(({ data }) => cut(data as Float32Array)) };
}
