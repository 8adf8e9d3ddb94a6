import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openRecord, readCheckout, readHistory, writeRecord } from "../bench/runner/history.js";
import { withRow } from "../bench/runner/record.js";
import { figures, MACHINE, recordOf } from "./records.js";

let folder: string;
let history: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "simvlm-history-"));
  history = join(folder, "history");
});
afterEach(() => rmSync(folder, { recursive: true }));

const git = (...words: string[]) => {
  const who = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"];
  const { status, stderr } = spawnSync("git", [...who, ...words], { cwd: folder, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
};
const commit = (text: string) => {
  writeFileSync(join(folder, "program"), text);
  git("add", "program");
  git("commit", "-qm", text);
};

test("a checkout: its commits, and whether files are changed other than the history's and the documents", () => {
  git("init", "-q");
  commit("one");
  commit("two");
  const clean = readCheckout(folder, ["history", "*.md"]);
  expect(clean).toMatchObject({ isChanged: false, line: [clean.commit, expect.stringMatching(/^[0-9a-f]{40}$/)] });
  mkdirSync(history);
  writeFileSync(join(history, "new.json"), "{}");
  writeFileSync(join(folder, "notes.md"), "");
  expect(readCheckout(folder, ["history", "*.md"])).toEqual(clean);
  writeFileSync(join(folder, "program"), "three");
  expect(readCheckout(folder, ["history", "*.md"])).toEqual({ ...clean, isChanged: true });
});

test("without git nothing belongs to a commit", () => {
  expect(readCheckout(folder, ["history"])).toEqual({ commit: undefined, isChanged: true, line: [] });
});

const CHECKOUT = { commit: "0123456789abcdef", isChanged: false, line: ["0123456789abcdef"] };
const row = (work: string, ms: number) => ({ work, measured: "", ours: figures(ms, ms, ms) });

test("a record grows by benchmarks that are measured later, and the same work anew replaces the old", () => {
  const versions = { node: "20.20.2" };
  const first = withRow(openRecord(history, CHECKOUT, MACHINE), "score", row("few", 1), versions);
  writeRecord(history, withRow(first, "score", row("many", 2), versions));
  const second = openRecord(history, CHECKOUT, MACHINE);
  writeRecord(history, withRow(withRow(second, "compare", row("runs", 3), versions), "score", row("few", 4), versions));
  const kept = readHistory(history);
  expect(kept).toHaveLength(1);
  expect(kept[0]!.benchmarks).toEqual({
    score: { versions, rows: [row("few", 4), row("many", 2)] },
    compare: { versions, rows: [row("runs", 3)] },
  });
  expect(readdirSync(history)).toEqual([expect.stringMatching(/^0123456789ab-[0-9a-f]{8}\.json$/)]);
});

test("each machine and each commit has a file of its own", () => {
  writeRecord(history, recordOf("a".repeat(40), {}));
  writeRecord(history, recordOf("a".repeat(40), {}, { machine: { ...MACHINE, gigabytes: 512 } }));
  writeRecord(history, recordOf("b".repeat(40), {}));
  expect(readHistory(history)).toHaveLength(3);
});

test("what is not committed is kept, but no part of the history", () => {
  const changed = { ...CHECKOUT, isChanged: true };
  const path = writeRecord(history, withRow(openRecord(history, changed, MACHINE), "score", row("few", 1), {}));
  expect(path).toMatch(/uncommitted-[0-9a-f]{8}\.json$/);
  expect(readHistory(history)).toEqual([]);
  expect(openRecord(history, changed, MACHINE).benchmarks).toEqual({});
});

test("a file that is broken, or none of ours, is passed over", () => {
  writeRecord(history, recordOf("a".repeat(40), {}));
  writeFileSync(join(history, "broken.json"), '{"commit":');
  writeFileSync(join(history, "other.json"), "{}");
  expect(readHistory(history)).toHaveLength(1);
});
