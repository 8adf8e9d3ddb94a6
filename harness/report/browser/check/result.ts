import { formatCsvLine, guardText } from "../../../files/csv-field.js";
import { formatCount } from "../../../terminal/numbers.js";
import { isEqual, type ReportCheck } from "../../check/check-report.js";
import type { CheckedNumber } from "../../check/numbers.js";
import { download } from "../download.js";
import { element } from "../element.js";
import type { Checked, CheckedHashes } from "./protocol.js";

/** Rows of one table at most; the download has all. */
const MOST_ROWS = 500;

/** What a check says in a sentence or two, and all that stands below it. */
export interface DescribedResult {
  readonly isEqual: boolean;
  readonly verdict: string;
  readonly details: readonly Node[];
}

/**
 * What came of a check, for people.
 * @param shown the numbers that the page shows, beside what was computed
 * @param hasFiles whether pictures lie beside the page, which it cannot read
 */
export function describeResult(
  { check, problem, hashes }: Checked,
  shown: readonly CheckedNumber[],
  hasFiles: boolean,
): DescribedResult {
  const found = check?.numbers ?? [];
  const kinds = [...found, ...(shown.length > 0 ? [{ kind: "as the page shows them", numbers: shown }] : [])];
  const all = kinds.flatMap(({ numbers }) => numbers);
  const differing = all.filter((number) => !isEqual(number));
  const missing = check?.missing ?? [];
  const changes = hashes ? hashes.changed.length + hashes.removed + hashes.files.length : 0;
  return {
    isEqual: differing.length === 0 && missing.length === 0 && changes === 0 && problem === undefined,
    verdict: sayAll(
      hashes ? sayHashes(hashes, changes) : undefined,
      changes > 0,
      problem === undefined
        ? check &&
            sayNumbers(all.length, {
              differing: differing.length,
              isMissing: missing.length > 0,
              isChanged: changes > 0,
            })
        : UNSCORED,
    ),
    details: [
      ...missing.map(tellMissing),
      ...(hashes ? tellChanged(hashes) : []),
      ...(problem === undefined || changes > 0 ? [] : [differs(`Scoring them ended with: ${problem}`)]),
      ...(differing.length > 0 ? [drawNumbers("What differs", differing)] : []),
      ...(all.length > 0 ? [drawKinds(kinds)] : []),
      tellUnchecked({ check, problem, hashes }, hasFiles),
      ...(all.length > 0 ? [drawAll(all)] : []),
    ],
  };
}

/** What was changed comes first: that numbers are equal is no comfort where it was. */
function sayAll(hashes: string | undefined, isChanged: boolean, numbers: string | undefined): string {
  const said = isChanged ? [hashes, numbers] : [numbers ?? hashes ?? UNHASHED];
  const sentence = said.filter((part) => part !== undefined).join("; ");
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
}

const UNHASHED = "nothing was checked: this browser hashes files and pages of https only";
const UNSCORED = "the scores cannot be computed of such data";

function sayNumbers(
  all: number,
  found: { readonly differing: number; readonly isMissing: boolean; readonly isChanged: boolean },
): string {
  const { differing, isMissing, isChanged } = found;
  if (isMissing) return "the scores cannot be computed: predictions are missing";
  const numbers = `${formatCount(all)} numbers`;
  if (differing > 0) return `${formatCount(differing)} of ${numbers} ${differing === 1 ? "differs" : "differ"}`;
  if (isChanged) return `none of the ${numbers} computed here differs`;
  return `all ${numbers} are equal to the last bit`;
}

function sayHashes({ kept }: CheckedHashes, changes: number): string {
  if (changes === 0) return `all ${formatCount(kept)} values have the hashes that they were written with`;
  return `${formatCount(changes)} ${changes === 1 ? "value was" : "values were"} changed after the report was written`;
}

/** Of one kind of changes so many are named. */
const NAMED = 12;
const MOST_CHARACTERS = 120;

function tellMissing({ run, ids }: ReportCheck["missing"][number]): HTMLElement {
  const more = ids.length > NAMED ? ` and ${formatCount(ids.length - NAMED)} more` : "";
  return differs(`${run} has no prediction for ${ids.slice(0, NAMED).join(", ")}${more}.`);
}

function tellChanged({ changed, removed, files }: CheckedHashes): HTMLElement[] {
  const shorten = (json: string) => (json.length > MOST_CHARACTERS ? `${json.slice(0, MOST_CHARACTERS)}…` : json);
  return [
    ...changed
      .slice(0, NAMED)
      .map(([path, value]) => differs(`${path} was changed after the report was written: it is ${shorten(value)}`)),
    ...(changed.length > NAMED ? [differs(`${formatCount(changed.length - NAMED)} more values were changed.`)] : []),
    ...(removed > 0 ? [differs(`${formatCount(removed)} values were removed.`)] : []),
    ...files.map((path) => differs(`The embedded ${path} does not have the SHA-256 that the report gives for it.`)),
  ];
}

function differs(text: string): HTMLElement {
  return element("p", { class: "differs" }, text);
}

/** How many numbers there are of each kind. */
function drawKinds(
  kinds: readonly { readonly kind: string; readonly numbers: readonly CheckedNumber[] }[],
): HTMLElement {
  const rows = kinds.map(({ kind, numbers }) => {
    const differing = numbers.filter((number) => !isEqual(number)).length;
    return [kind, formatCount(numbers.length - differing), formatCount(differing)];
  });
  return drawTable("What was checked", ["what", "equal", "differ"], rows);
}

function tellUnchecked({ check, problem, hashes }: Checked, hasFiles: boolean): HTMLElement {
  const { unchecked = [], kept = [] } = check ?? {};
  const said = [
    ...unchecked.map(({ metric, why }) => `${metric} was not checked: ${why.replace(/\.$/, "")}.`),
    ...(kept.length > 0
      ? [
          `What ${kept.join(", ")} counted in each example is taken as the page has it, for no page can count it (it takes word lists, a program or a model); scores, intervals and p-values were computed from these counts.`,
        ]
      : []),
    ...(check || problem !== undefined
      ? []
      : [
          "The references are not in this report, since they must not be passed on: its scores were not computed. With the data, simvlm verify computes them.",
        ]),
    ...(hashes
      ? []
      : ["Values and data files were not hashed: this browser does it for files and pages of https only."]),
    ...(hashes && check
      ? [
          "Compared by their hashes alone: in which slice an example is, why examples have their scores, and all else that is no number computed here. simvlm verify builds the report again and compares them.",
        ]
      : []),
    ...(hasFiles ? ["Not read: the pictures beside this file. simvlm verify compares them with their hashes."] : []),
    "Not measured again: attention maps, and how faithful they are.",
  ];
  return element("ul", {}, ...said.map((text) => element("li", {}, text)));
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
  const table = drawTable(name, ["number", "printed", "computed here", "result"], rows);
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
