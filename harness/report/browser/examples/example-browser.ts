import { formatCount } from "../../../terminal/numbers.js";
import type { ReportData } from "../../document/data.js";
import { type ExampleTable, joinReferences, listExamples } from "../../examples/example-table.js";
import type { ScoringWorker } from "../check/scoring-worker.js";
import { download, fileNameOf } from "../download.js";
import { element } from "../element.js";
import { matchesWords } from "../table/filters.js";
import { toCsv } from "../table/to-csv.js";
import { cellDrawer } from "./draw-cell.js";
import { drawExample } from "./draw-example.js";
import { Grid } from "./grid.js";
import { formatPlace, listLacking, type Place, parsePlace } from "./permalink.js";
import { ScoreChoice } from "./score-choice.js";
import { WhyPanel } from "./why-panel.js";

const TYPING_MILLISECONDS = 150;

type References = ReadonlyMap<string, readonly string[]>;

/** Every example in a table, one of them open below it; what is shown stands in the page's address. */
export class ExampleBrowser {
  readonly #report: ReportData;
  #table: ExampleTable;
  #drawCell: ReturnType<typeof cellDrawer>;
  readonly #grid: Grid;
  readonly #search = element("input", {
    type: "search",
    placeholder: "Search ids and texts",
    "aria-label": "Search all examples",
  });
  readonly #count = element("span", { class: "count", role: "status" });
  /** What the address asks for and this page does not have. */
  readonly #lacking = element("p", { class: "lacking", role: "status", hidden: "" });
  readonly #open = element("section", { class: "example", "aria-label": "The chosen example", hidden: "" });
  /** Absent where nothing was scored, or not with what is in the page. */
  readonly #scores: ScoreChoice | undefined;
  readonly #why: WhyPanel | undefined;
  /** Undefined where the page has none; empty while they are read. */
  #references: References | undefined;
  /** What stands in the place of references that are not there. */
  #pending = "…";
  #chosen: number | undefined;
  #texts: string[] | undefined;
  /** While the table follows the address, the address does not follow the table. */
  #isFollowing = true;

  /** @param worker which scores the page's predictions, where they can be scored */
  constructor(root: HTMLElement, report: ReportData, worker: ScoringWorker | undefined) {
    this.#report = report;
    if (worker) {
      this.#references = new Map();
      this.#why = new WhyPanel(worker, () => this.#tell());
      if (report.examples) {
        const { examples } = report;
        this.#scores = new ScoreChoice(report, examples, worker, (score) => void this.#showScore(score));
      }
    }
    this.#table = listExamples(report, this.#references);
    this.#drawCell = this.#drawer();
    this.#grid = new Grid(this.#table, {
      draw: (column, row) =>
        this.#table.columns[column]!.shows === "reference" && this.#isPending(row)
          ? element("span", {}, this.#pending)
          : this.#drawCell(column, row),
      onChoose: (row) => this.#choose(row),
      onChange: () => this.#changed(),
    });
    root.querySelector(".simvlm-static")?.replaceWith(this.#makeBar(), this.#lacking, this.#grid.element, this.#open);
    addEventListener("hashchange", () => void this.#follow(parsePlace(location.hash)));
    this.#changed();
    void this.#follow(parsePlace(location.hash));
    worker?.ask("references", []).then(
      (references) => this.#addReferences(references),
      () => this.#addReferences(new Map(), "cannot be read"),
    );
  }

  #makeBar(): HTMLElement {
    const save = element("button", { type: "button", title: "Download the rows shown" }, "CSV");
    const reset = element("button", { type: "button" }, "Clear filters");
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
    const choice = this.#scores ? [this.#scores.element] : [];
    return element("div", { class: "bar" }, this.#search, this.#count, ...choice, reset, save);
  }

  #drawer() {
    return cellDrawer(this.#table, Object.values(this.#report.pictures));
  }

  #isPending(row: number): boolean {
    return this.#pending !== "" && this.#references?.has(this.#table.ids[row]!) === false;
  }

  /**
   * The references are unpacked by the worker, when the table is there already.
   * @param pending in the place of those that do not come
   */
  #addReferences(references: References, pending = ""): void {
    this.#references = references;
    this.#pending = pending;
    this.#texts = undefined;
    const column = this.#table.columns.findIndex(({ shows }) => shows === "reference");
    const isFollowing = this.#isFollowing;
    this.#isFollowing = true; // the reader has done nothing
    for (const [row, id] of this.#table.ids.entries()) {
      this.#table.rows[row]![column] = joinReferences(references.get(id));
    }
    this.#grid.show({ passes: this.#finder() });
    this.#choose(this.#chosen);
    this.#isFollowing = isFollowing;
  }

  /** Shows another score of each example. */
  async #showScore(name: string | undefined): Promise<void> {
    if (!this.#scores) return;
    const told = this.#count.textContent;
    const onProgress = (done: number, steps: number) => {
      this.#count.textContent = `Scoring: ${formatCount(done)} of ${formatCount(steps)} …`;
    };
    try {
      const examples = await this.#scores.read(name, onProgress);
      if (examples.score === this.#table.score) {
        this.#count.textContent = told;
        return;
      }
      this.#table = listExamples({ ...this.#report, examples }, this.#references);
      this.#drawCell = this.#drawer();
      this.#grid.replace(this.#table);
      this.#choose(this.#chosen);
    } catch (error) {
      this.#count.textContent = `No ${name}: ${error instanceof Error ? error.message : String(error)}.`;
    }
  }

  /** Rows in which all words are found; nobody looks for a number by its digits. */
  #finder(): (row: number) => boolean {
    const query = this.#search.value.trim();
    if (query === "") return () => true;
    const textOf = (cell: unknown) => (typeof cell === "string" ? cell : "");
    this.#texts ??= this.#table.rows.map((cells) => cells.map(textOf).join("\n"));
    const texts = this.#texts;
    return (row) => matchesWords(texts[row]!, query);
  }

  #save(): void {
    const rows = this.#grid.rows.map((row) => this.#table.rows[row]!);
    // The mark says UTF-8 to spreadsheets.
    const csv = new Blob(["\ufeff", toCsv(this.#table.columns, rows)], { type: "text/csv" });
    download(`${fileNameOf("every example")}.csv`, csv);
  }

  /** Opens an example below the table, or closes the one that is open. */
  #choose(row: number | undefined, scroll = false): void {
    this.#chosen = row;
    this.#grid.choose(row, scroll);
    this.#open.hidden = row === undefined;
    if (row !== undefined) {
      const id = this.#table.ids[row]!;
      const references = this.#references?.get(id) ?? (this.#isPending(row) ? [this.#pending] : []);
      const drawn = drawExample(this.#report, this.#table, row, references);
      this.#open.replaceChildren(drawn, ...(this.#why ? [this.#why.element] : []));
      this.#why?.show(id);
    }
    this.#tell();
  }

  #changed(): void {
    if (!this.#grid) return; // its first rows
    const [shown, all] = [this.#grid.rows.length, this.#table.rows.length];
    const of = shown === all ? "" : `${formatCount(shown)} of `;
    this.#count.textContent = `${of}${formatCount(all)} ${all === 1 ? "example" : "examples"}`;
    this.#tell();
  }

  #place(): Place {
    const { columns, ids } = this.#table;
    const { order, filters } = this.#grid;
    const isTold = this.#chosen !== undefined && this.#why?.element.open;
    return {
      example: this.#chosen === undefined ? undefined : ids[this.#chosen],
      score: this.#scores?.chosen,
      sort: order && `${order.direction === "desc" ? "-" : ""}${columns[order.column]!.title}`,
      search: this.#search.value.trim(),
      why: isTold ? "yes" : undefined,
      filters: Object.fromEntries(columns.map(({ title }, i) => [title, filters[i]!])),
    };
  }

  /** Writes what is shown into the address. */
  #tell(): void {
    if (this.#isFollowing) return;
    this.#lacking.hidden = true;
    history.replaceState(history.state, "", `#${formatPlace(this.#place())}`);
  }

  /** The address stays as it is until the reader does something: it may be another page's. */
  #tellLacking(lacking: readonly string[]): void {
    this.#lacking.hidden = lacking.length === 0;
    this.#lacking.textContent = `The address asks for what is not in this page: ${lacking.join(", ")}. It may be that of another report.`;
  }

  /** Shows what an address says. */
  async #follow(place: Place | undefined): Promise<void> {
    this.#isFollowing = true;
    if (place) {
      await this.#showScore(place.score);
      const { columns, ids } = this.#table;
      const { sort, filters } = place;
      this.#search.value = place.search ?? "";
      const column = columns.findIndex(({ title }) => sort === title || sort === `-${title}`);
      this.#grid.show({
        filters: columns.map(({ title }) => (Object.hasOwn(filters, title) ? filters[title]! : "")),
        order: column < 0 ? undefined : { column, direction: sort === columns[column]!.title ? "asc" : "desc" },
        passes: this.#finder(),
      });
      if (this.#why) this.#why.element.open = place.why !== undefined;
      const chosen = place.example === undefined ? -1 : ids.indexOf(place.example);
      this.#choose(chosen < 0 ? undefined : chosen, true);
      this.#tellLacking(listLacking(place, { columns, ids, score: this.#scores?.chosen ?? this.#table.score }));
      this.#grid.element.scrollIntoView({ block: "nearest" });
    }
    this.#isFollowing = false;
  }
}
