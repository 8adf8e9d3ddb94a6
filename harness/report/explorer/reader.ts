import type { Surroundings } from "../../attention/word-shares.js";
import type { Method, PackedMaps, PaneChoice, PaneData } from "./explorer-data.js";

const KINDS = ["class", "patch", "prompt", "text"] as const;

/** What a pane says of what its words can look at. */
interface SurroundedPane extends Pick<PaneData, "keys" | "prompt"> {
  readonly through?: "question" | undefined;
}

/** What the words of a pane can look at. */
export function surroundingsOf({ keys, prompt, through }: SurroundedPane): Surroundings {
  return { kinds: new Set(KINDS.filter((kind) => keys[kind] > 0)), prompt, through };
}

/** The map of a word, `[patches]`, and what shares of its attention fall on what. They add up to 1. */
export interface Look {
  readonly map: Float32Array;
  readonly image: number;
  readonly prompt: number;
  readonly suffix: number;
  /** On the class token, which has no place in the picture. */
  readonly classToken: number;
}

/** What a choice's maps are made of. */
export interface Reader {
  readonly patches: number;
  /** Which selectors mean something. */
  freedom(choice: PaneChoice): { readonly layer: boolean; readonly head: boolean };
  /** How many layers and heads there are to choose from. */
  counts(choice: PaneChoice): { readonly layers: number; readonly heads: number };
  /** The chosen layers and heads of a word together. */
  look(choice: PaneChoice): Look;
}

/** Maps as they are in the page, with their base64 read. */
interface Stack {
  readonly layers: number;
  readonly heads: number;
  readonly bytes: Uint8Array;
  readonly least: Float32Array;
  readonly most: Float32Array;
  readonly image: Float32Array;
  readonly prompt: Float32Array;
  readonly suffix: Float32Array;
  readonly classToken: Float32Array;
}

/** Whether a pane has maps of a method. */
export function hasMethod({ model }: PaneData, method: Method): boolean {
  return method === "mean" || method === "max" || model[method] !== undefined;
}

/** Reads a pane's maps; each is unpacked when it is first asked for. */
export function createReader(data: PaneData): Reader {
  const patches = data.grid * data.grid;
  const words = data.words.length;
  const unpacked = new Map<PackedMaps, Stack>();

  /** The maps that a choice is about. Some have one head or one layer only, and stand for all of them. */
  function stackOf(choice: PaneChoice): Stack {
    const looks = (choice.control && data.control) || data.model;
    const packed = looks[choice.method] ?? looks.attention ?? looks.mean;
    if (!packed) throw new Error(`no maps for ${choice.method}`);
    const known = unpacked.get(packed) ?? unpack(packed);
    unpacked.set(packed, known);
    return known;
  }

  return {
    patches,
    freedom(choice) {
      const { layers, heads } = stackOf(choice);
      return { layer: layers === data.layers && layers > 1, head: heads === data.heads && heads > 1 };
    },
    counts(choice) {
      const { layers, heads } = stackOf(choice);
      return { layers, heads };
    },
    look(choice) {
      const stack = stackOf(choice);
      const map = new Float32Array(patches);
      const sums = { image: 0, prompt: 0, suffix: 0, classToken: 0 };
      const layers = listChosen(choice.layer, stack.layers);
      const heads = listChosen(choice.head, stack.heads);
      for (const layer of layers) {
        for (const head of heads) {
          const place = (layer * stack.heads + head) * words + choice.word;
          const least = stack.least[place]!;
          const scale = (stack.most[place]! - least) / 255;
          for (let patch = 0; patch < patches; patch++) {
            const value = least + scale * stack.bytes[place * patches + patch]!;
            map[patch] = choice.method === "max" ? Math.max(map[patch]!, value) : map[patch]! + value;
          }
          sums.image += stack.image[place]!;
          sums.prompt += stack.prompt[place]!;
          sums.suffix += stack.suffix[place]!;
          sums.classToken += stack.classToken[place]!;
        }
      }
      const count = layers.length * heads.length;
      if (choice.method !== "max") for (let patch = 0; patch < patches; patch++) map[patch]! /= count;
      const total = sums.image + sums.prompt + sums.suffix + sums.classToken || 1;
      return {
        map,
        image: sums.image / total,
        prompt: sums.prompt / total,
        suffix: sums.suffix / total,
        classToken: sums.classToken / total,
      };
    },
  };
}

function unpack(packed: PackedMaps): Stack {
  const image = toFloats(packed.image);
  return {
    layers: packed.layers,
    heads: packed.heads,
    bytes: toBytes(packed.maps),
    least: toFloats(packed.least),
    most: toFloats(packed.most),
    image,
    prompt: toFloats(packed.prompt),
    suffix: packed.suffix ? toFloats(packed.suffix) : new Float32Array(image.length),
    classToken: packed.classToken ? toFloats(packed.classToken) : new Float32Array(image.length),
  };
}

function toBytes(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function toFloats(base64: string): Float32Array {
  return new Float32Array(toBytes(base64).buffer);
}

/** The chosen one of so many, or all of them. */
function listChosen(chosen: number, count: number): number[] {
  if (chosen >= 0 && chosen < count && count > 1) return [chosen];
  return Array.from({ length: count }, (_, index) => index);
}
