import { bleu, cider, createRandomSource, type MetricResult, rougeL } from "@simvlm/metrics";
import { expect, test } from "vitest";
import { measureRuns } from "../../../harness/compare/measure.js";
import { resampleBeside } from "../../../harness/compare/resample-beside.js";

const SIZE = 2600;
const RESAMPLING = { resamples: 4000, seed: 3, confidence: 0.9 };
const WORDS = "a the dog cat runs sits on under red blue house".split(" ");
const ids = Array.from({ length: SIZE }, (_, i) => String(i));

/** Runs of captions, with how often any score was made of sums: once for each set that is resampled, and no more than a few times else. */
function makeRuns() {
  const random = createRandomSource(5);
  const caption = () =>
    Array.from({ length: 3 + Math.floor(6 * random()) }, () => WORDS[Math.floor(random() * WORDS.length)]).join(" ");
  const references = ids.map(() => [caption(), caption()]);
  const made = { scores: 0 };
  const count = (result: MetricResult): MetricResult => ({
    ...result,
    scoresFromSums(sums) {
      made.scores++;
      return result.scoresFromSums(sums);
    },
  });
  const runs = ["first", "second", "third"].map((label) => {
    const said = ids.map(caption);
    const results = [cider, bleu, rougeL].map((score) => count(score(said, references)));
    return { run: { label }, scored: { ids, results } };
  });
  return { runs, made };
}

const measure = (runs: ReturnType<typeof makeRuns>["runs"], resampling = RESAMPLING) =>
  measureRuns(runs, { groups: [], resampling, bootstrapTest: "percentile", tick: () => {} });

test("intervals and tests are the same to the last bit with another thread and without, and nothing is drawn twice", async () => {
  const alone = makeRuns();
  await resampleBeside(alone.runs, RESAMPLING, 1);
  expect(alone.made.scores).toBe(0);
  const beside = makeRuns();
  await resampleBeside(beside.runs, RESAMPLING, 2);
  const ahead = beside.made.scores;
  expect(ahead).toBeGreaterThan(9 * RESAMPLING.resamples);
  expect(measure(beside.runs)).toStrictEqual(measure(alone.runs));
  expect(beside.made.scores - ahead).toBeLessThan(100);
});

test("few draws and a run alone are not worth a thread; other draws than those made ahead are made again", async () => {
  const { runs, made } = makeRuns();
  const few = { ...RESAMPLING, resamples: 100 };
  await resampleBeside(runs, few, 2);
  await resampleBeside(runs.slice(0, 1), RESAMPLING, 2);
  await resampleBeside([], RESAMPLING, 2);
  expect(made.scores).toBe(0);
  await resampleBeside(runs.slice(0, 2), RESAMPLING, 2);
  expect(measure(runs, few)).toStrictEqual(measure(makeRuns().runs, few));
});
