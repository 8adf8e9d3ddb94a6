import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { DATA_SET_FORMATS } from "../../../harness/formats/format-table.js";
import { findTask } from "../../../harness/tasks/task-registry.js";
import { project } from "../cli/run-cli.js";

const PAGE = `${project}docs/data-sets.md`;
const PLACE = /(<!-- formats -->\n)[\s\S]*?(<!-- \/formats -->)/;

/** What stands in a cell: bars in it would end it. */
const cell = (text: string) => text.replaceAll("|", "\\|");

function formatTable(): string {
  const rows = DATA_SET_FORMATS.map(
    ({ task, name, recognisedBy, example }) =>
      `| \`${task}\` | ${cell(name)} | ${cell(recognisedBy)} | \`${cell(example)}\` |\n`,
  );
  return `\n| task | format | recognised by | example |\n|---|---|---|---|\n${rows.join("")}\n`;
}

test("the documentation lists the formats as their readers describe them", () => {
  const page = readFileSync(PAGE, "utf8");
  const made = page.replace(PLACE, (_, begin: string, end: string) => `${begin}${formatTable()}${end}`);
  if (process.env.SIMVLM_WRITE_FORMATS) writeFileSync(PAGE, made);
  else expect(page, "SIMVLM_WRITE_FORMATS=1 writes the table anew").toBe(made);
});

test("each format is of a task, and no two of a task have the same name", () => {
  for (const { task } of DATA_SET_FORMATS) expect(findTask(task).name).toBe(task);
  const names = DATA_SET_FORMATS.map(({ task, name }) => `${task} ${name}`);
  expect(new Set(names).size).toBe(names.length);
});
