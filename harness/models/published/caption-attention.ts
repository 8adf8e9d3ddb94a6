import { SimvlmError } from "@simvlm/metrics";
import * as tf from "@tensorflow/tfjs-core";
import { compile, type MapTree, NativeTensor } from "../../engine/index.js";
import type { Weights } from "../../layers/weights.js";
import type { AttentionKey, AttentionMaps, AttentionRecord, SaidText } from "../attention-maps.js";
import type { CaptionBatch } from "./caption-decoder.js";
import type { CaptionNetwork, GivenText } from "./caption-network.js";
import { padQuestions } from "./picture-reader.js";
import type { WeightConstants } from "./weight-constants.js";

/** Texts are padded to a multiple of this, so that those of about one length share a graph. */
const LENGTH_STEP = 16;

/** A text of one example as the network takes it, and which of its places chose the tokens that are asked about. */
interface Said {
  readonly given: MapTree<GivenText, NativeTensor>;
  readonly firstRow: number;
}

/**
 * Where a captioner looks: GIT at the picture, the prompt and its own words in one attention; BLIP and ViT-GPT2 at the
 * picture by cross-attention. An answer of BLIP looks at the question, and the question at the picture: the map of an
 * answer's word is the product of the two, layer by layer and head by head.
 * @param wrap puts special tokens around a question
 */
export function captionAttention(
  network: CaptionNetwork,
  { signature, constants }: WeightConstants,
  startId: number,
  toBatch: (examples: CaptionBatch) => CaptionBatch,
): AttentionMaps {
  const { maps, heads } = network;
  const read = (inputs: { weights: Weights; given: GivenText }) => readMaps(network, inputs.weights, inputs.given);
  return {
    layers: maps.decoder.length,
    heads,
    async record(said, execution = {}) {
      const { given, firstRow } = prepare(said, network, startId, toBatch);
      const compiled = await compile(read, { weights: signature, given }, { ...execution, constants });
      try {
        const results = Object.values(await compiled.run({ weights: {}, given }));
        return toRecord(results, said, firstRow, network);
      } finally {
        await compiled.dispose();
      }
    },
  };
}

/** `[1, heads, queries, keys]` of each decoder layer, by its number. */
function readMaps(network: CaptionNetwork, weights: Weights, given: GivenText): Record<string, tf.Tensor> {
  const kept: Record<string, tf.Tensor> = {};
  network.forward(weights, given, {
    keep: (name, tensor) => {
      kept[name] = tensor;
    },
  });
  const { decoder, question } = network.maps;
  const entries = decoder.map((name, layer) => {
    const map = kept[name]!; // [1, heads, queries, keys]
    return [String(layer), question ? tf.matMul(map, kept[question[layer]!]!) : map] as const; // [1, heads, queries, keys]
  });
  return Object.fromEntries(entries);
}

/** @throws SimvlmError `no-image`, `text-too-long` */
function prepare(
  { example, tokens }: SaidText,
  network: CaptionNetwork,
  startId: number,
  toBatch: (examples: CaptionBatch) => CaptionBatch,
): Said {
  const { imageSize: side, places } = network;
  if (!example.image) throw new SimvlmError("no-image", "There is no picture in the prefix to show attention on.");
  const prompt = network.ask ? [] : example.prompt;
  const text = [startId, ...prompt, ...tokens].slice(0, Math.max(1, prompt.length + tokens.length));
  if (text.length > places) {
    throw new SimvlmError(
      "text-too-long",
      `A text of ${text.length} tokens, but the model has ${places} text positions.`,
    );
  }
  const length = Math.min(Math.ceil(text.length / LENGTH_STEP) * LENGTH_STEP, places);
  const padded = new Int32Array(length).fill(text.at(-1)!);
  padded.set(text);
  return {
    given: {
      images: NativeTensor.of(example.image, [1, side, side, 3]),
      tokens: NativeTensor.of(padded, [1, length], "int32"),
      ...(network.ask && { question: padQuestions(toBatch([example]), network)[0]! }),
    },
    firstRow: prompt.length,
  };
}

function toRecord(
  results: readonly NativeTensor[],
  { example, tokens }: SaidText,
  firstRow: number,
  { grid, heads, ask }: CaptionNetwork,
): AttentionRecord {
  const [, , queries, keys] = results[0]!.shape as [number, number, number, number];
  const pictureKeys = grid ** 2 + 1;
  const textKeys = keys - pictureKeys;
  // In one sequence with the picture, the text's queries come behind it.
  const first = firstRow + (textKeys > 0 ? pictureKeys : 0);
  const data = new Float32Array(results.length * heads * tokens.length * keys);
  results.forEach((result, layer) => {
    for (let head = 0; head < heads; head++) {
      const begin = (head * queries + first) * keys;
      const wanted = (result.data as Float32Array).subarray(begin, begin + tokens.length * keys);
      data.set(wanted, (layer * heads + head) * tokens.length * keys);
    }
  });
  const prompt = ask ? 0 : example.prompt.length;
  return {
    layers: results.length,
    heads,
    tokens: tokens.length,
    grid,
    keys: listPictureKeys(grid, prompt, textKeys),
    data,
  };
}

/** The class token, the patches row by row, and, in one sequence with them, the start, the prompt and the words. */
function listPictureKeys(grid: number, prompt: number, textKeys: number): AttentionKey[] {
  const text = Array.from({ length: textKeys }, (_, place): AttentionKey => {
    if (place >= 1 && place <= prompt) return { kind: "prompt", position: place - 1 };
    return { kind: "text", position: place === 0 ? 0 : place - prompt };
  });
  const patches = Array.from({ length: grid ** 2 }, (_, patch): AttentionKey => {
    return { kind: "patch", row: Math.floor(patch / grid), column: patch % grid };
  });
  return [{ kind: "class" }, ...patches, ...text];
}
