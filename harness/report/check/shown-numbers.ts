import type { DifferenceRow, RunComparison, ScoreRow } from "../../compare/comparison.js";
import { pValuesOf } from "../../tasks/uncertainty.js";
import { leastProbability } from "../../terminal/numbers.js";
import { summaryTexts } from "../document/sections/summary-cell.js";
import type { PlotJson } from "../plots/plotly.js";
import { titleOfSlices } from "../plots/slices-title.js";
import { type Cell, shortenCell, type TableJson } from "../tables/table-data.js";
import { DIFFERENCES, DIFFERENCES_ON_SLICES, SLICES } from "../tables/titles.js";
import type { CheckedNumber, ShownNumbers } from "./numbers.js";

/** Where a page shows numbers, as its reader sees them. */
export interface ShownPage {
  /** The texts of the table at the beginning: of each row its score and a cell for each run. */
  readonly summary: readonly (readonly string[])[];
  readonly tables: readonly TableJson[];
  /** The plot of scores by kind of example. */
  readonly plot?: PlotJson | undefined;
  /** The plots of slices. */
  readonly slices?: readonly PlotJson[];
}

/** A table's cells by the keys of their columns. */
type Cells = Readonly<Record<string, Cell>>;

/** What a table should show in a row: a cell for some of its columns; undefined where nothing is known of the row. */
type Expected = Readonly<Record<string, Cell | undefined>> | undefined;

/**
 * The numbers that a page shows, each beside what was computed: in the digits in which it shows them.
 * @param isChecked whether a score was computed at all
 */
export function pairShown(
  { summary, tables, plot, slices = [] }: ShownPage,
  computed: ShownNumbers,
  comparison: Pick<RunComparison, "runs" | "resampling" | "bootstrapTest">,
  isChecked: (score: string) => boolean,
): CheckedNumber[] {
  const labels = comparison.runs.map(({ label }) => label);
  const least = comparison.bootstrapTest && leastProbability(comparison.resampling);
  const showAgain = (run: string | undefined, score: string) => {
    const isHere = (row: ScoreRow | DifferenceRow) => row.subset === "all" && row.run === run && row.score === score;
    const texts = summaryTexts(computed.scores.find(isHere), computed.differences.find(isHere), least);
    return texts ? `${texts.value} ${texts.interval}${texts.difference ?? ""}` : "";
  };
  const cells = summary
    .filter(([score = ""]) => isChecked(score))
    .flatMap(([score = "", ...texts]) =>
      texts.map((text, i) =>
        pair(`“In short”, ${score} of ${labels[i]}`, squeeze(text), squeeze(showAgain(labels[i], score))),
      ),
    );
  return [
    ...cells,
    ...tables.flatMap((table) => pairTable(table, computed, isChecked)),
    ...(plot ? pairPlot(plot, computed, isChecked) : []),
    ...slices.flatMap((one) => pairSlices(one, computed, comparison, isChecked)),
  ];
}

function squeeze(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

function pair(what: string, printed: unknown, computed: unknown): CheckedNumber {
  return { what, printed: JSON.stringify(printed), computed: JSON.stringify(computed) };
}

function pairTable(table: TableJson, computed: ShownNumbers, isChecked: (score: string) => boolean): CheckedNumber[] {
  const find = rowFinder(table, computed);
  if (!find) return [];
  return table.rows.flatMap((row, place) => {
    const cells: Cells = Object.fromEntries(table.columns.map(({ key }, i) => [key, row[i] ?? null]));
    const score = typeof cells.score === "string" ? cells.score : undefined;
    if (score !== undefined && !isChecked(score)) return [];
    const expected = find(cells, place);
    const known = ["fact", "score", "run", "slicing", "group", "outcome", "id"].flatMap((key) => cells[key] ?? []);
    return table.columns.flatMap(({ key, title, kind }) => {
      const isNumber = kind === "number" || kind === "interval" || kind === "probability";
      if (!isNumber || key === "examples" || (SCORE_TABLES.includes(table.title) && !isChecked(key))) return [];
      const again = expected?.[key];
      if (cells[key] === null && again === undefined) return [];
      const what = `“${table.title || "Best and worst examples"}”, ${known.join(", ")}: ${title}`;
      return [pair(what, cells[key], again === undefined ? null : shortenCell(again))];
    });
  });
}

/** The tables with a column for each score. */
const SCORE_TABLES = ["Scores", SLICES];

/** What the rows of a table should show; undefined for tables whose numbers do not follow from predictions alone. */
function rowFinder(
  { title, columns }: TableJson,
  { scores, differences, facts, slices, winsAndLosses = [], extremes }: ShownNumbers,
): ((cells: Cells, place: number) => Expected) | undefined {
  if (title === "Scores") {
    return ({ run, group }) => {
      const own = scores.filter((row) => row.run === run && row.subset === group);
      return Object.fromEntries(own.map((row) => [row.score, boundsOf(row)]));
    };
  }
  if (title === SLICES) {
    return ({ run, slicing, group }) => {
      const own = slices?.scores.filter((row) => row.run === run && row.slicing === slicing && row.subset === group);
      return own && Object.fromEntries(own.map((row) => [row.score, boundsOf(row)]));
    };
  }
  if (title.startsWith(`${DIFFERENCES_ON_SLICES} `)) {
    return ({ run, slicing, group, score }) => {
      const own = slices?.differences.filter((row) => row.run === run && row.slicing === slicing);
      const found = own?.find((row) => row.subset === group && row.score === score);
      return found && cellsOf(found);
    };
  }
  if (title.startsWith(`${DIFFERENCES} `)) {
    return ({ run, group, score }) => {
      const found = differences.find((row) => row.run === run && row.subset === group && row.score === score);
      return found && cellsOf(found);
    };
  }
  if (title === "Facts") {
    return ({ fact, run, group, score }) => {
      const isHere = (row: ScoreRow) => row.run === run && row.subset === group && row.score === score;
      const found = facts?.scores.find((row) => row.fact === fact && isHere(row));
      return found && { value: boundsOf(found) };
    };
  }
  if (title === "Wins and losses") {
    const shown = winsAndLosses.flatMap(({ wins, losses }) => [...wins, ...losses]);
    return ({ id }, place) => (shown[place]?.id === id ? { ...shown[place]! } : undefined);
  }
  const isOfExamples = title === "" && columns.some(({ key }) => key === "id");
  return isOfExamples && extremes ? ({ id }) => extremes.find((one) => one.id === id) : undefined;
}

function boundsOf({ value, low, high }: Pick<ScoreRow, "value" | "low" | "high">): readonly number[] {
  return [value, low, high];
}

function cellsOf(row: DifferenceRow): Expected {
  const { value, againstValue, difference, low, high, holm = {} } = row;
  const { pBootstrap, pPermutation, pMcNemar } = pValuesOf(row);
  return {
    ...{ value, againstValue, difference: [difference, low, high] },
    ...{ "p (bootstrap)": pBootstrap, "p (permutation)": pPermutation, "p (McNemar)": pMcNemar },
    ...{ "p (bootstrap, Holm)": holm.pBootstrap, "p (permutation, Holm)": holm.pPermutation },
    "p (McNemar, Holm)": holm.pMcNemar,
  };
}

interface PlotTrace {
  readonly name: string;
  readonly y: readonly number[];
}

/** Digits of a number in a plot. */
const PLOT_DIGITS = 7;

function pairPlot(
  { title, traces }: PlotJson,
  { scores }: ShownNumbers,
  isChecked: (score: string) => boolean,
): CheckedNumber[] {
  const score = scores.find((row) => title.startsWith(`${row.score} with `))?.score;
  if (score === undefined || !isChecked(score)) return [];
  return pairTraces(traces, (run) => {
    const own = scores.filter((row) => row.run === run && row.score === score);
    return own.map(({ subset, value }) => ({ what: `“By kind of example”, ${score} of ${run} on ${subset}`, value }));
  });
}

/** A plot of slices: known by its title. */
function pairSlices(
  { title, traces }: PlotJson,
  { slices }: ShownNumbers,
  comparison: Pick<RunComparison, "runs" | "resampling">,
  isChecked: (score: string) => boolean,
): CheckedNumber[] {
  const found = slices?.scores.find(({ slicing, score }) => title === titleOfSlices(comparison, { slicing, score }));
  if (!slices || !found || !isChecked(found.score)) return [];
  const { slicing, score } = found;
  const rows =
    comparison.runs.length > 1 ? slices.differences.map((row) => ({ ...row, value: row.difference })) : slices.scores;
  return pairTraces(traces, (run) => {
    const own = rows.filter((row) => row.run === run && row.slicing === slicing && row.score === score);
    return own.map(({ subset, value }) => ({ what: `“Slices”, ${score} of ${run} on ${slicing} ${subset}`, value }));
  });
}

/** The points of each run beside what they should be. */
function pairTraces(
  traces: PlotJson["traces"],
  expect: (run: string) => readonly { readonly what: string; readonly value: number }[],
): CheckedNumber[] {
  return (traces as unknown as readonly PlotTrace[]).flatMap(({ name, y }) => {
    const run = name.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
    const own = expect(run);
    return y.map((shown, i) => {
      const { what = `a plot, ${run}: ?`, value } = own[i] ?? {};
      const again = value === undefined || Number.isInteger(value) ? value : Number(value.toPrecision(PLOT_DIGITS));
      return pair(what, shown, again ?? null);
    });
  });
}
