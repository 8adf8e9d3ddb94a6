import { formatCsvLine, guardText } from "../../../files/csv-field.js";
import { formatCount } from "../../../terminal/numbers.js";
import { isEqual, type ReportCheck } from "../../check/check-report.js";
import type { CheckedNumber } from "../../check/numbers.js";
import { download } from "../download.js";
import { element } from "../element.js";
import type { CheckAnswer } from "./protocol.js";

/** Rows of one table at most; the download has all. */
const MOST_ROWS = 500;

type Done = Extract<CheckAnswer, { readonly kind: "done" }>;

/** What a check says in one sentence, and all that stands below it. */
export interface DescribedResult {
  readonly verdict: { readonly isEqual: boolean; readonly text: string };
  readonly details: readonly Node[];
}

/** What came of a check, for people. */
export function describeResult({ check, changedFiles }: Done): DescribedResult {
  const all = check.numbers.flatMap(({ numbers }) => numbers);
  const differing = all.filter((number) => !isEqual(number));
  const isWhole = differing.length === 0 && check.missing.length === 0 && !changedFiles?.length;
  return {
    verdict: { isEqual: isWhole, text: sayVerdict(check, all.length, differing.length, changedFiles) },
    details: [
      ...tellChanged(check, changedFiles),
      ...(differing.length > 0 ? [drawNumbers("What differs", differing)] : []),
      ...(all.length > 0 ? [drawKinds(check)] : []),
      ...tellUnchecked(check, changedFiles),
      ...(all.length > 0 ? [drawAll(all)] : []),
    ],
  };
}

function sayVerdict(
  { missing }: ReportCheck,
  all: number,
  differing: number,
  changedFiles: Done["changedFiles"],
): string {
  if (missing.length > 0) return "The scores cannot be computed: predictions are missing.";
  const numbers = `${formatCount(all)} numbers`;
  if (differing > 0) return `${formatCount(differing)} of ${numbers} ${differing === 1 ? "differs" : "differ"}.`;
  const files = changedFiles?.length ? " But a data file was changed." : "";
  return `All ${numbers} are equal to the last bit.${files}`;
}

function tellChanged({ missing }: ReportCheck, changedFiles: Done["changedFiles"]): HTMLElement[] {
  return [
    ...missing.map(({ run, ids }) => {
      const named = `${ids.slice(0, 5).join(", ")}${ids.length > 5 ? ` and ${formatCount(ids.length - 5)} more` : ""}`;
      return element("p", { class: "differs" }, `${run} has no prediction for ${named}.`);
    }),
    ...(changedFiles ?? []).map((path) =>
      element(
        "p",
        { class: "differs" },
        `The embedded ${path} does not have the SHA-256 that the report gives for it.`,
      ),
    ),
  ];
}

/** How many numbers there are of each kind. */
function drawKinds({ numbers }: ReportCheck): HTMLElement {
  const rows = numbers.map(({ kind, numbers }) => {
    const differing = numbers.filter((number) => !isEqual(number)).length;
    return [kind, formatCount(numbers.length - differing), formatCount(differing)];
  });
  return drawTable("What was checked", ["what", "equal", "differ"], rows);
}

function tellUnchecked({ unchecked, kept }: ReportCheck, changedFiles: Done["changedFiles"]): HTMLElement[] {
  const said = [
    ...unchecked.map(({ metric, why }) => `${metric} was not checked: ${why}.`),
    ...(kept.length > 0
      ? [
          `${kept.join(", ")}: what the metric counts in each example is taken as it is kept in this page, since a page cannot count it; scores, intervals and p-values were computed from these counts.`,
        ]
      : []),
    ...(changedFiles === undefined
      ? ["The data files were not hashed: this browser does it for files and https only."]
      : []),
    "Not measured again: how faithful attention maps are, and the maps themselves.",
  ];
  return [element("ul", {}, ...said.map((text) => element("li", {}, text)))];
}

function drawNumbers(name: string, numbers: readonly CheckedNumber[]): HTMLElement {
  const rows = numbers
    .slice(0, MOST_ROWS)
    .map(({ what, printed, computed }) => [
      what,
      show(printed),
      show(computed),
      printed === computed ? "equal" : "differs",
    ]);
  const more = numbers.length - rows.length;
  const table = drawTable(name, ["number", "printed", "computed here", ""], rows);
  return more > 0 ? element("div", {}, table, `And ${formatCount(more)} more.`) : table;
}

/** Drawn when somebody looks at it. */
function drawAll(numbers: readonly CheckedNumber[]): HTMLElement {
  const save = element("button", { type: "button" }, "Download all as CSV");
  save.addEventListener("click", () => {
    const lines = numbers.map(({ what, printed, computed }) => [what, show(printed), show(computed)].map(guardText));
    const text = [["number", "printed", "computed"], ...lines].map((line) => `${formatCsvLine(line)}\r\n`).join("");
    download("checked-numbers.csv", new Blob(["\ufeff", text], { type: "text/csv" }));
  });
  const details = element("details", {}, element("summary", {}, "Every number"));
  details.addEventListener("toggle", () => details.append(drawNumbers("Every number", numbers), save), { once: true });
  return details;
}

function show(json: string | undefined): string {
  if (json === undefined) return "none";
  return json.startsWith('"') ? (JSON.parse(json) as string) : json;
}

function drawTable(name: string, head: readonly string[], rows: readonly (readonly string[])[]): HTMLElement {
  const titles = head.map((title) => element("th", { scope: "col" }, title));
  const lines = rows.map(([first = "", ...others]) => {
    const differs = others.at(-1) === "differs" ? { class: "differs" } : {};
    const cells = others.map((cell) => element("td", {}, cell));
    return element("tr", differs, element("th", { scope: "row" }, first), ...cells);
  });
  const table = element(
    "table",
    { class: "plain" },
    element("thead", {}, element("tr", {}, ...titles)),
    element("tbody", {}, ...lines),
  );
  return element("div", { class: "wide", tabindex: "0", role: "group", "aria-label": name }, table);
}
