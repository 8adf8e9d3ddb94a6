import { drawBlocks, drawTable } from "simvlm/terminal";
import { expect, test } from "vitest";
import { rowOf } from "../bench/runner/row.js";
import { blocksOfVerdicts, tableOfRows } from "../bench/runner/show.js";
import { judge } from "../bench/runner/verdict.js";
import { figures, recordOf } from "./records.js";

test("a benchmark's table: medians with their spread, both sides' memory, ratios, and no empty column", () => {
  const ours = [10, 12, 11].map((ms) => ({ ms, megabytes: 100 }));
  const theirs = [30, 36, 33].map((ms) => ({ ms, megabytes: 400 }));
  const rows = [
    rowOf("beside a peer", ours, { name: "peer 1.0", runs: theirs }),
    rowOf("alone", [{ ms: 5 }], { none: "peer is not installed" }),
  ];
  expect(drawTable(tableOfRows("score, 3 s", rows))).toBe(`score, 3 s
┌───────────────┬──────────┬─────┬───────────────────────┬─────┬───────┐
│ work          │ ours, ms │  MB │ peer, ms              │  MB │ ratio │
├───────────────┼──────────┼─────┼───────────────────────┼─────┼───────┤
│ beside a peer │       11 │ 100 │ peer 1.0              │ 400 │  3.00 │
│               │    10–12 │     │ 33                    │     │       │
│               │          │     │ 30–36                 │     │       │
├───────────────┼──────────┼─────┼───────────────────────┼─────┼───────┤
│ alone         │        5 │     │ peer is not installed │     │       │
└───────────────┴──────────┴─────┴───────────────────────┴─────┴───────┘`);
  expect(tableOfRows("", [{ work: "words", facts: { equalWords: 0.5, sameIds: true } }])).toMatchObject({
    head: ["work", "besides"],
    rows: [["words", "equalWords 0.5\nsameIds true"]],
  });
});

test("verdicts: what became slower first, and why what cannot be compared cannot", () => {
  const record = (commit: string, times: readonly number[], rounds = 5) => {
    const rows = times.map((ms, i) => ({ work: `work ${i}`, measured: "", ours: figures(ms, ms - 1, ms + 1, rounds) }));
    return { ...recordOf(commit, {}), benchmarks: { score: { versions: {}, rows } } };
  };
  const before = record("a".repeat(40), [100, 100, 100]);
  const text = drawBlocks(blocksOfVerdicts(judge(record("now", [50, 150, 101, 7]), [before.commit], [before])));
  expect(text).toMatch(
    /^Beside the commit before.*\(aaaaaaaaaaaa\): 1 slower by more than the spread, 1 faster, 1 within it\.$/m,
  );
  expect(text).toMatch(
    /│ slower │ score: work 1 │ +100 │ +150 │ +\+50 % │ +2 │.*│ faster │ score: work 0 │ +100 │ +50 │ +−50 % │/s,
  );
  expect(text).toMatch(/Not compared, no commit before has it in the history:\n {2}score, work 3$/);
});
