import { setTimeout as pause } from "node:timers/promises";
import {
  bleuMetric,
  ciderMetric,
  countCaptions,
  createMetricInput,
  createRandomSource,
  evaluateMetrics,
  type MetricDefinition,
  type MetricExample,
  prepareCaptions,
  rougeMetric,
  type SharedResults,
  type ThreadHelper,
} from "@simvlm/metrics";
import { afterAll, expect, test } from "vitest";
import { countInThreads } from "../../../harness/tasks/caption-threads.js";
import { HelperThread } from "../../../harness/threads/helper-thread.js";

const WORDS = [
  ..."a the dog dogs S. no. 4 he'll 1\u00a01/2 www.a.com \ud800 \u00e9t\u00e9 (x) U.S. runs".split(" "),
  "",
  "\n",
];
const METRICS = [bleuMetric, ciderMetric, rougeMetric];

/** Enough that captions are tokenised in several pieces, with what depends on the caption after it, or on being the last. */
const EXAMPLES = makeExamples(5000);
const threads = [0, 1, 2].map(() => new HelperThread());

afterAll(() => {
  for (const thread of threads) thread.end();
});

function makeExamples(size: number): MetricExample[] {
  const random = createRandomSource(7);
  const draw = (most: number) => Math.floor(random() * most);
  const caption = () => Array.from({ length: draw(12) }, () => WORDS[draw(WORDS.length)]).join(" ");
  return Array.from({ length: size }, (_, i) => ({
    id: String(i),
    prediction: caption(),
    references: Array.from({ length: 1 + draw(3) }, caption),
  }));
}

async function evaluate(metrics: readonly MetricDefinition[], known?: SharedResults, examples = EXAMPLES) {
  const results = await evaluateMetrics(metrics, createMetricInput(examples, {}, known));
  return results.map(({ signature, scores, perExample, statistics, explain }) => {
    return { signature, scores, perExample: { ...perExample }, statistics, why: [0, 4999].map((at) => explain!(at)) };
  });
}

/** What was tokenised last is then something else. */
function forget(): void {
  prepareCaptions(["x"], [["something else"]]);
}

test.each([1, 2, 3])("captions score the same to the last bit with %i threads beside this one", async (count) => {
  forget();
  const alone = await evaluate(METRICS);
  forget();
  const [known] = await countCaptions([EXAMPLES], METRICS, threads.slice(0, count));
  expect(known!.size).toBe(5);
  expect(await evaluate(METRICS, known)).toEqual(alone);
  // The references are known by now, which leaves the captions.
  const [again] = await countCaptions([EXAMPLES], METRICS, threads.slice(0, count));
  expect(await evaluate(METRICS, again)).toEqual(alone);
});

test.each([1, 3])(
  "several systems' captions score as each does alone, counted together with %i threads",
  async (count) => {
    const systems = [0, 1, 4999].map((step) =>
      EXAMPLES.map((example, i) => {
        const prediction = EXAMPLES[(i + step) % EXAMPLES.length]!.prediction;
        return { ...example, prediction: step === 1 ? `${prediction} unheard${i % 7}` : prediction };
      }),
    );
    const known = await countCaptions(systems, METRICS, threads.slice(0, count));
    expect(known).toHaveLength(3);
    for (const [i, own] of systems.entries()) {
      forget();
      expect(await evaluate(METRICS, known[i], own)).toEqual(await evaluate(METRICS, undefined, own));
    }
    const shorter = systems[1]!.slice(1);
    await expect(countCaptions([systems[0]!, shorter], METRICS, threads)).rejects.toThrow(/hypotheses/);
  },
);

test.each(METRICS.map((metric) => [metric.name, metric] as const))("so they do by %s alone", async (_, metric) => {
  const [known] = await countCaptions([EXAMPLES], [metric], threads);
  expect(await evaluate([metric], known)).toEqual(await evaluate([metric]));
});

test("references are numbered as one thread numbers them", async () => {
  forget();
  const [known] = await countCaptions([EXAMPLES], [], threads);
  forget();
  const [corpus] = [...known!.values()] as [{ vocabulary: string[]; references: { ids: Int32Array } }];
  const alone = createMetricInput(EXAMPLES).share([...known!.keys()][0]!) as typeof corpus;
  expect(corpus.vocabulary).toEqual(alone.vocabulary);
  expect(corpus.references.ids).toEqual(alone.references.ids);
});

test("few captions are scored by one thread, and so are all where there is one processor", async () => {
  expect(await countInThreads([EXAMPLES], METRICS, 2)).toBeUndefined();
  const many = Array.from({ length: 4 }, () => EXAMPLES).flat();
  expect(await countInThreads([many], METRICS, 0)).toBeUndefined();
  expect((await countInThreads([many], METRICS, 2))?.[0]?.size).toBe(5);
});

test("a thread that has ended, or that cannot do what it is asked, says so and keeps nobody waiting", async () => {
  const ended = new HelperThread();
  const asked = ended.ask("sumDrawn", undefined as never);
  await expect(asked).rejects.toThrow();
  await expect(ended.ask("sumDrawn", undefined as never)).rejects.toThrow();
  const stopped = new HelperThread();
  const waiting = countCaptions([EXAMPLES], METRICS, [stopped]);
  stopped.end();
  await expect(waiting).rejects.toThrow(/The thread ended/);
});

test("where this thread fails in its share, that of the helpers, which then end, is no second failure", async () => {
  const helper: ThreadHelper = {
    ask: (kind, request) => {
      if (kind !== "countPiece") return threads[0]!.ask(kind, request);
      Object.assign(request, { request: undefined }); // what this thread takes it for, too
      return new Promise((_, reject) => setTimeout(() => reject(new Error("ended")), 20));
    },
  };
  await expect(countCaptions([EXAMPLES], METRICS, [helper])).rejects.toThrow(TypeError);
  await pause(60); // a rejection that nobody awaits fails the test run
});
