import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { DATA_SET_FORMATS, GENERAL_FORMATS } from "../../../harness/formats/format-table.js";
import { findTask } from "../../../harness/tasks/task-registry.js";
import { project } from "../cli/run-cli.js";

const PLACE = /(<!-- formats -->\n)[\s\S]*?(<!-- \/formats -->)/;
const COMMAND = "SIMVLM_WRITE_FORMATS=1 npx vitest run test/harness/formats/format-table";

/** What stands in a cell: bars in it would end it. */
const cell = (text: string) => text.replaceAll("|", "\\|");

const GENERAL = [
  ["predictions", GENERAL_FORMATS.predictions],
  ["pretraining, pairs", GENERAL_FORMATS.pairs],
  ["pretraining, documents", GENERAL_FORMATS.documents],
] as const;

/** Every format, for the page about data sets. */
function longTable(): string {
  const all = [
    ...DATA_SET_FORMATS.map((format) => ({ ...format, of: `\`${format.task}\`` })),
    ...GENERAL.flatMap(([of, formats]) => formats.map((format) => ({ ...format, of }))),
  ];
  const rows = all.map(
    ({ of, name, recognisedBy, example }) =>
      `| ${of} | ${cell(name)} | ${cell(recognisedBy)} | \`${cell(example)}\` |\n`,
  );
  return `\n| of | format | recognised by | example |\n|---|---|---|---|\n${rows.join("")}\n`;
}

/** So many tasks have a line of the README's table each. */
const OWN_LINES = 4;

/** Their names, for the README, which is short: the later tasks share a line. */
function shortTable(): string {
  const tasks = [...new Set(DATA_SET_FORMATS.map(({ task }) => task))];
  const groups = [...tasks.slice(0, OWN_LINES).map((task) => [task]), tasks.slice(OWN_LINES)];
  const rows = [
    ...groups.map((group) => {
      const named = group.map((task) => `\`${task}\``).join(", ");
      return [`data of ${named}`, DATA_SET_FORMATS.filter(({ task }) => group.includes(task))] as const;
    }),
    ["predictions", GENERAL_FORMATS.predictions] as const,
    ["pretraining", [...GENERAL_FORMATS.pairs, ...GENERAL_FORMATS.documents]] as const,
  ].map(([of, formats]) => `| ${of} | ${formats.map(({ name }) => cell(name)).join("; ")} |\n`);
  return `| | read as people keep them |\n|---|---|\n${rows.join("")}`;
}

test.each([
  ["docs/data-sets.md", longTable],
  ["README.md", shortTable],
])("the table of formats in %s is as the readers describe them", (name, table) => {
  const path = `${project}${name}`;
  const page = readFileSync(path, "utf8");
  expect(page).toMatch(PLACE);
  const made = page.replace(PLACE, (_, begin: string, end: string) => `${begin}${table()}${end}`);
  if (process.env.SIMVLM_WRITE_FORMATS) writeFileSync(path, made);
  else expect(page, `written anew by: ${COMMAND}`).toBe(made);
});

test("each format is of a task, and no two of a task have the same name", () => {
  for (const { task } of DATA_SET_FORMATS) expect(findTask(task).name).toBe(task);
  const names = DATA_SET_FORMATS.map(({ task, name }) => `${task} ${name}`);
  expect(new Set(names).size).toBe(names.length);
});
