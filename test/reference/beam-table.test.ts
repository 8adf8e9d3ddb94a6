import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Decoder } from "../../harness/decoding/decoder.js";
import {
  decodeByGitBeamSearch,
  decodeByLibraryBeamSearch,
  decodeGreedily,
  type EarlyStopping,
  type Generation,
  idsOf,
} from "../../harness/decoding/index.js";
import type { OriginalSearch } from "../captioners/golden.js";
import { type LanguageModel, stubDecoder, withBest } from "../harness/decoding/stub.js";
import { hasShared, sharedFolder } from "../shared.js";

/** A table as language model: the logits of the next id are those of the last one, by the length of the text so far. */
interface Table {
  readonly table: readonly (readonly (readonly number[])[])[];
  readonly eos: number;
  readonly start: number;
  readonly library: readonly LibraryCase[];
  readonly original_git: readonly OriginalSearch[];
}

/** A search of transformers 5.24, with its arguments as `generate` names them. */
interface LibraryCase {
  readonly prompts: readonly (readonly number[])[];
  readonly args: {
    readonly max_length?: number;
    readonly max_new_tokens?: number;
    readonly min_length?: number;
    readonly min_new_tokens?: number;
    readonly num_beams?: number;
    readonly length_penalty?: number;
    readonly early_stopping?: EarlyStopping;
    readonly num_return_sequences?: number;
    readonly no_repeat_ngram_size?: number;
    readonly repetition_penalty?: number;
  };
  /** Padded behind the end. */
  readonly ids: readonly (readonly number[])[];
  readonly sequences_scores?: readonly number[];
}

describe.skipIf(!hasShared)("beam searches over a table as language model", () => {
  const path = `${sharedFolder}/reference/models/golden/beam-table.json`;
  const { tables } = (hasShared ? JSON.parse(readFileSync(path, "utf8")) : { tables: [] }) as { tables: Table[] };
  // Some texts are others' words in another order, of the same probability: which one is found depends on the last bit of
  // the reference's own arithmetic, which only all logits give.
  const inOrder = (ids: readonly number[]) => ids;
  const inAnyOrder = (ids: readonly number[]) => ids.toSorted((a, b) => a - b);
  const ways = [
    ["all logits", (decoder) => decoder, inOrder],
    ["the best logits", withBest, inAnyOrder],
  ] as const satisfies readonly (readonly [
    string,
    (decoder: Decoder<number>) => Decoder<number>,
    (ids: readonly number[]) => readonly number[],
  ])[];

  test.each(ways)("transformers' beam search and greedy decoding, from %s", async (_, through, sorted) => {
    let searches = 0;
    for (const each of tables) {
      for (const { prompts, args, ids, sequences_scores: scores } of each.library) {
        const found = await generate(each, prompts, args, through);
        const what = JSON.stringify({ prompts, args });
        const returned = found.flatMap((texts) => texts.slice(0, args.num_return_sequences ?? 1));
        const inFull = returned.map((text, row) => idsInFull(each, prompts, args, text, row));
        const expected = ids.map((row) => withoutPadding(row, each.eos));
        expect(inFull.map(sorted), what).toEqual(expected.map(sorted));
        scores?.forEach((score, row) => {
          expect(Math.abs(returned[row]!.score - score), what).toBeLessThan(1e-5);
        });
        searches++;
      }
    }
    expect(searches).toBeGreaterThan(600);
  });

  test.each(ways)("the original GIT's beam search, from %s", async (_, through) => {
    let searches = 0;
    for (const each of tables) {
      for (const { prefix, beams, alpha, max_steps: steps, ids, score } of each.original_git) {
        const forced = prefix.slice(1);
        const base = { start: prefix[0]!, end: each.eos, forced };
        const [[best] = []] = await decodeByGitBeamSearch(through(decoderOf(each)), 1, {
          ...base,
          beamSize: beams,
          lengthPenalty: alpha,
          maxLength: steps - prefix.length,
        });
        const what = JSON.stringify({ prefix, beams, alpha, steps });
        expect(idsOf(best!, base), what).toEqual(ids);
        expect(Math.abs(best!.score - score), what).toBeLessThan(1e-5);
        searches++;
      }
    }
    expect(searches).toBeGreaterThan(300);
  });
});

function decoderOf({ table }: Table): Decoder<number> {
  const model: LanguageModel = (text) => table[text.length % table.length]![text.at(-1)!]!;
  return stubDecoder(model, table[0]!.length);
}

function generate(
  table: Table,
  prompts: LibraryCase["prompts"],
  args: LibraryCase["args"],
  through: (decoder: Decoder<number>) => Decoder<number>,
): Promise<Generation[][]> {
  const [first] = prompts;
  const length = first!.length;
  const options = {
    start: table.start,
    end: table.eos,
    suppress: [],
    forced: prompts.map((prompt) => prompt.slice(1)),
    maxLength: args.max_new_tokens ?? args.max_length! - length,
    minLength: args.min_new_tokens ?? Math.max((args.min_length ?? 0) - length, 0),
    noRepeatNgram: args.no_repeat_ngram_size ?? 0,
    repetitionPenalty: args.repetition_penalty ?? 1,
  };
  const decoder = through(decoderOf(table));
  if ((args.num_beams ?? 1) === 1) return decodeGreedily(decoder, prompts.length, options);
  return decodeByLibraryBeamSearch(decoder, prompts.length, {
    ...options,
    beamSize: args.num_beams!,
    ...(args.length_penalty !== undefined && { lengthPenalty: args.length_penalty }),
    ...(args.early_stopping !== undefined && { earlyStopping: args.early_stopping }),
  });
}

function idsInFull(
  { start, eos }: Table,
  prompts: LibraryCase["prompts"],
  { num_return_sequences: returned = 1 }: LibraryCase["args"],
  text: Generation,
  row: number,
): number[] {
  return idsOf(text, { start, end: eos, forced: prompts[Math.floor(row / returned)]!.slice(1) });
}

/** The library fills rows behind the end, with the padding id or the end id. */
function withoutPadding(ids: readonly number[], end: number): readonly number[] {
  const last = ids.indexOf(end);
  return last < 0 ? ids : ids.slice(0, last + 1);
}
