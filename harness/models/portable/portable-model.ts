import type { GivenDecoding } from "../../decoding/settings.js";
import type { MatrixPrecision } from "../../engine/index.js";
import type { Preparation } from "../../images/preparation.js";
import type { PortableTokenizer } from "../../text/portable-tokenizer.js";
import type { RecordShape } from "../attention-record.js";
import type { Prompting } from "../vision-language-model.js";

/*
 * A model as graphs, weights and a description, for a program that has ONNX Runtime and nothing else of this package: a
 * page in a browser. Nothing here needs Node.js or a browser.
 */

/** What a portable model is made for; its graphs hold no other shapes. */
export interface PortableShapes {
  /** Texts that a beam search follows at once, at most. */
  readonly beams: number;
  /** Tokens of a prompt, beside the picture or before the text; 0 for none. */
  readonly promptLength: number;
  /** Tokens of the text that is said, its end included. */
  readonly maxLength: number;
}

/** How large the graphs are unless the model needs more or has places for less. */
export const USUAL_SHAPES: PortableShapes = { beams: 5, promptLength: 16, maxLength: 32 };

/** What is asked for in the place of usual shapes. */
export type AskedShapes = { readonly [Name in keyof PortableShapes]?: PortableShapes[Name] | undefined };

/** What tells a model's graphs how they are fed. All names are those of the graphs' inputs and outputs. */
export interface PortableGraphs {
  /** The encoder runs once for a picture, a step once for each token, attention once for a text. */
  readonly graphs: Readonly<Record<GraphName, Uint8Array>>;
  /** The numbers of all graphs, as one file: their external data, called {@link WEIGHTS_FILE}. */
  readonly weights: Uint8Array;
  /** The shapes of the step's caches, which begin as zeros. */
  readonly cache: Readonly<Record<string, readonly number[]>>;
  /** Places of the text in the graphs: the start, a prompt where the text begins with it, and what is said. */
  readonly textPlaces: number;
  /** What the keys of its attention are. */
  readonly maps: Pick<RecordShape, "grid" | "hasClass" | "through">;
  /** The tokens around a prompt beside the picture. */
  readonly question?: { readonly before: readonly number[]; readonly behind: readonly number[] } | undefined;
}

/** The graphs of a portable model. */
export const GRAPH_NAMES = ["encoder", "step", "attention"] as const;
/** One of {@link GRAPH_NAMES}. */
export type GraphName = (typeof GRAPH_NAMES)[number];

/** The file that graphs look for their weights in. */
export const WEIGHTS_FILE = "weights";

/** All that is known of a portable model besides its numbers, as JSON. */
export interface PortableDescription extends PortableShapes, Omit<PortableGraphs, "graphs" | "weights"> {
  /** Where it comes from, for a person to read. */
  readonly source: string;
  readonly trained: boolean;
  readonly preparation: Preparation;
  readonly prompting: Prompting;
  readonly tokenizer: PortableTokenizer;
  readonly vocabularySize: number;
  /** Of its matrices; eight bits are for processors. */
  readonly precision: MatrixPrecision;
  /** How its texts are found unless somebody asks otherwise. */
  readonly decoding: Pick<GivenDecoding, "family" | "usual">;
  /** Tokens that it never says. */
  readonly suppress: readonly number[];
}
