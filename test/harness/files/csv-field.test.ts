import fc from "fast-check";
import { expect, test } from "vitest";
import { guardText, unguardText } from "../../../harness/files/csv-field.js";
import { nlvr2Task } from "../../../harness/tasks/nlvr2-task.js";
import { snliVeTask } from "../../../harness/tasks/snli-ve-task.js";
import { Scratch } from "../cli/run-cli.js";

test("what was guarded can be had back, and begins with no sign of a formula", () => {
  const start = fc.constantFrom("", "'", "''", "=", "+", "-", "@", "\t", "\r", "'=", "1");
  fc.assert(
    fc.property(start, fc.string(), (sign, rest) => {
      const text = sign + rest;
      expect(unguardText(guardText(text))).toBe(text);
      expect(guardText(text)).toMatch(/^(?![=+\-@\t\r])|^[+-]?[\d.]+(e[+-]?\d+)?$/i);
    }),
  );
});

const IDS = ["=1+1", '@x"y', "-2+3", "+a,b", "'=q", "plain-0-1.jpg#2"];

test.each([
  [nlvr2Task, "True"],
  [snliVeTask, "neutral"],
] as const)("ids that look like formulas stand guarded in results and are read back: %#", async (task, prediction) => {
  const scratch = new Scratch();
  const predictions = IDS.map((id) => ({ id, prediction }));
  scratch.write("results.csv", task.formatResults(predictions));
  expect(await task.readResults(scratch.at("results.csv"))).toEqual(predictions);
  for (const line of task.formatResults(predictions).split("\n")) expect(line).not.toMatch(/^"?[=+\-@]/);
});
