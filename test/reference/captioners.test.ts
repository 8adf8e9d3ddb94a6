import { describe, expect, it } from "vitest";
import { decodeAll } from "../../harness/decoding/decode.js";
import { idsOf } from "../../harness/decoding/suffix.js";
import { openCheckpoint } from "../../harness/models/family-registry.js";
import type { VisionLanguageModel } from "../../harness/models/vision-language-model.js";
import { createRandom } from "../../harness/random.js";
import { hasShared } from "../shared.js";
import { checkpointOf, type GenerateCase, hasGolden, readGoldenJson, readPixels, toSettings, untilEnd } from "./golden-models.js";

const NAMES = ["git-a", "git-b-l14-f16", "git-vqa", "git-train", "blip-caption", "blip-caption-b-bf16", "blip-vqa", "vitgpt2", "vitgpt2-b-f16"];

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

/** BLIP keeps the end and the padding of a shorter prompt: prompts are asked one by one. Padding on the right is wrong. */
const isOneByOne = ({ id }: GenerateCase): boolean => id.startsWith("pad-right");

function rowsOf(kase: GenerateCase, model: VisionLanguageModel): Row[] {
  const { photos, attention_mask: mask } = kase;
  const isAsked = model.prompting.place === "encoder";
  const ids = kase.input_ids ?? kase.decoder_input_ids ?? kase.input_ids_given;
  return photos.map((photo, row) => {
    const all = ids?.[row] ?? ids?.[0];
    if (!all) return { photo, prompt: [], given: 1, padding: 0 };
    const seen = all.filter((_, place) => mask?.[row]?.[place] !== 0);
    const first = mask?.[row]?.indexOf(1) ?? 0;
    if (isAsked) return { photo, prompt: seen.slice(1, -1), given: 1, padding: 0 };
    const prompt = kase.input_ids_given ? seen.slice(1, -1) : seen.slice(1);
    return { photo, prompt, given: all.length - (kase.input_ids_given ? 1 : 0), padding: first };
  });
}

describe.skipIf(!hasShared).each(NAMES)("%s", (name) => {
  const { cases } = readGoldenJson<{ cases: GenerateCase[] }>(name, "generate.json");
  const opened = openCheckpoint(checkpointOf(name));

  it.each(cases.filter((kase) => !isOneByOne(kase)).map((kase) => [kase.id, kase] as const))("generates %s", async (_, kase) => {
    const model = await opened;
    const rows = rowsOf(kase, model);
    const { tokenizer } = model;
    const isAsked = model.prompting.place === "encoder";
    const returned = (kase.args.num_return_sequences as number | undefined) ?? 1;
    const settings = toSettings(kase.args, rows[0]!.given);
    const examples = rows.map(({ photo, prompt }) => ({ image: readPixels(name, photo), prompt: isAsked ? prompt : [] }));
    const found = await decodeAll(model.createDecoder(), model.toBatch(examples), {
      tokenizer,
      settings,
      suppress: model.suppress ?? [],
      randoms: rows.map((_, row) => createRandom(row)),
      ...(!isAsked && { forced: rows.map(({ prompt }) => prompt) }),
    });
    const ids = found.flatMap((generations, row) =>
      generations.slice(0, returned).map((generation) => idsOf(generation, {
          start: tokenizer.startId,
          end: tokenizer.endId,
          forced: isAsked ? [] : rows[row]!.prompt,
        })),
    );
    const expected = kase.ids.map((all, index) => {
      const { given, padding } = rows[Math.floor(index / returned)]!;
      return untilEnd(all.slice(padding), tokenizer.endId, given - padding);
    });
    expect(ids).toEqual(expected);
    const scores = found.flatMap((generations) => generations.slice(0, returned).map(({ score }) => score));
    kase.sequences_scores?.forEach((score, index) => {
      expect(Math.abs(scores[index]! - score)).toBeLessThan(1e-4 * Math.max(1, Math.abs(score)));
    });
  });

  it.runIf(hasGolden(name, "original-beam.json"))("finds what the original's search finds", async () => {
    const { cases: searches } = readGoldenJson<{ cases: OriginalCase[] }>(name, "original-beam.json");
    const model = await opened;
    for (const { photo, prefix, beams, alpha, max_steps, ids, score } of searches) {
      const forced = prefix.slice(1);
      const [found] = await decodeAll(model.createDecoder(), model.toBatch([{ image: readPixels(name, photo), prompt: [] }]), {
        tokenizer: model.tokenizer,
        settings: { method: "beam", search: "git", beamSize: beams, lengthPenalty: alpha, minLength: 0, maxLength: max_steps - prefix.length },
        suppress: [],
        randoms: [createRandom(1)],
        forced: [forced],
      });
      expect(idsOf(found![0]!, { start: model.tokenizer.startId, end: model.tokenizer.endId, forced })).toEqual(ids);
      expect(Math.abs(found![0]!.score - score)).toBeLessThan(1e-4 * Math.abs(score));
    }
  });
});

interface OriginalCase {
  readonly photo: string;
  readonly prefix: readonly number[];
  readonly beams: number;
  readonly alpha: number;
  readonly max_steps: number;
  readonly ids: readonly number[];
  readonly score: number;
}
