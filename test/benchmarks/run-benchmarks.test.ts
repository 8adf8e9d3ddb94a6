import { expect, test } from "vitest";
import { figuresOf, rowOf, Skip } from "../bench/runner/row.js";
import { type Benchmark, type RunnerOptions, runBenchmarks } from "../bench/runner/run-benchmarks.js";

const row = (work: string) => rowOf(work, [{ ms: 1 }], { none: "none to install" });
const good: Benchmark = { run: async () => [row("a"), row("b")] };

async function runAll(benchmarks: Record<string, Benchmark>, options: Partial<RunnerOptions> = {}) {
  const kept: string[] = [];
  const outcomes = [];
  const runner = runBenchmarks(Object.entries(benchmarks), {
    ...{ provider: "cpu", isWhole: true, missingProvider: undefined },
    keep: (name, { work }) => kept.push(`${name}: ${work}`),
    ...options,
  });
  for await (const outcome of runner) outcomes.push(outcome);
  return { kept, outcomes };
}

test("a benchmark without its peer is skipped by name, one that fails keeps what it had, and the others run", async () => {
  const failing = async function* () {
    yield row("the first half");
    throw new Error("broken");
  };
  const absent = async () => {
    throw new Skip("no Python here");
  };
  const { kept, outcomes } = await runAll({
    absent: { run: absent },
    failing: { run: failing },
    good: { run: good.run },
  });
  expect(outcomes).toMatchObject([
    { name: "absent", skipped: "no Python here", rows: [] },
    { name: "failing", failed: new Error("broken"), rows: [{ work: "the first half" }] },
    { name: "good", rows: [{ work: "a" }, { work: "b" }] },
  ]);
  expect(kept).toEqual(["failing: the first half", "good: a", "good: b"]);
});

test("rows are kept as they come, so that whoever stops has them", async () => {
  const kept: string[] = [];
  let keptBeforeSecond: readonly string[] = [];
  const slow = async function* () {
    yield row("a");
    keptBeforeSecond = [...kept];
    yield row("b");
  };
  await runAll({ slow: { run: slow } }, { keep: (_, { work }) => kept.push(work) });
  expect(keptBeforeSecond).toEqual(["a"]);
  expect(kept).toEqual(["a", "b"]);
});

test("what runs a model is told the provider and kept by its name; the rest is measured as ever", async () => {
  const providers: string[] = [];
  const model: Benchmark = {
    runsModel: true,
    run: async ({ provider }) => {
      providers.push(provider);
      return [row("a")];
    },
  };
  expect((await runAll({ model, good }, { provider: "webgpu" })).outcomes).toMatchObject([
    { name: "model@webgpu" },
    { name: "good" },
  ]);
  expect(providers).toEqual(["webgpu"]);
});

test("without the provider's device its benchmarks say so, and the others go on", async () => {
  const model: Benchmark = { ...good, runsModel: true };
  const { outcomes } = await runAll({ model, good }, { provider: "cuda", missingProvider: "no device for cuda here" });
  expect(outcomes).toMatchObject([
    { name: "model@cuda", skipped: "no device for cuda here", rows: [] },
    { name: "good", rows: [{ work: "a" }, { work: "b" }] },
  ]);
});

test("what is measured together was measured beside the same others", async () => {
  const pair: Benchmark = {
    async run() {
      await new Promise((resolve) => setTimeout(resolve, 600));
      return [row("a"), row("b")];
    },
  };
  const [outcome] = (await runAll({ pair })).outcomes;
  expect(outcome!.rows[1]!.others).toBe(outcome!.rows[0]!.others);
});

test("a row has medians, the spread and the largest peak", () => {
  const runs = [
    { ms: 30, megabytes: 100, processorMs: 50 },
    { ms: 10, megabytes: 120, processorMs: 40 },
    { ms: 20, megabytes: 110, processorMs: 60 },
    { ms: 26, megabytes: 90, processorMs: 44 },
  ];
  expect(figuresOf(runs)).toEqual({ ms: 23, low: 10, high: 30, rounds: 4, megabytes: 120, processorMs: 47 });
  expect(rowOf("a", [{ ms: 2 }], { name: "peer", runs: [{ ms: 5 }] })).toEqual({
    work: "a",
    ours: { ms: 2, low: 2, high: 2, rounds: 1 },
    peer: { name: "peer", ms: 5, low: 5, high: 5, rounds: 1 },
    ratio: 2.5,
  });
});
