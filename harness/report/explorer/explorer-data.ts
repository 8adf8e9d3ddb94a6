import type { KeyCounts } from "../../models/attention-maps.js";

/*
 * An attention explorer as the server writes it into a page as JSON, and as the page's script reads it. Nothing here needs
 * Node.js or a browser.
 */

/** The maps of the words in 8 bits a value, everything in base64. */
export interface PackedMaps {
  readonly layers: number;
  readonly heads: number;
  /** `[layers, heads, words, patches]` bytes: 0 stands for the least value of a map, 255 for its greatest. */
  readonly maps: string;
  /** 32-bit floats, one for each map, `[layers, heads, words]`; the same holds for the fields below. */
  readonly least: string;
  readonly most: string;
  readonly image: string;
  readonly prompt: string;
  /** Left out where they are all 0. */
  readonly suffix?: string;
  readonly classToken?: string;
}

/** `attention` of each head, or `mean` and `max` over the heads where there would be too many maps. */
export type PackedLooks = { readonly [Name in "attention" | "mean" | "max" | "gradient" | "rollout"]?: PackedMaps };

/** How the chosen layers and heads become one map. */
export type Method = "mean" | "max" | "rollout" | "gradient";

/** What is chosen in a pane. -1 stands for all layers, all heads, no patch. */
export interface PaneChoice {
  readonly word: number;
  readonly patch: number;
  readonly layer: number;
  readonly head: number;
  readonly method: Method;
  /** Whether the maps are those of randomised weights. */
  readonly control: boolean;
}

/** One model's caption of the picture, and where it looked. */
export interface PaneData {
  readonly source: string;
  readonly trained: boolean;
  readonly caption: string;
  readonly prompt: string;
  /** How many keys of each kind the words can look at. */
  readonly keys: KeyCounts;
  /** See `AttentionRecord`. */
  readonly through?: "question";
  readonly words: readonly string[];
  /** The least and the greatest value of the words' maps at rest, as they were before they were packed. */
  readonly range: readonly [least: number, most: number];
  /** Patches along a side of the picture. */
  readonly grid: number;
  /** Pixels along a side of the picture that the model saw. */
  readonly imageSize: number;
  readonly layers: number;
  readonly heads: number;
  /** The size of the picture that is shown, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly model: PackedLooks;
  /** The same with randomised weights, and the seed that these were drawn with. */
  readonly control?: PackedLooks;
  readonly seed?: number;
}

/** 8-bit red, green and blue. */
export type Colour = readonly [red: number, green: number, blue: number];

/** The JSON of an explorer's element in a page. */
export interface ExplorerJson {
  /** One model, or two side by side. */
  readonly panes: readonly PaneData[];
  readonly start: PaneChoice;
  /** The colour scale from the least value to the most, evenly spread. */
  readonly colours: readonly Colour[];
  /** What one should know about all such maps. */
  readonly caution: string;
}
