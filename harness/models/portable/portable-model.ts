import type { DecodingSettings } from "../../decoding/settings.js";
import type { Preparation } from "../../images/preparation.js";
import type { TokenizerFile } from "../../text/tokenizer-file.js";
import type { Prompting } from "../vision-language-model.js";

/*
 * A model as graphs, weights and a description, for a program that has ONNX Runtime and nothing else of this package: a
 * page in a browser. Nothing here needs Node.js or a browser.
 */

/** What a portable model is made for; its graphs hold no other shapes. */
export interface PortableShapes {
  /** Texts that a beam search follows at once, at most. */
  readonly beams: number;
  /** Places for a prompt beside the picture; 0 for none. */
  readonly promptLength: number;
  /** Places of the text, the start token included. */
  readonly maxLength: number;
}

/** What tells a model's graphs how they are fed. All names are those of the graphs' inputs and outputs. */
export interface PortableGraphs {
  /** The encoder runs once for a picture, a step once for each token, attention once for a text. */
  readonly graphs: Readonly<Record<GraphName, Uint8Array>>;
  /** The numbers of all graphs, as one file: their external data, called {@link WEIGHTS_FILE}. */
  readonly weights: Uint8Array;
  /** The shapes of the step's caches, which begin as zeros. */
  readonly cache: Readonly<Record<string, readonly number[]>>;
  /** Patches a side of the square that the model sees. */
  readonly grid: number;
}

/** The graphs of a portable model. */
export const GRAPH_NAMES = ["encoder", "step", "attention"] as const;
/** One of {@link GRAPH_NAMES}. */
export type GraphName = (typeof GRAPH_NAMES)[number];

/** The file that graphs look for their weights in. */
export const WEIGHTS_FILE = "weights";

/** All that is known of a portable model besides its numbers, as JSON. */
export interface PortableDescription extends PortableShapes, Pick<PortableGraphs, "cache" | "grid"> {
  /** Where it comes from, for a person to read. */
  readonly source: string;
  readonly trained: boolean;
  readonly preparation: Preparation;
  readonly prompting: Prompting;
  readonly tokenizer: TokenizerFile;
  readonly vocabularySize: number;
  /** How its texts are found unless somebody asks otherwise. */
  readonly decoding: DecodingSettings;
  /** Tokens that it never says. */
  readonly suppress: readonly number[];
}
