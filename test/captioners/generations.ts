import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { decodeAll } from "../../harness/decoding/decode.js";
import type { DecodingSettings } from "../../harness/decoding/settings.js";
import { idsOf } from "../../harness/decoding/suffix.js";
import { openCheckpoint } from "../../harness/models/family-registry.js";
import type { VisionLanguageModel } from "../../harness/models/vision-language-model.js";
import { createRandom } from "../../harness/random.js";
import { type GoldenCaptioner, type GoldenCase, type OriginalSearch, readPixels } from "./golden.js";

/** What a case asks of each photograph. */
interface Row {
  readonly photo: string;
  /** Ids of a question, or of what the text begins with, without special tokens. */
  readonly prompt: readonly number[];
  /** Ids that the text begins with, the start among them. */
  readonly given: number;
  /** Places of padding before them. */
  readonly padding: number;
}

interface OriginalCase extends OriginalSearch {
  readonly photo: string;
}

/** New tokens where nothing is said. */
const USUAL_LENGTH = 20;

/** Generations of golden captioners: the library's greedy and beam searches, and GIT's own. */
export function describeGenerations(captioners: readonly GoldenCaptioner[]): void {
  describe.each(
    captioners.filter((captioner) => captioner.cases().length > 0).map((each) => [each.name, each] as const),
  )("%s", (_, captioner) => {
    const opened = openCheckpoint(captioner.checkpoint);
    const decoding = opened.then((model) => model.createDecoder());
    opened.catch(() => {});
    decoding.catch(() => {});
    // Padding on the right is recorded so that nobody copies it.
    const cases = captioner.cases().filter(({ id }) => !id.startsWith("pad-right"));

    it.each(cases.map((each) => [each.id, each] as const))("generates %s", async (_, golden) => {
      const [model, decoder] = await Promise.all([opened, decoding]);
      const { tokenizer, prompting } = model;
      const isAsked = prompting.place === "encoder";
      const rows = rowsOf(golden, model);
      const returned = (golden.args.num_return_sequences as number | undefined) ?? 1;
      const examples = rows.map(({ photo, prompt }) => ({
        image: readPixels(captioner, photo),
        prompt: isAsked ? prompt : [],
      }));
      const found = await decodeAll(decoder, model.toBatch(examples), {
        tokenizer,
        settings: toSettings(golden.args, rows[0]!.given),
        suppress: model.suppress ?? [],
        randoms: rows.map((_, row) => createRandom(row)),
        ...(!isAsked && { forced: rows.map(({ prompt }) => prompt) }),
      });
      const { startId: start, endId: end } = tokenizer;
      const kept = found.map((generations) => generations.slice(0, returned));
      const ids = kept.flatMap((generations, row) =>
        generations.map((one) => idsOf(one, { start, end, forced: isAsked ? [] : rows[row]!.prompt })),
      );
      const expected = golden.ids.map((all, index) => {
        const { given, padding } = rows[Math.floor(index / returned)]!;
        return untilEnd(all.slice(padding), end, given - padding);
      });
      expect(ids).toEqual(expected);
      const scores = kept.flat().map(({ score }) => score);
      golden.sequences_scores?.forEach((score, index) => {
        expect(Math.abs(scores[index]! - score)).toBeLessThan(1e-4 * Math.max(1, Math.abs(score)));
      });
      golden.texts.forEach((text, index) => {
        if (rows[Math.floor(index / returned)]!.padding > 0) return;
        expect(tokenizer.decode(ids[index]!)).toBe(text);
      });
    });

    if (!existsSync(captioner.file("original-beam.json"))) return;
    it("finds what GIT's own search finds", async () => {
      const [model, decoder] = await Promise.all([opened, decoding]);
      const { startId: start, endId: end } = model.tokenizer;
      const { cases: searches } = captioner.json<{ cases: OriginalCase[] }>("original-beam.json");
      for (const { photo, prefix, beams, alpha, max_steps, ids, score } of searches) {
        const forced = prefix.slice(1);
        const [found] = await decodeAll(decoder, model.toBatch([{ image: readPixels(captioner, photo), prompt: [] }]), {
          tokenizer: model.tokenizer,
          settings: {
            method: "beam",
            search: "git",
            beamSize: beams,
            lengthPenalty: alpha,
            minLength: 0,
            maxLength: max_steps - prefix.length,
          },
          suppress: [],
          randoms: [createRandom(1)],
          forced: [forced],
        });
        expect(idsOf(found![0]!, { start, end, forced })).toEqual(ids);
        expect(Math.abs(found![0]!.score - score)).toBeLessThan(1e-4 * Math.abs(score));
      }
    });
  });
}

function rowsOf(golden: GoldenCase, model: VisionLanguageModel): Row[] {
  const { photos, attention_mask: mask } = golden;
  const isAsked = model.prompting.place === "encoder";
  const ids = golden.input_ids ?? golden.decoder_input_ids ?? golden.input_ids_given;
  // BLIP's texts are given with both special tokens: it writes its own start over the first and drops the last.
  const wrapped = golden.input_ids_given !== undefined;
  return photos.map((photo, row) => {
    const all = ids?.[row] ?? ids?.[0];
    if (!all) return { photo, prompt: [], given: 1, padding: 0 };
    const seen = all.filter((_, place) => mask?.[row]?.[place] !== 0);
    if (isAsked) return { photo, prompt: seen.slice(1, -1), given: 1, padding: 0 };
    const prompt = wrapped ? seen.slice(1, -1) : seen.slice(1);
    return { photo, prompt, given: all.length - (wrapped ? 1 : 0), padding: mask?.[row]?.indexOf(1) ?? 0 };
  });
}

/** The library's arguments as our settings. @param given ids that the text begins with, the start among them */
function toSettings(args: GoldenCase["args"], given: number): DecodingSettings {
  const number = (name: string) => args[name] as number | undefined;
  const beams = number("num_beams") ?? 1;
  const longest = number("max_length");
  return {
    ...(beams > 1
      ? {
          method: "beam",
          search: "transformers",
          beamSize: beams,
          lengthPenalty: number("length_penalty") ?? 1,
          ...(args.early_stopping !== undefined && { earlyStopping: args.early_stopping as boolean | "never" }),
        }
      : { method: "greedy" }),
    maxLength: number("max_new_tokens") ?? (longest === undefined ? USUAL_LENGTH : longest - given),
    minLength: Math.max(0, number("min_new_tokens") ?? (number("min_length") ?? 0) - given),
    noRepeatNgram: number("no_repeat_ngram_size") ?? 0,
    ...(args.repetition_penalty !== undefined && { repetitionPenalty: args.repetition_penalty as number }),
  };
}

/** Ids up to the end, without what a batch's row is filled with. @param from where the end counts */
function untilEnd(ids: readonly number[], endId: number, from: number): readonly number[] {
  const end = ids.indexOf(endId, from);
  return end < 0 ? ids : ids.slice(0, end + 1);
}
