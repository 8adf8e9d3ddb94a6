import { type AttentionKey, type AttentionRecord, listKeys } from "./attention-maps.js";

/** Which part of a graph's maps is meant. */
export interface RecordShape extends Pick<AttentionRecord, "through"> {
  /** Tokens of the text, the start token not counted. */
  readonly tokens: number;
  /** Patches a side of the square that the model sees. */
  readonly grid: number;
  /** Whether a class token stands before the patches. */
  readonly hasClass: boolean;
  /** Tokens of the prompt. */
  readonly prompt: number;
  /**
   * Places that a graph has for the prompt beside the picture; what lies behind its tokens is padding. `within` where
   * the text begins with it, behind the start token.
   */
  readonly promptPlaces: number | "within";
}

/** Keys that are shown, and the columns of a map where they begin and end. */
interface Range {
  readonly keys: readonly AttentionKey[];
  readonly begin: number;
}

/**
 * Where each token looked, of the maps as a graph gives them: layer by layer `[1, heads, suffix, keys]`, keys being
 * the picture's tokens, places of the prompt beside it, and, in one sequence with the picture, places of the text.
 */
export function readRecord(
  results: readonly { readonly shape: readonly number[]; readonly data: unknown }[],
  shape: RecordShape,
): AttentionRecord {
  const { tokens, grid, prompt, promptPlaces, through } = shape;
  const [, heads, rows, columns] = results[0]!.shape as [number, number, number, number];
  const ranges = listRanges(columns, shape);
  const keys = ranges.flatMap((range) => range.keys);
  /** The row that chose the first word. */
  const first = promptPlaces === "within" ? prompt : 0;
  const data = new Float32Array(results.length * heads * tokens * keys.length);
  let at = 0;
  for (const result of results) {
    const maps = result.data as Float32Array;
    for (let head = 0; head < heads; head++) {
      for (let token = 0; token < tokens; token++) {
        const row = (head * rows + first + token) * columns;
        for (const { begin, keys: shown } of ranges) {
          data.set(maps.subarray(row + begin, row + begin + shown.length), at);
          at += shown.length;
        }
      }
    }
  }
  return { layers: results.length, heads, tokens, grid, keys, ...(through && { through }), data };
}

function listRanges(columns: number, { tokens, grid, hasClass, prompt, promptPlaces }: RecordShape): Range[] {
  const patches = listKeys(grid, 0, 0);
  const picture: Range = { keys: hasClass ? [{ kind: "class" }, ...patches] : patches, begin: 0 };
  const behind = picture.keys.length;
  if (columns === behind) return [picture];
  // What lies behind the start token and the words before the last is padding, or seen by nobody.
  const words = Math.max(1, tokens);
  if (promptPlaces === "within") {
    const [start, ...others] = listKeys(0, 0, words);
    return [picture, { keys: [start!, ...listKeys(0, prompt, 0), ...others], begin: behind }];
  }
  const beside: Range = { keys: listKeys(0, prompt, 0), begin: behind };
  if (columns === behind + promptPlaces) return [picture, beside];
  return [picture, beside, { keys: listKeys(0, 0, words), begin: behind + promptPlaces }];
}
