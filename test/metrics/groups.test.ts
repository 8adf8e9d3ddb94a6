import { groupExamples, rougeL, selectExamples, selectGroups } from "@simvlm/metrics";
import { describe, expect, test } from "vitest";

const KINDS = ["b", "a", undefined, "c", "a", "b"];

describe("groups of examples", () => {
  test.each([
    ["by alphabet", undefined, ["a", "b", "c"]],
    ["those named first, then by alphabet", ["c", "missing"], ["c", "a", "b"]],
    ["by their first example", "first-seen" as const, ["b", "a", "c"]],
  ])("%s", (_, order, names) => {
    const groups = groupExamples(KINDS, order);
    expect(groups.map(({ name }) => name)).toEqual(names);
    expect(Object.fromEntries(groups.map(({ name, rows }) => [name, [...rows]]))).toEqual({
      a: [1, 4],
      b: [0, 5],
      c: [3],
    });
  });

  test("where nothing has a kind there are none", () => {
    expect(groupExamples([undefined, undefined])).toEqual([]);
  });
});

test("every result is given on every group", () => {
  const options = { tokenizer: "none" } as const;
  const result = rougeL(["a", "b", "c"], [["a"], ["x"], ["c"]], options);
  const groups = groupExamples(["u", "v", "u"]);
  const selected = selectGroups([result, result], groups);
  expect(selected.map(({ name, examples, results }) => [name, examples, results.map(({ scores }) => scores)])).toEqual([
    ["u", 2, [{ ROUGE_L: 1 }, { ROUGE_L: 1 }]],
    ["v", 1, [{ ROUGE_L: 0 }, { ROUGE_L: 0 }]],
  ]);
  expect(selected[0]!.results[0]!.scores).toEqual(selectExamples(result, Int32Array.of(0, 2)).scores);
});
