import { describe, expect, test } from "vitest";
import { listDecimals, listRemarks, PAPER_REMARK, placeBesidePaper } from "../../../harness/compare/beside-paper.js";
import { type PaperSide, paperRow } from "../../../harness/compare/paper-table.js";
import { MAIN_TABLE, PAPER_TABLES, ZERO_SHOT_TABLE } from "../../../harness/compare/published-results.js";
import type { TaskName } from "../../../harness/tasks/task.js";

const run = (label: string, settings = {}) => ({
  label,
  folder: label,
  source: {},
  settings: { language: "en", answer: "generate", ...settings },
  created: "",
});
const score = (name: string, value: number, subset = "all") => ({
  run: "ours",
  subset,
  examples: 5,
  score: name,
  value,
  low: value,
  high: value,
  standardError: 0,
});

describe("the paper's tables as data", () => {
  test.each(PAPER_TABLES.map((table) => [table.id, table] as const))(
    "%s: a figure a column",
    (_, { columns, rows }) => {
      expect(rows.length).toBeGreaterThan(2);
      for (const { figures } of rows) expect(figures).toHaveLength(columns.length);
      for (const { measuredOn, metric } of columns) expect([measuredOn, metric]).not.toContain("");
    },
  );

  const find = (table: typeof MAIN_TABLE, model: string, column: string) =>
    table.rows.find((row) => row.model === model)!.figures[table.columns.findIndex(({ name }) => name === column)];

  test("figures that could not be checked are marked, the others are not", () => {
    expect(find(MAIN_TABLE, "SimVLM huge", "VQA v2 test-std")).toEqual({ value: 80.34 });
    expect(find(MAIN_TABLE, "SimVLM huge", "NoCaps C")).toEqual({ value: 110.3, measuredOn: "NoCaps test" });
    expect(find(MAIN_TABLE, "SimVLM base", "COCO M")).toEqual({ value: 32.9, unverified: true });
    expect(find(MAIN_TABLE, "UNIMO", "COCO M")).toBeNull();
    expect(find(ZERO_SHOT_TABLE, "SimVLM huge, supervised on COCO", "NoCaps C overall")).toEqual({ value: 112.2 });
    expect(find(ZERO_SHOT_TABLE, "SimVLM huge, zero-shot", "COCO C")).toEqual({ value: 32.2, unverified: true });
  });

  test("what is no figure is a mistake", () => {
    expect(() => paperRow("x", "1.0 - 2.0v")).toThrow(/2\.0v/);
  });
});

describe("beside ours", () => {
  const place = (task: TaskName, split: string, scores: ReturnType<typeof score>[], isAnySplit?: boolean) =>
    placeBesidePaper({ task, split, runs: [run("ours")], scores }, isAnySplit).map(({ columns, ours }) => ({
      names: columns.map(({ name }) => name),
      values: Object.fromEntries(
        columns.flatMap(({ name }, i) => (ours[0]!.values[i] === null ? [] : [[name, ours[0]!.values[i]]])),
      ),
    }));

  test("captions with domains stand beside NoCaps' figures, on the paper's scale", () => {
    const scores = [score("CIDEr", 0.8), score("CIDEr", 0.9, "in-domain"), score("Bleu_4", 0.3)];
    const [main, zeroShot] = place("caption", "val", scores);
    expect(main!.names).toEqual(["COCO B@4", "COCO M", "COCO C", "COCO S", "NoCaps C", "NoCaps S", "val C"]);
    // Of which split the figures of this table are is not said of all: its runs have a column that says theirs.
    expect(main!.values).toEqual({ "val C": 80 });
    expect(zeroShot!.values).toEqual({ "NoCaps C in": 90, "NoCaps C overall": 80 });
    const [, onTest] = place("caption", "test", scores);
    expect(onTest!.values).toEqual({ "test C in": 90, "test C overall": 80 });
    const [{ rows }] = placeBesidePaper({ task: "caption", split: "val", runs: [run("ours")], scores }) as [PaperSide];
    expect(rows.map(({ model }) => model)).not.toContain("LXMERT");
    expect(rows.every(({ figures }) => figures.length === 7 && figures[6] === null)).toBe(true);
  });

  test("captions without domains stand in COCO's if they are of a test set", () => {
    const scores = [score("CIDEr", 1.2), score("Bleu_4", 0.3)];
    expect(place("caption", "test", scores)[0]!.values).toEqual({ "COCO B@4": 30, "COCO C": 120 });
    expect(place("caption", "val", scores)[0]!.values).toEqual({ "val B@4": 30, "val C": 120 });
    expect(place("caption", "test", [score("METEOR", 0.3)])[0]!.values).toEqual({ "COCO M": 30 });
    expect(place("caption", "test", [score("SPICE", 0.2)])[0]!.values).toEqual({ "COCO S": 20 });
  });

  test.each([
    ["vqa", "val", "accuracy", { "val accuracy": 0.5 }],
    ["vqa", "test-std", "accuracy", { "VQA v2 test-std": 0.5 }],
    ["nlvr2", "dev", "accuracy", { "NLVR2 dev": 50 }],
    ["nlvr2", "test1", "accuracy", { "NLVR2 test-P": 50 }],
    ["nlvr2", "test", "accuracy", { "test accuracy": 50 }],
    ["snli-ve", "dev", "accuracy", { "SNLI-VE dev": 50 }],
    ["snli-ve", "val", "accuracy", { "val accuracy": 50 }],
    ["snli-ve", "test", "accuracy", { "SNLI-VE test": 50 }],
    ["translate", "test", "sacreBLEU", { "Multi30k B@4": 0.5 }],
    ["translate", "val", "sacreBLEU", { "val B@4": 0.5 }],
  ])("%s of the split %s stands in no column of another", (task, split, name, values) => {
    expect(place(task, split, [score(name, 0.5)])[0]!.values).toEqual(values);
  });

  test("a column of the runs has the paper's digits, and below the table it is said what it is", () => {
    const scores = [score("accuracy", 50)];
    const [main] = placeBesidePaper({ task: "vqa", split: "val", runs: [run("ours")], scores });
    expect(listDecimals(main!)).toEqual([2, 2, 2]);
    expect(listRemarks(main!).join(" ")).toContain("accuracy on the runs' data, split val.");
  });

  test("versions up to 0.2.0 placed runs in the last column of a data set", () => {
    const [main] = place("vqa", "val", [score("accuracy", 50)], true);
    expect(main).toEqual({ names: ["VQA v2 test-dev", "VQA v2 test-std"], values: { "VQA v2 test-std": 50 } });
  });

  test("it is said that the paper's figures are its own, and on what its claim rests", () => {
    const tasks: TaskName[] = ["caption", "vqa", "nlvr2", "snli-ve", "translate"];
    const tables = tasks.flatMap((task) => placeBesidePaper({ task, split: "test", runs: [run("ours")], scores: [] }));
    expect(tables.length).toBeGreaterThan(7);
    for (const { remarks } of tables) expect(remarks[0]).toBe(PAPER_REMARK);
    const zeroShot = tables.find(({ id }) => id === "zero-shot")!;
    expect(zeroShot.remarks.join(" ")).toMatch(/rests on NoCaps.*COCO.*CIDEr is low.*style/);
    expect(placeBesidePaper({ task: "complete", split: "test", runs: [run("ours")], scores: [] })).toEqual([]);
  });

  test("a classifier's answers are not put among generated ones", () => {
    const ids = (settings: object) =>
      placeBesidePaper({ task: "vqa", split: "test", runs: [run("ours", settings)], scores: [] }).map(({ id }) => id);
    expect(ids({ answer: "classify" })).toEqual(["main", "ablations"]);
    expect(ids({ answer: "generate" })).toEqual(["main", "open-ended-vqa", "ablations"]);
  });
});
