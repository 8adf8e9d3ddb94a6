import type { Outcome } from "../../tasks/prediction.js";
import type { ReportData } from "../document/data.js";
import type { Cell, CompleteColumn } from "../tables/table-data.js";

/** What the table of all examples is made of. */
export type ListedReport = Pick<ReportData, "listing" | "examples" | "pictures"> & {
  readonly runs: readonly { readonly label: string; readonly outcomes: readonly Outcome[] }[];
};

/** What a column of the table of examples shows. */
export type ExampleColumn = CompleteColumn & {
  readonly shows: "picture" | "id" | "kind" | "asked" | "answer" | "reference" | "score" | "difference" | "outcome";
  /** The place of the run that it is about. */
  readonly run?: number;
};

/** The table of every example, a row for each. Nothing here needs Node.js or a browser. */
export interface ExampleTable {
  readonly columns: readonly ExampleColumn[];
  /** One cell for each column, in the order of the data. */
  readonly rows: readonly Cell[][];
  readonly ids: readonly string[];
  /** The score that is shown; absent where nothing was scored. */
  readonly score?: string;
}

const REFERENCES = "references";
/** Beyond, the kinds of examples are texts to search in, not a list to choose from. */
const MOST_KINDS = 100;

/**
 * Lists every example with what each run says of it; the others are compared with the first run.
 * @param references what is right, by the examples' ids, empty while it is not known; default: nobody will know
 */
export function listExamples(
  { listing, examples, pictures, runs }: ListedReport,
  references?: ReadonlyMap<string, readonly string[]>,
): ExampleTable {
  const ids = runs[0]!.outcomes.map(({ id }) => id);
  const places = new Map(examples?.ids.map((id, place) => [id, place]));
  const scoredAt = ids.map((id) => places.get(id));
  const scoreOf = (run: number, row: number): number | null => {
    const place = scoredAt[row];
    return place === undefined ? null : examples!.values[run]![place]!;
  };
  const byRun = runs.map(({ outcomes }) => new Map(outcomes.map((outcome) => [outcome.id, outcome])));
  const columns: ExampleColumn[] = [];
  const cells: ((row: number) => Cell)[] = [];
  const add = (
    column: Pick<ExampleColumn, "title" | "kind" | "shows"> & Partial<ExampleColumn>,
    cell: (row: number) => Cell,
  ) => {
    columns.push({ key: column.title, decimals: 4, signed: false, hint: "", ...column });
    cells.push(cell);
  };
  if (listing && Object.keys(pictures).length > 0) {
    const names = Object.keys(pictures);
    const numbers = new Map(names.map((name, place) => [name, place]));
    add({ title: "picture", kind: "picture", shows: "picture" }, (row) =>
      (listing.images[row] ?? []).flatMap((name) => numbers.get(name) ?? []),
    );
  }
  add({ key: "id", title: "id", kind: "text", shows: "id" }, (row) => ids[row]!);
  for (const [kind, values] of Object.entries(listing?.kinds ?? {})) {
    const isCategory = new Set(values).size <= MOST_KINDS;
    add({ title: kind, kind: isCategory ? "category" : "text", shows: "kind" }, (row) => values[row] ?? null);
  }
  const { asked } = listing ?? {};
  if (asked) add({ title: "asked", kind: "text", shows: "asked" }, (row) => asked[row] ?? null);
  for (const [run, { label }] of runs.entries()) {
    add({ title: label, kind: "text", shows: "answer", run }, (row) => answerOf(byRun[run]!.get(ids[row]!)));
  }
  if (references) {
    add({ title: REFERENCES, kind: "text", shows: "reference" }, (row) => joinReferences(references.get(ids[row]!)));
  }
  if (examples) {
    const { score } = examples;
    const [first] = runs;
    for (const [run, { label }] of runs.entries()) {
      add({ title: `${score}, ${label}`, kind: "number", shows: "score", run }, (row) => scoreOf(run, row));
    }
    for (const [run, { label }] of runs.entries()) {
      if (run === 0) continue;
      const differenceOf = (row: number) => {
        const [own, other] = [scoreOf(run, row), scoreOf(0, row)];
        return own === null || other === null ? null : own - other;
      };
      const hint = `${score} of ${label} minus that of ${first!.label}`;
      add({ title: `Δ ${label}`, kind: "number", shows: "difference", signed: true, hint, run }, differenceOf);
      add({ title: `${label} is`, kind: "category", shows: "outcome", run }, (row) => {
        const difference = differenceOf(row);
        if (difference === null) return null;
        return difference > 0 ? "better" : difference < 0 ? "worse" : "equal";
      });
    }
  }
  return {
    columns,
    ids,
    rows: ids.map((_, row) => cells.map((cell) => cell(row))),
    ...(examples && { score: examples.score }),
  };
}

/** What is right, in one cell; null where nobody knows. */
export function joinReferences(texts: readonly string[] = []): string | null {
  return texts.length === 0 ? null : texts.join(" · ");
}

/** What a run said; null where it failed. */
function answerOf(outcome: Outcome | undefined): string | null {
  return outcome && "prediction" in outcome ? outcome.prediction : null;
}
