import { expect, test } from "vitest";
import { decodeAll, decodeBest } from "../../../harness/decoding/decode.js";
import { DECODING_DEFAULTS, type DecodingSettings, resolveDecoding } from "../../../harness/decoding/settings.js";
import { createRandom } from "../../../harness/random.js";
import { examples, randomModel, stubDecoder } from "./stub.js";

const git = { search: "git", beamSize: 4, lengthPenalty: 0.6, minLength: 0, maxLength: 20 } as const;

test("what is asked for goes before what is usual, that before the family's settings, those before the defaults", () => {
  expect(resolveDecoding({})).toEqual(DECODING_DEFAULTS);
  expect(resolveDecoding({ family: git })).toEqual({ method: "beam", ...git });
  const asked = { beamSize: 2 };
  const resolved = resolveDecoding({ family: git, usual: { beamSize: 3, maxLength: 9 }, asked });
  expect(resolved).toEqual({ method: "beam", ...git, maxLength: 9, beamSize: 2 });
});

test("a family's length penalty and search hold for its own beam search alone", () => {
  const others = { beamSize: 4, minLength: 0, maxLength: 20 };
  expect(resolveDecoding({ family: git, asked: { method: "greedy" } })).toEqual({ method: "greedy", ...others });
  expect(resolveDecoding({ family: git, asked: { search: "transformers" } })).toEqual({
    method: "beam",
    ...others,
    search: "transformers",
  });
  expect(resolveDecoding({ family: git, asked: { search: "git" } })).toEqual({ method: "beam", ...git });
});

const contradictions: readonly (readonly [Partial<DecodingSettings>, Partial<DecodingSettings>, RegExp])[] = [
  [git, { earlyStopping: true }, /earlyStopping.*"transformers" alone, but the beam search is "git"/],
  [{}, { beamSize: 1001 }, /beamSize is 1001.*1000 are the most/],
  [{}, { earlyStopping: "never" }, /the beam search is "simvlm"/],
  [{}, { method: "greedy", earlyStopping: false }, /the method is "greedy"/],
  [{}, { method: "sample", search: "git" }, /search is "git".*the method is "sample"/],
  [git, { repetitionPenalty: 1.2 }, /repetitionPenalty.*"git"/],
];

test.each(contradictions)("settings that contradict each other are refused: %o %o", (family, asked, message) => {
  expect(() => resolveDecoding({ family, asked })).toThrow(message);
});

test("the settings choose the search, and special tokens are never said unless the family says otherwise", async () => {
  const tokenizer = { startId: 0, endId: 1, padId: 2, unknownId: 3 };
  const randoms = [createRandom(1)];
  const decoder = stubDecoder(randomModel(6, 12), 6);
  const decode = (settings: DecodingSettings, suppress?: number[]) =>
    decodeAll(decoder, examples(1), { tokenizer, settings, randoms, ...(suppress && { suppress }) });
  const settings = { method: "beam", beamSize: 3, maxLength: 6, minLength: 6 } as const;
  const scores = new Set<number>();
  for (const search of ["simvlm", "transformers", "git"] as const) {
    const [found] = await decode({ ...settings, search });
    expect(found).toHaveLength(search === "git" ? 1 : 3);
    for (const { tokens } of found!) expect(tokens.every((token) => token > 3)).toBe(true);
    scores.add(found![0]!.score);
    const [best] = await decodeBest(decoder, examples(1), { tokenizer, settings: { ...settings, search }, randoms });
    expect(best).toEqual(found![0]);
  }
  expect(scores.size).toBe(3);
  const [free] = await decode({ ...settings, search: "transformers" }, []);
  expect(free!.some(({ tokens }) => tokens.some((token) => token < 4))).toBe(true);
  expect(() => decode({ ...settings, earlyStopping: true })).toThrow(/earlyStopping/);
});
