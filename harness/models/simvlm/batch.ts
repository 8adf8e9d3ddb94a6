import { SimvlmError } from "@simvlm/metrics";
import type { HostTensor } from "../../layers/weights.js";
import type { Random } from "../../random.js";
import type { TextCut } from "../trainable.js";
import { corruptSpans } from "./span-corruption.js";

/**
 * Token ids without special tokens, already tokenised: a text to be cut at random into prefix and suffix, or the two
 * given apart (a prompt and its answer). `image` holds normalised pixels `[imageSize, imageSize, 3]`.
 */
export type PrefixExample = { readonly image?: Float32Array | undefined } & (
  | { readonly text: ArrayLike<number> }
  | { readonly prefix: ArrayLike<number>; readonly suffix: ArrayLike<number> }
);

/** The sizes of a batch, its special tokens, and where texts are cut. */
export interface BatchOptions {
  readonly imageSize: number;
  /** Places for text in the prefix; 0 leaves the text prefix out. */
  readonly prefixLength: number;
  /** Places in the decoder, the start token included. */
  readonly suffixLength: number;
  readonly start: number;
  readonly end: number;
  readonly pad: number;
  /** Default `uniform`. */
  readonly cut?: TextCut | undefined;
  /** Share of the texts beside a picture that are left whole: all of them is to be told from the picture. Default 0. */
  readonly wholeSuffix?: number;
}

/** A batch in host memory; its keys are those of `ModelInputs`, and what the loss is taken on. */
export type PrefixBatch = {
  /** `[images, imageSize, imageSize, 3]`: rows up to the last that has a picture. Put those first. */
  readonly images?: HostTensor<Float32Array>;
  readonly imageMask?: HostTensor<Float32Array>;
  readonly prefixTokens?: HostTensor<Int32Array>;
  readonly prefixMask?: HostTensor<Float32Array>;
  readonly suffixTokens: HostTensor<Int32Array>;
  /** `[batch, suffix]`: the token after each place. */
  readonly targets: HostTensor<Int32Array>;
  /** `[batch, suffix]`: 1 where there is a target, 0 where there is padding. */
  readonly targetWeights: HostTensor<Float32Array>;
};

/** The prefixes of a batch in host memory. */
export type HostPrefix = Pick<PrefixBatch, "images" | "imageMask" | "prefixTokens" | "prefixMask">;

/**
 * The PrefixLM batch: the image and the first T_p tokens of a text are the prefix, the loss falls on the rest.
 * T_p is drawn for each example, uniformly over the cuts that leave at least one token as target and whose prefix fits,
 * unless the options ask for another {@link TextCut}.
 * The suffix ends with `end` unless it is longer than its places: then it is cut and nothing marks an end.
 * @throws SimvlmError `bad-example` with the example's place in the batch
 */
export function buildPrefixBatch(
  examples: readonly PrefixExample[],
  options: BatchOptions,
  random: Random,
): PrefixBatch {
  const batch = examples.length;
  const { prefixLength, suffixLength } = options;
  const suffixTokens = new Int32Array(batch * suffixLength).fill(options.pad);
  const targets = new Int32Array(batch * suffixLength).fill(options.pad);
  const targetWeights = new Float32Array(batch * suffixLength);
  const prefixTokens = new Int32Array(batch * prefixLength).fill(options.pad);
  const prefixMask = new Float32Array(batch * prefixLength);
  examples.forEach((example, row) => {
    const { prefix, suffix } = divide(example, row, options, random);
    prefixTokens.set(prefix, row * prefixLength);
    prefixMask.fill(1, row * prefixLength, row * prefixLength + prefix.length);
    const followed = [...suffix, options.end].slice(0, suffixLength);
    suffixTokens.set([options.start, ...suffix].slice(0, suffixLength), row * suffixLength);
    targets.set(followed, row * suffixLength);
    targetWeights.fill(1, row * suffixLength, row * suffixLength + followed.length);
  });
  return {
    ...joinImages(examples, options.imageSize),
    ...(prefixLength > 0 && {
      prefixTokens: { shape: [batch, prefixLength], data: prefixTokens },
      prefixMask: { shape: [batch, prefixLength], data: prefixMask },
    }),
    suffixTokens: { shape: [batch, suffixLength], data: suffixTokens },
    targets: { shape: [batch, suffixLength], data: targets },
    targetWeights: { shape: [batch, suffixLength], data: targetWeights },
  };
}

function divide(example: PrefixExample, row: number, options: BatchOptions, random: Random) {
  const fault = (problem: string) => new SimvlmError("bad-example", `Example ${row} of the batch ${problem}`);
  if ("suffix" in example) {
    if (example.prefix.length > options.prefixLength) {
      throw fault(`has a prefix of ${example.prefix.length} tokens; prefixLength is ${options.prefixLength}.`);
    }
    return { prefix: Array.from(example.prefix), suffix: Array.from(example.suffix) };
  }
  const text = Array.from(example.text);
  if (text.length === 0) throw fault("has an empty text, which leaves nothing to predict; leave it out.");
  const { cut: how = "uniform", prefixLength, start } = options;
  const isWhole = how === "none" || (example.image && random.next() < (options.wholeSuffix ?? 0));
  if (how === "spans" && !isWhole) return corruptSpans(text.slice(0, prefixLength), start, random);
  const longest = isWhole ? 0 : Math.min(text.length - 1, prefixLength);
  const cut = typeof how === "number" ? Math.min(how, longest) : random.integer(longest + 1);
  return { prefix: text.slice(0, cut), suffix: text.slice(cut) };
}

function joinImages(examples: readonly PrefixExample[], side: number): Pick<PrefixBatch, "images" | "imageMask"> {
  const rows = examples.findLastIndex((example) => example.image) + 1;
  if (rows === 0) return {};
  const size = side * side * 3;
  const images = new Float32Array(rows * size);
  const imageMask = new Float32Array(examples.length);
  examples.forEach(({ image }, row) => {
    if (!image) return;
    if (image.length !== size) {
      throw new SimvlmError(
        "bad-example",
        `Example ${row} of the batch has an image of ${image.length} numbers; ${side}×${side}×3 = ${size} are expected.`,
      );
    }
    images.set(image, row * size);
    imageMask[row] = 1;
  });
  return {
    images: { shape: [rows, side, side, 3], data: images },
    imageMask: { shape: [examples.length], data: imageMask },
  };
}
