import { formatCount } from "../../../terminal/numbers.js";
import type { ReportData } from "../../document/data.js";
import type { ExampleTable } from "../../examples/example-table.js";
import { download, fileNameOf } from "../download.js";
import { element } from "../element.js";
import { matchesWords } from "../table/filters.js";
import { toCsv } from "../table/to-csv.js";
import { cellDrawer } from "./draw-cell.js";
import { drawExample } from "./draw-example.js";
import { Grid } from "./grid.js";
import { formatPlace, type Place, parsePlace } from "./permalink.js";
import { readReferences } from "./references.js";

const TYPING_MILLISECONDS = 150;

/** Every example in a table, one of them open below it; what is shown stands in the page's address. */
export class ExampleBrowser {
  readonly #report: ReportData;
  readonly #examples: ExampleTable;
  readonly #grid: Grid;
  readonly #search = element("input", {
    type: "search",
    placeholder: "Search ids and texts",
    "aria-label": "Search all examples",
  });
  readonly #count = element("span", { class: "count", role: "status" });
  readonly #open = element("section", { class: "example", "aria-label": "The chosen example", hidden: "" });
  #chosen: number | undefined;
  #texts: string[] | undefined;
  #references: ReadonlyMap<string, readonly string[]> | undefined;
  /** While the table follows the address, the address does not follow the table. */
  #isFollowing = true;

  constructor(root: HTMLElement, report: ReportData, examples: ExampleTable) {
    this.#report = report;
    this.#examples = examples;
    this.#grid = new Grid(examples, {
      draw: cellDrawer(examples, Object.values(report.pictures)),
      onChoose: (row) => this.#choose(row),
      onChange: () => this.#changed(),
    });
    const save = element("button", { type: "button", title: "Download the rows shown" }, "CSV");
    const reset = element("button", { type: "button" }, "Clear filters");
    const bar = element("div", { class: "bar" }, this.#search, this.#count, reset, save);
    root.querySelector(".simvlm-static")?.replaceWith(bar, this.#grid.element, this.#open);
    let waiting: ReturnType<typeof setTimeout>;
    this.#search.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => this.#grid.show({ passes: this.#finder() }), TYPING_MILLISECONDS);
    });
    reset.addEventListener("click", () => {
      this.#search.value = "";
      this.#grid.show({ filters: [], passes: this.#finder() });
    });
    save.addEventListener("click", () => this.#save());
    addEventListener("hashchange", () => this.#follow(parsePlace(location.hash)));
    this.#changed();
    this.#follow(parsePlace(location.hash));
  }

  /** Rows in which all words are found; nobody looks for a number by its digits. */
  #finder(): (row: number) => boolean {
    const query = this.#search.value.trim();
    if (query === "") return () => true;
    const textOf = (cell: unknown) => (typeof cell === "string" ? cell : "");
    this.#texts ??= this.#examples.rows.map((cells) => cells.map(textOf).join("\n"));
    const texts = this.#texts;
    return (row) => matchesWords(texts[row]!, query);
  }

  #save(): void {
    const rows = this.#grid.rows.map((row) => this.#examples.rows[row]!);
    // The mark says UTF-8 to spreadsheets.
    const csv = new Blob(["\ufeff", toCsv(this.#examples.columns, rows)], { type: "text/csv" });
    download(`${fileNameOf("every example")}.csv`, csv);
  }

  /** Opens an example below the table, or closes the one that is open. */
  #choose(row: number | undefined, scroll = false): void {
    this.#chosen = row;
    this.#grid.choose(row, scroll);
    this.#open.hidden = row === undefined;
    if (row !== undefined) {
      this.#references ??= readReferences(this.#report);
      const references = this.#references.get(this.#examples.ids[row]!) ?? [];
      this.#open.replaceChildren(drawExample(this.#report, this.#examples, row, references));
    }
    this.#tell();
  }

  #changed(): void {
    if (!this.#grid) return; // its first rows
    const [shown, all] = [this.#grid.rows.length, this.#examples.rows.length];
    const of = shown === all ? "" : `${formatCount(shown)} of `;
    this.#count.textContent = `${of}${formatCount(all)} ${all === 1 ? "example" : "examples"}`;
    this.#tell();
  }

  #place(): Place {
    const { columns, ids } = this.#examples;
    const { order, filters } = this.#grid;
    return {
      example: this.#chosen === undefined ? undefined : ids[this.#chosen],
      sort: order && `${order.direction === "desc" ? "-" : ""}${columns[order.column]!.title}`,
      search: this.#search.value.trim(),
      filters: Object.fromEntries(columns.map(({ title }, i) => [title, filters[i]!])),
    };
  }

  /** Writes what is shown into the address. */
  #tell(): void {
    if (this.#isFollowing) return;
    history.replaceState(history.state, "", `#${formatPlace(this.#place())}`);
  }

  /** Shows what an address says. */
  #follow(place: Place | undefined): void {
    this.#isFollowing = true;
    if (place) {
      const { columns, ids } = this.#examples;
      const { sort, filters } = place;
      this.#search.value = place.search ?? "";
      const column = columns.findIndex(({ title }) => sort === title || sort === `-${title}`);
      this.#grid.show({
        filters: columns.map(({ title }) => (Object.hasOwn(filters, title) ? filters[title]! : "")),
        order: column < 0 ? undefined : { column, direction: sort === columns[column]!.title ? "asc" : "desc" },
        passes: this.#finder(),
      });
      const chosen = place.example === undefined ? -1 : ids.indexOf(place.example);
      this.#choose(chosen < 0 ? undefined : chosen, true);
      this.#grid.element.scrollIntoView({ block: "nearest" });
    }
    this.#isFollowing = false;
  }
}
