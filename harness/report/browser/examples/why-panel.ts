import { formatCount } from "../../../terminal/numbers.js";
import { drawExplained } from "../../explanation/draw-explanation.js";
import type { ScoringWorker } from "../check/scoring-worker.js";
import { element } from "../element.js";
import { fromHtml } from "../from-html.js";

/** So many runs are explained unfolded. */
const MOST_OPEN = 2;

/** Why an example has its scores: folded, and worked out when it is unfolded; it stays unfolded from one example to the next. */
export class WhyPanel {
  readonly element = element("details", { class: "why" }, element("summary", {}, "Why these scores?"));
  readonly #body = element("div", { class: "simvlm-why" });
  readonly #worker: ScoringWorker;
  #id: string | undefined;

  /** @param onToggle called when it was unfolded or folded */
  constructor(worker: ScoringWorker, onToggle: () => void) {
    this.#worker = worker;
    this.element.append(this.#body);
    this.element.addEventListener("toggle", () => {
      void this.#explain();
      onToggle();
    });
  }

  /** Tells of an example, if it is unfolded. */
  show(id: string): void {
    this.#id = id;
    this.#body.replaceChildren();
    void this.#explain();
  }

  async #explain(): Promise<void> {
    const id = this.#id;
    if (!this.element.open || id === undefined || this.#body.childElementCount > 0) return;
    const said = element("p", { role: "status" }, "Scoring the examples, once for all …");
    this.#body.replaceChildren(said);
    const onProgress = (done: number, steps: number) => {
      said.textContent = `Scoring the examples, once for all: ${formatCount(done)} of ${formatCount(steps)} …`;
    };
    const drawn = await this.#worker.ask("explain", [id], onProgress).then(
      (explained) =>
        explained.length > 0
          ? explained.map((example) => fromHtml(drawExplained(example, explained.length <= MOST_OPEN)))
          : [element("p", {}, "It was not scored.")],
      (error: Error) => [element("p", {}, `It cannot be explained: ${error.message}.`)],
    );
    if (id === this.#id) this.#body.replaceChildren(...drawn);
  }
}
