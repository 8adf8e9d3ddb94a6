import { SimvlmError } from "@simvlm/metrics";
import type { Decoder } from "../decoding/decoder.js";
import type { DecodingSettings } from "../decoding/settings.js";
import type { CompileOptions } from "../engine/compile.js";
import type { Preparation } from "../images/preparation.js";
import type { Tokenizer } from "../text/assemble-tokenizer.js";
import type { AttentionMaps } from "./attention-maps.js";
import type { PortableGraphs, PortableShapes } from "./portable/portable-model.js";
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
  /** True for a model that answers questions and says nothing unasked. */
  readonly required?: boolean | undefined;
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

/** One thing that was checked about a model. */
export interface CheckFinding {
  /** In words. */
  readonly what: string;
  readonly found: readonly number[];
  readonly expected?: readonly number[];
  /** The largest difference that is allowed. */
  readonly allowed?: number;
  /** Absent where nothing says what must be found. */
  readonly passed?: boolean;
}

/** What a check of a model found. */
export interface ModelCheck {
  /** False where any finding has not passed; absent where nothing says what must be found. */
  readonly passed?: boolean;
  /** What it was held against, and what else a person should know. */
  readonly notes: readonly string[];
  readonly findings: readonly CheckFinding[];
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
   * before the others, leaves it out), `trained`, `config`, what its config.json says, and `weights`, where they are
   * computed with in another form than they are stored in.
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
  /** True for a model that says nothing without a picture. */
  readonly needsPicture?: boolean;
  /** So many examples at a time suit it, because of the memory that each takes; absent: as many as the house has. */
  readonly usualBatch?: number;
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
  /**
   * The same model with its matrices in eight bits, which can be asked, and neither trained nor exported; absent for a
   * family without. Its `description` has `weights`: see `withWeights`.
   */
  inEightBits?(): Promise<VisionLanguageModel<Batch>>;
  /** How it is trained further; absent for a family that is not. */
  readonly trainable?: Trainable;
  /**
   * Holds it against what was published of its outputs, or else against itself; absent for a family that has no check.
   * @param image normalised pixels of the picture that outputs are known of
   */
  check?(image?: Float32Array, execution?: Execution): Promise<ModelCheck>;
  /**
   * Writes it as files that ONNX Runtime runs; the folder appears when they compute what the model computes.
   * @throws SimvlmError `export-differs`, `not-a-checkpoint` when something else stands there, `cannot-write`
   */
  export?(folder: string, request?: Partial<ExportRequest>): Promise<ExportReport>;
  /**
   * Its graphs for a program that has ONNX Runtime and nothing else of this package; absent for a family without.
   * @throws SimvlmError `text-too-long` when the model has fewer text positions than asked for
   */
  makePortable?(shapes: PortableShapes): Promise<PortableGraphs>;
}

/** The prompt that a caption is asked for with; empty where the family has none. */
export function usualPrompt({ prompting }: Pick<VisionLanguageModel, "prompting">, language = "en"): string {
  return prompting.usual[language] ?? "";
}

/** @throws SimvlmError `no-question` for an empty prompt of a model that only answers */
export function requirePrompt(
  { prompting, source }: Pick<VisionLanguageModel, "prompting" | "source">,
  prompt: string,
): void {
  if (!prompting.required || prompt.trim() !== "") return;
  throw new SimvlmError(
    "no-question",
    `${source} answers questions about pictures and says nothing unasked: give it a question as its prompt.`,
  );
}
