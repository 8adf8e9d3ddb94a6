import type { Decoder } from "../decoding/decoder.js";
import type { DecodingSettings } from "../decoding/settings.js";
import type { CompileOptions } from "../engine/compile.js";
import type { Preparation } from "../images/preparation.js";
import type { Tokenizer } from "../text/assemble-tokenizer.js";
import type { AttentionMaps } from "./attention-maps.js";
import type { Trainable } from "./trainable.js";

/** What computes a model. */
export type Execution = Pick<CompileOptions, "provider">;

/** What a text is conditioned on: a picture, some text beside it, or both. */
export interface ModelExample {
  /** Normalised pixels `[height, width, 3]`, see {@link Preparation}; absent where no picture is shown. */
  readonly image?: Float32Array | undefined;
  /** Token ids of the prompt, without special tokens; empty for none. */
  readonly prompt: readonly number[];
}

/** Where a prompt goes, and what it usually is. */
export interface Prompting {
  /** Beside the picture in the encoder, or as the beginning of the text that the decoder goes on with. */
  readonly place: "encoder" | "decoder";
  /** What captions are asked for with, by language (`en`, `de`); a language left out has none. */
  readonly usual: Readonly<Record<string, string>>;
  /** Tokens at most. */
  readonly longest: number;
}

/** Places for the longest prompt and the longest text of a series, in tokens, so that one graph serves all its batches. */
export interface TextPlaces {
  readonly prompt: number;
  /** Special tokens not counted. */
  readonly text: number;
}

/** What a classifier reads: pictures, one for each pass, and a text about them. */
export interface ClassifierExample {
  /** Normalised pixels; none where no picture is shown. */
  readonly images: readonly Float32Array[];
  readonly prompt: readonly number[];
  /** Token ids of the question or statement. */
  readonly statement: readonly number[];
}

/** A classification head: which classes it chooses among, and how many passes over the model it reads. */
export interface ClassifierHead {
  readonly classes: number;
  readonly passes: 1 | 2;
  /** What each class is called. */
  readonly labels?: readonly string[] | undefined;
}

/** Scores examples, those with pictures first. */
export interface Classifier {
  /** @returns a score for each class, `[examples, classes]` */
  score(examples: readonly ClassifierExample[]): Promise<Float32Array>;
}

/** What shapes an export is made for; its graphs hold no others. */
export interface ExportShapes {
  /** Pictures at a time. */
  readonly batch: number;
  /** Places for a prompt; 0 for none. */
  readonly promptLength: number;
  /** Places of the text that is generated, the start token included. */
  readonly maxLength: number;
}

/** How a model is exported. */
export interface ExportRequest extends ExportShapes, Execution {}

/** What an export is made for unless one says otherwise. */
export const EXPORT_DEFAULTS: ExportShapes = { batch: 1, promptLength: 16, maxLength: 32 };

/** What was exported. */
export interface ExportReport extends ExportShapes {
  readonly folder: string;
  /** The names of the graphs' files. */
  readonly graphs: readonly string[];
  /** Between the files, run by themselves, and the compiled model. */
  readonly maxDifference: number;
}

/**
 * A model with its words, ready to use: all that the rest of the house knows of one. A family may offer less than all:
 * what is optional here and absent is refused by name where somebody asks for it.
 * @typeParam Batch examples as the family's decoder takes them; nobody else looks inside
 */
export interface VisionLanguageModel<Batch = unknown> {
  /** Where it comes from, for a person to read. */
  readonly source: string;
  /** False for random weights: what such a model says is noise. */
  readonly trained: boolean;
  /**
   * What a manifest says of it besides its hashes, as JSON: `family`, the name of its family (SimVLM, which was there
   * before the others, leaves it out), `trained`, and `config`, what its config.json says.
   */
  readonly description: Readonly<Record<string, unknown>>;
  readonly tokenizer: Tokenizer;
  readonly preparation: Preparation;
  readonly prompting: Prompting;
  /** Tokens of a text at most, special tokens not counted. */
  readonly longestText: number;
  /**
   * Examples as one batch, those with a picture first.
   * @param promptPlaces prompts are padded to so many tokens at least
   */
  toBatch(examples: readonly ModelExample[], promptPlaces?: number): Batch;
  /** How its texts are found unless somebody asks otherwise, as its publication did it; absent: as the house does. */
  readonly decoding?: Partial<DecodingSettings>;
  /** Tokens it must never say; absent: padding, the unknown token and the start token. */
  readonly suppress?: readonly number[];
  /** What search asks for the next token. */
  createDecoder(execution?: Execution): Decoder<Batch>;
  /** A classifier on top of it. */
  readonly head?: ClassifierHead | undefined;
  /** Present where there is a head. */
  createClassifier?(places: TextPlaces, execution?: Execution): Classifier;
  /** Where it looks; absent for a family that does not tell. */
  readonly attention?: AttentionMaps;
  /** How it is trained further; absent for a family that is not. */
  readonly trainable?: Trainable;
  /**
   * Writes it as files that ONNX Runtime runs; the folder appears when they compute what the model computes.
   * @throws SimvlmError `export-differs`, `not-a-checkpoint` when something else stands there, `cannot-write`
   */
  export?(folder: string, request?: Partial<ExportRequest>): Promise<ExportReport>;
}

/** The prompt that a caption is asked for with; empty where the family has none. */
export function usualPrompt({ prompting }: Pick<VisionLanguageModel, "prompting">, language = "en"): string {
  return prompting.usual[language] ?? "";
}
