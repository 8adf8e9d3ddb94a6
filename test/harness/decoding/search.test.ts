import { expect, test } from "vitest";
import { decodeByBeamSearch } from "../../../harness/decoding/beam.js";
import { decodeByGitBeamSearch } from "../../../harness/decoding/git-beam.js";
import { decodeBySampling, decodeGreedily } from "../../../harness/decoding/left-to-right.js";
import { decodeByLibraryBeamSearch } from "../../../harness/decoding/library-beam.js";
import { idsOf } from "../../../harness/decoding/suffix.js";
import { createRandom } from "../../../harness/random.js";
import { examples, type LanguageModel, logSoftmax, randomModel, stubDecoder, withBest } from "./stub.js";

const [START, END] = [0, 1];
const basic = { start: START, end: END };

/** Every text that can be generated, with its log-probability. */
function enumerate(
  model: LanguageModel,
  maxLength: number,
  text = [START],
  sum = 0,
): { tokens: number[]; sum: number; ended: boolean }[] {
  const logProbabilities = logSoftmax(model(text, 0));
  return logProbabilities.flatMap((term, token) => {
    if (token === START) return [];
    if (token === END) return [{ tokens: text.slice(1), sum: sum + term, ended: true }];
    const longer = [...text, token];
    if (longer.length > maxLength) return [{ tokens: longer.slice(1), sum: sum + term, ended: false }];
    return enumerate(model, maxLength, longer, sum + term);
  });
}

test("greedy decoding takes the likeliest token each time and sums their log-probabilities", async () => {
  const model = randomModel(7, 3);
  const [[generation] = []] = await decodeGreedily(stubDecoder(model, 7), examples(1), { ...basic, maxLength: 9 });
  const { tokens, logProbability, tokenLogProbabilities, finished } = generation!;
  const text = [START];
  const terms: number[] = [];
  while (terms.length < 9) {
    const logProbabilities = logSoftmax(model(text, 0)).with(START, -Infinity);
    const best = logProbabilities.indexOf(Math.max(...logProbabilities));
    terms.push(logProbabilities[best]!);
    if (best === END) break;
    text.push(best);
  }
  expect(tokens).toEqual(text.slice(1));
  expect(finished).toBe(terms.length === text.length);
  tokenLogProbabilities.forEach((term, index) => {
    expect(term).toBeCloseTo(terms[index]!, 5);
  });
  expect(logProbability).toBeCloseTo(
    terms.reduce((a, b) => a + b),
    5,
  );
});

test.each([0, 0.6, 1, 2])(
  "a beam as wide as the tree finds the best text, length penalty %d",
  async (lengthPenalty) => {
    for (let seed = 0; seed < 5; seed++) {
      const model = randomModel(4, seed);
      const score = ({ sum, tokens, ended }: { sum: number; tokens: number[]; ended: boolean }) =>
        sum / ((5 + tokens.length + (ended ? 1 : 0)) / 6) ** lengthPenalty;
      const expected = enumerate(model, 4).sort((a, b) => score(b) - score(a));
      const options = { ...basic, maxLength: 4, beamSize: 27, lengthPenalty };
      const [found] = await decodeByBeamSearch(stubDecoder(model, 4), examples(1), options);
      expect(found!.slice(0, 5).map(({ tokens, finished }) => [tokens, finished])).toEqual(
        expected.slice(0, 5).map(({ tokens, ended }) => [tokens, ended]),
      );
      expect(found![0]!.score).toBeCloseTo(score(expected[0]!), 5);
      expect(found![0]!.logProbability).toBeCloseTo(expected[0]!.sum, 5);
    }
  },
);

test("a beam of one is greedy decoding", async () => {
  for (let seed = 0; seed < 20; seed++) {
    const decoder = stubDecoder(randomModel(9, seed), 9);
    const [greedy] = await decodeGreedily(decoder, examples(1), { ...basic, maxLength: 12 });
    const [beam] = await decodeByBeamSearch(decoder, examples(1), {
      ...basic,
      maxLength: 12,
      beamSize: 1,
      lengthPenalty: 0,
    });
    expect(beam![0]!.tokens).toEqual(greedy![0]!.tokens);
  }
});

test("a wider beam finds what greedy decoding misses", async () => {
  // Token 2 looks better at first; token 3 is certain to end well.
  const model: LanguageModel = (text) => {
    if (text.length === 1) return [-9, -9, 1, 0.8];
    return text[1] === 2 ? [0, 0, 0, 0] : [-9, 9, -9, -9];
  };
  const decoder = stubDecoder(model, 4);
  const [greedy] = await decodeGreedily(decoder, examples(1), { ...basic, maxLength: 3 });
  const [beam] = await decodeByBeamSearch(decoder, examples(1), { ...basic, maxLength: 3, beamSize: 2 });
  expect(greedy![0]!.tokens[0]).toBe(2);
  expect(beam![0]!.tokens).toEqual([3]);
});

test("each example's search is its own: a batch of 32 gives what 32 batches of one give", async () => {
  const model = randomModel(11, 8);
  const options = { ...basic, maxLength: 10, noRepeatNgram: 2 };
  const randoms = Array.from({ length: 32 }, (_, row) => createRandom(1).fork(row));
  const together = stubDecoder(model, 11);
  const [greedy, beam, drawn] = [
    await decodeGreedily(together, examples(32), options),
    await decodeByBeamSearch(together, examples(32), options),
    await decodeBySampling(together, examples(32), { ...options, randoms, samples: 2 }),
  ];
  for (let row = 0; row < 32; row++) {
    const alone = stubDecoder((text) => model(text, row), 11);
    expect((await decodeGreedily(alone, examples(1), options))[0]).toEqual(greedy[row]);
    expect((await decodeByBeamSearch(alone, examples(1), options))[0]).toEqual(beam[row]);
    const stream = { ...options, randoms: [randoms[row]!], samples: 2 };
    expect((await decodeBySampling(alone, examples(1), stream))[0]).toEqual(drawn[row]);
  }
});

const ways = [
  ["greedy", decodeGreedily],
  ["beam", decodeByBeamSearch],
  ["the library's beam", decodeByLibraryBeamSearch],
  ["the original GIT's beam", decodeByGitBeamSearch],
  [
    "sampling",
    (decoder, prefix, options) => decodeBySampling(decoder, prefix, { randoms: [createRandom(5)], ...options }),
  ],
] as const satisfies readonly (readonly [string, typeof decodeGreedily])[];

test.each(ways)("%s: minimum and maximum length, suppressed tokens, no run twice", async (_, decode) => {
  // Wants to end at once, else to say 2 for ever, else 3.
  const decoder = stubDecoder(() => [9, 6, 4, 2, 0, 0], 6);
  const tokens = async (options: object) => {
    return (await decode(decoder, examples(1), { ...basic, suppress: [START], ...options }))[0]![0]!;
  };
  const short = await tokens({ minLength: 3, maxLength: 5 });
  expect(short.tokens.length).toBeGreaterThanOrEqual(3);
  expect(short.tokens.length).toBeLessThanOrEqual(5);
  const long = await tokens({ minLength: 20, maxLength: 20 });
  // The original GIT's search drops the last word.
  const longest = decode === decodeByGitBeamSearch ? 19 : 20;
  expect(long.tokens.length).toBe(longest);
  expect(long.finished).toBe(false);
  expect(long.tokenLogProbabilities.length).toBe(longest);
  expect([...long.tokens, ...short.tokens]).not.toContain(START);
  expect((await tokens({ minLength: 9, maxLength: 9, suppress: [2] })).tokens).not.toContain(2);
  for (const noRepeatNgram of [1, 2, 3]) {
    const { tokens: text } = await tokens({ minLength: 4, maxLength: 4 ** noRepeatNgram, noRepeatNgram });
    const runs = text.slice(noRepeatNgram - 1).map((_, index) => text.slice(index, index + noRepeatNgram).join(" "));
    expect(new Set(runs).size).toBe(runs.length);
  }
});

test.each(ways)("%s: when every token is forbidden the text stops, unfinished", async (_, decode) => {
  const decoder = stubDecoder(() => [0, 0, 0, 0], 4);
  const options = { ...basic, suppress: [START], minLength: 5, maxLength: 8, noRepeatNgram: 1 };
  const [[generation] = []] = await decode(decoder, examples(1), options);
  expect(generation!.tokens.toSorted()).toEqual([2, 3]);
  expect(generation!.finished).toBe(false);
});

test.each(ways)("%s: forced prefixes of different lengths, one for each example", async (name, decode) => {
  // What sampling draws depends on the example; the original GIT's length penalty counts the prefix.
  if (name === "sampling" || decode === decodeByGitBeamSearch) return;
  const model = randomModel(8, 2);
  const forced = [[5, 6], [], [7]];
  const options = { ...basic, suppress: [START], maxLength: 6 };
  const together = await decode(stubDecoder(model, 8), examples(3), { ...options, forced });
  for (let row = 0; row < 3; row++) {
    // The same text after the start token, had it been the start itself.
    const alone = stubDecoder((text) => model([START, ...forced[row]!, ...text.slice(1)], row), 8);
    const [expected] = await decode(alone, examples(1), options);
    expect(together[row]).toEqual(expected);
  }
  const same = await decode(
    stubDecoder((text) => model(text, 0), 8),
    examples(2),
    { ...options, forced: [5, 6] },
  );
  expect(same).toEqual([together[0], together[0]]);
});

test("what the forced prefix says counts as said", async () => {
  const decoder = stubDecoder(() => [0, 0, 9, 5], 4);
  const options = { ...basic, maxLength: 1, noRepeatNgram: 1, forced: [2] };
  expect((await decodeGreedily(decoder, examples(1), options))[0]![0]!.tokens).toEqual([3]);
});

test("sampling draws by probability; temperature, top-k and nucleus bound what is drawn", async () => {
  const probabilities = [0, 0, 0.5, 0.25, 0.15, 0.1];
  const decoder = stubDecoder(() => probabilities.map((p) => Math.log(p)), 6);
  const counts = async (options: object) => {
    const settings = { ...basic, maxLength: 1, samples: 8000, randoms: [createRandom(11)], ...options };
    const [drawn] = await decodeBySampling(decoder, examples(1), settings);
    const table = new Array<number>(6).fill(0);
    for (const { tokens } of drawn!) table[tokens[0]!]! += 1 / 8000;
    return table;
  };
  const near = (table: number[], expected: number[]) => {
    table.forEach((share, token) => {
      expect(Math.abs(share - expected[token]!)).toBeLessThan(0.025);
    });
  };
  near(await counts({}), probabilities);
  const squares = probabilities.map((p) => p ** 2);
  const total = squares.reduce((a, b) => a + b);
  near(
    await counts({ temperature: 0.5 }),
    squares.map((p) => p / total),
  );
  const two = [0, 0, 2 / 3, 1 / 3, 0, 0];
  const topTwo = await counts({ topK: 2 });
  near(topTwo, two);
  const nucleus = await counts({ topP: 0.7 });
  near(nucleus, two);
  expect([...topTwo.slice(4), ...nucleus.slice(4)]).toEqual([0, 0, 0, 0]);
  expect(await counts({ topP: 0.01 })).toEqual([0, 0, expect.closeTo(1, 6), 0, 0, 0]);
});

test.each([
  [{ maxLength: 0 }, /maxLength is 0/],
  [{ minLength: 5, maxLength: 4 }, /minLength 5 is more than maxLength 4/],
  [{ forced: [[3], [4]] }, /forced has 2 prefixes for 1 examples/],
  [{ repetitionPenalty: 0 }, /repetitionPenalty is 0/],
])("bad options are refused: %o", async (options, message) => {
  await expect(
    decodeGreedily(
      stubDecoder(() => [0, 0], 2),
      examples(1),
      { ...basic, ...options },
    ),
  ).rejects.toThrow(message);
});

test.each([
  [{ beamSize: 0 }, /beamSize is 0/],
  [{ beamSize: 1.5 }, /beamSize is 1\.5/],
  [{ lengthPenalty: Number.NaN }, /lengthPenalty is NaN/],
])("bad options of beam search are refused: %o", async (options, message) => {
  const decoder = stubDecoder(() => [0, 0], 2);
  for (const decode of [decodeByBeamSearch, decodeByLibraryBeamSearch, decodeByGitBeamSearch]) {
    await expect(decode(decoder, examples(1), { ...basic, ...options })).rejects.toThrow(message);
  }
});

test.each(ways)("%s: a session that gives the best tokens alone leads to the same texts", async (_, decode) => {
  let fed = 0;
  for (let seed = 0; seed < 40; seed++) {
    // Beyond 64 tokens all logits are asked for.
    const vocabularySize = [7, 40, 200][seed % 3]!;
    const decoder = stubDecoder(randomModel(vocabularySize, seed), vocabularySize);
    const options = {
      ...basic,
      beamSize: 1 + (seed % 6),
      maxLength: 5 + (seed % 4),
      minLength: seed % 3,
      noRepeatNgram: seed % 4,
      suppress: seed % 2 ? [START, 4] : [],
      forced: [[[5, 3], [], [2]], [], [6, 2, 6]][seed % 3]!,
      ...(seed % 5 === 0 && { topK: 3 }),
      ...(seed % 7 === 0 && { repetitionPenalty: 1.3 }),
      randoms: [0, 1, 2].map((row) => createRandom(seed).fork(row)),
    };
    const all = await decode(decoder, examples(3), options);
    const best = await decode(
      withBest(decoder, () => fed++),
      examples(3),
      options,
    );
    const texts = (found: typeof all) => found.map((each) => each.map(({ tokens, finished }) => [tokens, finished]));
    expect(texts(best), `seed ${seed}`).toEqual(texts(all));
    best.flat().forEach(({ score }, index) => {
      expect(score).toBeCloseTo(all.flat()[index]!.score, 4);
    });
  }
  expect(fed).toBe(13 * 3);
});

test.each(ways)("%s: the start token may be the end, too", async (_, decode) => {
  // 0 starts and ends; after 2 the end is likeliest.
  const decoder = stubDecoder((text) => (text.at(-1) === 2 ? [9, 0, 0] : [0, 1, 9]), 3);
  const options = { start: 0, end: 0, maxLength: 6, beamSize: 2, topK: 1 };
  const [[generation] = []] = await decode(decoder, examples(1), { ...options, suppress: [] });
  expect(generation).toMatchObject({ tokens: [2], finished: true });
  expect(idsOf(generation!, options)).toEqual([0, 2, 0]);
  // It was said already: a run of one token forbids it, as in the library.
  const [[endless] = []] = await decode(decoder, examples(1), { ...options, suppress: [], noRepeatNgram: 1 });
  expect(endless!.finished).toBe(false);
});

test("greedy decoding penalises what was said in its logits, the library's beam search in its log-probabilities", async () => {
  // Logits above 0: divided they fall behind, while log-probabilities are multiplied.
  const logits = [-9, 0, 2, 1.5];
  const decoder = stubDecoder(() => logits, 4);
  const options = { ...basic, suppress: [], forced: [2], maxLength: 1, repetitionPenalty: 1.6 };
  const [[greedy] = []] = await decodeGreedily(decoder, examples(1), options);
  expect(greedy!.tokens).toEqual([3]);
  expect(greedy!.logProbability).toBeCloseTo(logSoftmax(logits)[3]!, 6);
  const [[said] = []] = await decodeByLibraryBeamSearch(decoder, examples(1), { ...options, beamSize: 2 });
  expect(said!.tokens).toEqual([2]);
  expect(said!.logProbability).toBeCloseTo(logSoftmax(logits)[2]!, 6);
  expect(said!.score).toBeCloseTo(1.6 * logSoftmax(logits)[2]!, 6);
});

test("the original GIT's search drops the word of its last step, keeps its score, and writes the end", async () => {
  const logits = [-9, -9, 3, 1];
  const decoder = stubDecoder(() => logits, 4);
  const options = { ...basic, forced: [3], maxLength: 3, beamSize: 2, lengthPenalty: 1 };
  const [[cut] = []] = await decodeByGitBeamSearch(decoder, examples(1), options);
  const term = logSoftmax(logits)[2]!;
  expect(cut).toMatchObject({ tokens: [2, 2], finished: false, closed: true });
  expect(cut!.logProbability).toBeCloseTo(2 * term, 6);
  // Two words of the prompt and two more.
  expect(cut!.score).toBeCloseTo((3 * term) / ((5 + 4) / 6), 6);
  expect(idsOf(cut!, options)).toEqual([START, 3, 2, 2, END]);
});
