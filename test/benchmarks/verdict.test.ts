import { describe, expect, test } from "vitest";
import { judge } from "../bench/runner/verdict.js";
import { figures, MACHINE, recordOf } from "./records.js";

const before = recordOf("aaa", { ours: figures(100, 95, 105) });

test.each([
  ["slower", figures(120, 115, 125)],
  ["faster", figures(80, 75, 85)],
  ["same", figures(108, 104, 112)],
  ["same", figures(92, 88, 96)],
  ["same", figures(120, 99, 130)], // its own spread is as large as the change
  ["slower", figures(140, 120, 150)],
])("%s: the change beside the larger of both spreads", (kind, now) => {
  expect(judge(recordOf("bbb", { ours: now }), ["aaa"], [before])).toMatchObject([
    { kind, commit: "aaa", before: 100 },
  ]);
});

test("the nearest commit before is what counts, whatever the order of the files", () => {
  const older = recordOf("older", { ours: figures(500, 495, 505) });
  const stranger = recordOf("of another branch", { ours: figures(1, 1, 1) });
  const now = recordOf("now", { ours: figures(150, 145, 155) });
  for (const history of [
    [older, before, stranger],
    [stranger, before, older],
  ]) {
    expect(judge(now, ["aaa", "older"], history)).toMatchObject([{ kind: "slower", commit: "aaa", spread: 10 }]);
  }
});

test("a commit that measured something else is passed over", () => {
  const other = recordOf("other", { work: "something else", ours: figures(1, 1, 1) });
  const now = recordOf("now", { ours: figures(150, 145, 155) });
  expect(judge(now, ["other", "aaa"], [other, before])).toMatchObject([{ kind: "slower", commit: "aaa" }]);
});

describe("why it cannot compare", () => {
  const now = recordOf("now", { ours: figures(150, 145, 155) });
  test.each([
    ["nothing was measured before", now, [], "no commit before has it in the history"],
    [
      "another machine",
      now,
      [{ ...before, machine: { ...MACHINE, processors: 64 } }],
      "measured before on another machine only: processors 64 there, 2 here",
    ],
    [
      "other programs then",
      now,
      [recordOf("aaa", { ours: figures(100, 95, 105), others: 1.234 })],
      "other programs kept 1.2 of 2 processors busy then",
    ],
    [
      "other programs now",
      recordOf("now", { ours: figures(150, 145, 155), others: 0.5 }),
      [before],
      "other programs kept 0.5 of 2 processors busy now",
    ],
    [
      "one round now",
      recordOf("now", { ours: figures(150, 150, 150, 1) }),
      [before],
      "measured in one round now, which has no spread",
    ],
    [
      "one round then",
      now,
      [recordOf("aaa", { ours: figures(100, 100, 100, 1) })],
      "measured in one round then, which has no spread",
    ],
  ])("%s", (_, current, history, reason) => {
    const work = "a thousand captions";
    expect(judge(current, ["aaa"], history)).toEqual([{ kind: "unknown", name: "score", work, reason }]);
  });
});

test("a little beside it does no harm", () => {
  const now = recordOf("now", { ours: figures(150, 145, 155), others: 0.2 });
  expect(judge(now, ["aaa"], [before])).toMatchObject([{ kind: "slower" }]);
});

test("another provider is another benchmark", () => {
  const row = { work: "a thousand captions", measured: "", ours: figures(900, 890, 910) };
  const now = { ...before, commit: "now", benchmarks: { "score@webgpu": { versions: {}, rows: [row] } } };
  expect(judge(now, ["aaa"], [before])).toMatchObject([{ kind: "unknown", name: "score@webgpu" }]);
});

test("what is not timed is not judged", () => {
  expect(judge(recordOf("now", { facts: { equalWords: 1 } }), ["aaa"], [before])).toEqual([]);
});

test("a machine that is slower itself is seen by the peer, and other versions are said", () => {
  const peer = (ms: number) => ({ name: "a peer 1.0", ...figures(ms, ms, ms) });
  const old = recordOf("aaa", { ours: figures(100, 95, 105), peer: peer(1000) });
  const now = recordOf("now", { ours: figures(150, 145, 155), peer: peer(1500) });
  const newer = { ...now, benchmarks: { score: { ...now.benchmarks.score!, versions: { node: "22.0.0" } } } };
  expect(judge(newer, ["aaa"], [old])).toMatchObject([
    {
      kind: "slower",
      remarks: ["node 20.20.2 → 22.0.0", "its peer took 1.50 times as long as well: the machine was slower"],
    },
  ]);
  const steady = recordOf("now", { ours: figures(150, 145, 155), peer: peer(1050) });
  expect(judge(steady, ["aaa"], [old])).toMatchObject([{ kind: "slower", remarks: [] }]);
});
