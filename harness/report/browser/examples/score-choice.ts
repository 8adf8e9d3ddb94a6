import { unique } from "../../../compare/subsets.js";
import type { ExampleScores, ReportData } from "../../document/data.js";
import type { ScoringWorker } from "../check/scoring-worker.js";
import { element } from "../element.js";

/** Which score of each example is shown: the main one stands in the page, and the worker computes the others. */
export class ScoreChoice {
  readonly element: HTMLElement;
  readonly #select: HTMLSelectElement;
  readonly #main: ExampleScores;
  readonly #runs: number;
  readonly #worker: ScoringWorker;

  /** @param onChoose called with the name of a score that the reader chose */
  constructor(
    { comparison, runs }: ReportData,
    main: ExampleScores,
    worker: ScoringWorker,
    onChoose: (score: string) => void,
  ) {
    [this.#main, this.#runs, this.#worker] = [main, runs.length, worker];
    const names = unique([main.score, ...comparison.scores.map(({ score }) => score)]);
    const options = names.map((name) => element("option", { value: name }, name));
    this.#select = element("select", { "aria-label": "Score of each example" }, ...options);
    this.element = element("label", { class: "score" }, "score ", this.#select);
    this.#select.addEventListener("change", () => onChoose(this.#select.value));
  }

  /** The name of the score that is chosen; undefined for the main one. */
  get chosen(): string | undefined {
    return this.#select.value === this.#main.score ? undefined : this.#select.value;
  }

  /**
   * A score of every example.
   * @param name undefined, and one that is not there, are the main one
   * @throws Error where the page cannot compute it; then the main one is chosen
   */
  async read(name = this.#main.score, onProgress?: (done: number, steps: number) => void): Promise<ExampleScores> {
    this.#select.value = name;
    if (this.#select.value !== name) this.#select.value = this.#main.score;
    if (this.chosen === undefined) return this.#main;
    try {
      const { ids, values } = await this.#worker.ask("scores", [name], onProgress);
      if (values.length < this.#runs) throw new Error("a page cannot compute it");
      return { score: name, ids, values };
    } catch (error) {
      this.#select.value = this.#main.score;
      throw error;
    }
  }
}
