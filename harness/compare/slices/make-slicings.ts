import { groupExamples, SimvlmError } from "@simvlm/metrics";
import { findRepeated, listIds } from "../../formats/ids.js";
import { finderOf } from "../../formats/results/match-ids.js";
import type { SliceTable } from "../../formats/slice-table.js";
import { examplesById } from "../../tasks/examples-by-id.js";
import type { Task, TaskData } from "../../tasks/task.js";
import { binNumbers } from "./bin-numbers.js";
import { sliceByName } from "./named-slicings.js";
import { NUMBER, type SliceRequest, type Slicing } from "./slicing.js";

/** Examples, and what they are examples of. */
export interface Sliceable {
  readonly task: Task;
  readonly data: TaskData;
  /** Of the scored examples. */
  readonly ids: readonly string[];
}

/** The slicings that were asked for, in this order, and what is to be known of them, a sentence each. */
export interface MadeSlicings {
  readonly slicings: readonly Slicing[];
  readonly notes: readonly string[];
}

/** Categories of more different values are texts. */
const MOST_SLICES = 50;

/**
 * Parts the scored examples in every way that was asked for.
 * @throws SimvlmError `unknown-slicing`, `no-slices`, `too-many-slices`, `twice-sliced`, `unknown-examples`, `duplicate-id`
 */
export function makeSlicings({ by = [], tables = [] }: SliceRequest, whole: Sliceable): MadeSlicings {
  const examples = examplesById(whole.data);
  const scored = whole.ids.map((id) => examples.get(id)!);
  const matched = tables.map((table) => matchTable(table, whole.data));
  const columns = matched.flatMap((table) =>
    Object.entries(table.columns).map(([name, cells]) => ({
      name,
      cells: scored.map(({ id }) => cells.get(id)),
      table: table.name,
    })),
  );
  const objects = columns.find(({ name }) => name === "objects");
  const from = { task: whole.task, scored, objects: objects?.cells };
  const asked = [...new Set(by)].map((what) => sliceByName(what, from));
  const isAsked = ({ name }: { readonly name: string }) =>
    name === "objects" && by.some((what) => /^objects\b/.test(what));
  const told = columns.filter((column) => !isAsked(column)).map(sliceByColumn);
  const slicings = [...asked, ...told];
  const [repeated] = findRepeated(slicings.map(({ name: id }) => ({ id })));
  if (repeated !== undefined) {
    throw new SimvlmError("twice-sliced", `Examples are sliced by ${repeated} twice. Leave one of the two out.`);
  }
  const isEmpty = ({ slices }: Slicing) => slices.length === 0;
  return {
    slicings: slicings.filter((slicing) => !isEmpty(slicing)),
    notes: [
      ...matched.flatMap(({ notes }) => notes),
      ...slicings.filter(isEmpty).map(({ name }) => `Not sliced by ${name}, which says nothing of these examples.`),
    ],
  };
}

interface MatchedTable {
  readonly name: string;
  /** By the column's name, then by the example's id. */
  readonly columns: Readonly<Record<string, ReadonlyMap<string, string>>>;
  readonly notes: readonly string[];
}

/** A table's cells by the ids of the data, however the table writes them. */
function matchTable({ name, ids, columns }: SliceTable, { examples }: TaskData): MatchedTable {
  const find = finderOf(examples);
  const found = ids.map((id) => find(id)?.id);
  const unknown = ids.filter((_, row) => found[row] === undefined);
  if (unknown.length === ids.length) {
    throw new SimvlmError(
      "unknown-examples",
      `${name}: none of its ids (${listIds(ids)}) is one of the data; theirs are ${listIds(examples.map(({ id }) => id))}. Check that both are of the same split.`,
    );
  }
  const repeated = findRepeated(found.flatMap((id) => (id === undefined ? [] : [{ id }])));
  if (repeated.length > 0) {
    throw new SimvlmError(
      "duplicate-id",
      `${name}: more than one row is of example ${listIds(repeated)}, written in several ways. Keep one for each.`,
    );
  }
  const byId = (cells: readonly string[]) =>
    new Map(
      cells.flatMap((cell, row) => (cell === "" || found[row] === undefined ? [] : [[found[row], cell] as const])),
    );
  return {
    name,
    columns: Object.fromEntries(Object.entries(columns).map(([column, cells]) => [column, byId(cells)])),
    notes:
      unknown.length > 0
        ? [`${name}: ${unknown.length} of ${ids.length} ids fit no example of the data: ${listIds(unknown)}.`]
        : [],
  };
}

interface Column {
  readonly name: string;
  /** Of the scored examples. */
  readonly cells: readonly (string | undefined)[];
  readonly table: string;
}

/** Numbers are binned, all else are categories. */
function sliceByColumn({ name, cells, table }: Column): Slicing {
  const about = `column ${name} of ${table}`;
  if (cells.every((cell) => cell === undefined || NUMBER.test(cell))) {
    const { kinds, order, how } = binNumbers(cells.map((cell) => (cell === undefined ? undefined : Number(cell))));
    return { name, about: `${about}, ${how}`, slices: groupExamples(kinds, order) };
  }
  const slices = groupExamples(cells);
  if (slices.length <= MOST_SLICES) return { name, about, slices };
  throw new SimvlmError(
    "too-many-slices",
    `${table}: the column ${name} has ${slices.length} different values, and ${MOST_SLICES} slices are the most. Remove the column, or put its values into groups.`,
  );
}
