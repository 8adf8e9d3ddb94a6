import { describe, expect, test } from "vitest";
import { PAPER_REMARK, placeBesidePaper } from "../../../harness/compare/beside-paper.js";
import { paperRow } from "../../../harness/compare/paper-table.js";
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
  test("captions with domains stand in NoCaps' columns, on the paper's scale", () => {
    const scores = [score("CIDEr", 0.8), score("CIDEr", 0.9, "in-domain"), score("Bleu_4", 0.3)];
    const [main, zeroShot] = placeBesidePaper("caption", [run("ours")], scores);
    expect(main!.columns.map(({ name }) => name)).toEqual([
      "COCO B@4",
      "COCO M",
      "COCO C",
      "COCO S",
      "NoCaps C",
      "NoCaps S",
    ]);
    expect(main!.ours).toEqual([{ run: "ours", values: [null, null, null, null, 80, null] }]);
    expect(zeroShot!.ours[0]!.values).toEqual([null, null, null, null, 90, null, null, 80]);
    expect(main!.rows.map(({ model }) => model)).not.toContain("LXMERT");
  });

  test("captions without domains stand in COCO's", () => {
    const [main] = placeBesidePaper("caption", [run("ours")], [score("CIDEr", 1.2), score("Bleu_4", 0.3)]);
    expect(main!.ours[0]!.values).toEqual([30, null, 120, null, null, null]);
    const [withMeteor] = placeBesidePaper("caption", [run("ours")], [score("METEOR", 0.3)]);
    expect(withMeteor!.ours[0]!.values).toEqual([null, 30, null, null, null, null]);
  });

  test("it is said that the paper's figures are its own, and on what its claim rests", () => {
    const tasks: TaskName[] = ["caption", "vqa", "nlvr2", "snli-ve", "translate"];
    const tables = tasks.flatMap((task) => placeBesidePaper(task, [run("ours")], []));
    expect(tables.length).toBeGreaterThan(7);
    for (const { remarks } of tables) expect(remarks[0]).toBe(PAPER_REMARK);
    const zeroShot = tables.find(({ id }) => id === "zero-shot")!;
    expect(zeroShot.remarks.join(" ")).toMatch(/rests on NoCaps.*COCO.*CIDEr is low.*style/);
    expect(placeBesidePaper("complete", [run("ours")], [])).toEqual([]);
  });

  test("a classifier's answers are not put among generated ones", () => {
    const ids = (settings: object) => placeBesidePaper("vqa", [run("ours", settings)], []).map(({ id }) => id);
    expect(ids({ answer: "classify" })).toEqual(["main", "ablations"]);
    expect(ids({ answer: "generate" })).toEqual(["main", "open-ended-vqa", "ablations"]);
  });
});
