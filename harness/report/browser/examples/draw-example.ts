import type { ReportData } from "../../document/data.js";
import type { ExampleTable } from "../../examples/example-table.js";
import { formatCell } from "../../tables/format-cell.js";
import { element } from "../element.js";
import { drawChanges } from "./draw-changes.js";
import { compareWords } from "./word-changes.js";

/** One example with all that is known of it: its pictures, what was asked, what each run says beside the first. */
export function drawExample(
  report: ReportData,
  table: ExampleTable,
  place: number,
  references: readonly string[],
): HTMLElement {
  const { columns, rows, ids } = table;
  const cells = rows[place]!;
  const id = ids[place]!;
  const images = report.listing?.images[place] ?? [];
  const pictures = images.flatMap((name) =>
    Object.hasOwn(report.pictures, name) ? [element("img", { src: report.pictures[name]!, alt: name })] : [],
  );
  const shown = columns.flatMap((column, i) => {
    const isFact = column.shows === "kind" || column.shows === "asked";
    return isFact && cells[i] !== null ? [fact(column.title, formatCell(cells[i]!, column))] : [];
  });
  return element(
    "article",
    {},
    element("h3", {}, `Example ${id}`),
    ...(pictures.length > 0 ? [element("p", { class: "pictures" }, ...pictures)] : []),
    element(
      "dl",
      {},
      ...shown.flat(),
      ...references.flatMap((text, i) => fact(i === 0 ? "reference" : "", text)),
      ...(images.length > 0 ? fact("picture", images.join(", ")) : []),
    ),
    drawAnswers(report, table, place),
  );
}

function fact(name: string, text: string): HTMLElement[] {
  return [element("dt", {}, name), element("dd", {}, element("bdi", {}, text))];
}

/** A row for each run: what it says, with the words that differ from the first run's, and its scores. */
function drawAnswers(report: ReportData, { columns, rows, score }: ExampleTable, place: number): HTMLElement {
  const cells = rows[place]!;
  const numbers = columns.flatMap((column, i) =>
    column.shows === "score" || column.shows === "difference" ? [{ column, cell: cells[i] ?? null }] : [],
  );
  const said = report.runs.map((_, run) => {
    const i = columns.findIndex(({ shows, run: of }) => shows === "answer" && of === run);
    const cell = cells[i] ?? null;
    return cell === null ? undefined : String(cell);
  });
  const lines = report.runs.map(({ label, outcomes }, run) => {
    const own = numbers.filter(({ column }) => column.run === run);
    const value = own.find(({ column }) => column.shows === "score");
    const difference = own.find(({ column }) => column.shows === "difference");
    const told = said[run];
    const first = said[0];
    const answer =
      told === undefined
        ? [element("span", { class: "failed" }, failureOf(outcomes[place]))]
        : run === 0 || first === undefined
          ? [told]
          : drawChanges(compareWords(first, told));
    return element(
      "tr",
      {},
      element("th", { scope: "row" }, element("bdi", {}, label)),
      element("td", { dir: "auto" }, ...answer),
      element("td", { class: "number" }, value ? formatCell(value.cell, value.column) : ""),
      element("td", { class: "number" }, difference ? formatCell(difference.cell, difference.column) : ""),
    );
  });
  const head = ["run", "says", score ?? "", score === undefined ? "" : "Δ"].map((title) =>
    element("th", { scope: "col" }, title),
  );
  return element(
    "div",
    { class: "answers wide" },
    element("table", {}, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...lines)),
  );
}

function failureOf(outcome: ReportData["runs"][number]["outcomes"][number] | undefined): string {
  return outcome && "error" in outcome ? `no answer: ${outcome.error}` : "no answer";
}
