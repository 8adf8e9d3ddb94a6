import { METRICS } from "@simvlm/metrics";
import { describeScores, type ExplainedExample, type ExplainedMetric } from "../../compare/explained.js";
import type { Outcome } from "../../tasks/prediction.js";
import { type Evaluated, evaluateRun, type ReadRun, readRun } from "./evaluate-run.js";
import type { ScoredMetric, Scoring } from "./scoring.js";

/** What of a report its examples are explained by. */
export interface ExplainableReport {
  readonly runs: readonly { readonly label: string; readonly outcomes: readonly Outcome[] }[];
  /** What was explained when the report was made. */
  readonly explanations?: readonly ExplainedExample[];
}

/** The scores of single examples of a report, and why they are what they are: of predictions scored once, for any example. */
export class ReportedScores {
  readonly #scoring: Scoring;
  readonly #runs: readonly ReadRun[];
  readonly #evaluated: readonly Evaluated[];
  readonly #places: ReadonlyMap<string, number>;
  readonly #told: ReadonlyMap<string, ExplainedExample>;

  private constructor(
    scoring: Scoring,
    runs: readonly ReadRun[],
    evaluated: readonly Evaluated[],
    explanations: readonly ExplainedExample[],
  ) {
    this.#scoring = scoring;
    this.#runs = runs;
    this.#evaluated = evaluated;
    this.#places = new Map(scoring.examples.map(({ id }, place) => [id, place]));
    this.#told = new Map(explanations.map((example) => [keyOf(example.run, example.id), example]));
  }

  /**
   * Scores a report's predictions.
   * @param onStart called with the number of steps there will be; what it returns is called after each
   */
  static async of(
    { runs: reported, explanations = [] }: ExplainableReport,
    scoring: Scoring,
    onStart: (steps: number) => () => void,
  ): Promise<ReportedScores> {
    const runs = reported.map(readRun);
    const lacking = runs.find(({ predictions }) => scoring.examples.some(({ id }) => !predictions.has(id)));
    if (lacking) throw new Error(`predictions of ${lacking.label} are missing`);
    const tick = onStart(runs.length * scoring.metrics.length);
    const evaluated: Evaluated[] = [];
    for (const [place, run] of runs.entries()) evaluated.push(await evaluateRun(run, place, scoring, tick));
    return new ReportedScores(scoring, runs, evaluated, explanations);
  }

  /** Why an example has its scores, of each run; none for one that was not scored. */
  explain(id: string): ExplainedExample[] {
    const place = this.#places.get(id);
    if (place === undefined) return [];
    return this.#runs.map(({ label, predictions }, run) => ({
      run: label,
      id,
      prediction: predictions.get(id)!.prediction,
      metrics: this.#scoring.metrics.flatMap((metric) => this.#explainBy(metric, run, place)),
    }));
  }

  /** One score of each example by itself, for each run, in the order of the scored examples. */
  scores(name: string): Float64Array[] {
    return this.#evaluated.flatMap(({ results }) => {
      const result = results.find(({ names }) => names.includes(name));
      return result ? [result.perExample[name]!] : [];
    });
  }

  #explainBy({ name, title }: ScoredMetric, run: number, place: number): ExplainedMetric[] {
    const { id } = this.#scoring.examples[place]!;
    const told = this.#told.get(keyOf(this.#runs[run]!.label, id))?.metrics.find(({ metric }) => metric === title);
    const result = this.#evaluated[run]!.results.find(({ metric }) => metric === title);
    if (!result) return told ? [told] : [];
    if (result.explain) return [describeScores(result, place, result.explain(place).parts)];
    const kept = this.#scoring.kept?.[name]?.[run]?.explanations?.[place];
    if (kept) return [describeScores(result, place, kept)];
    if (told) return [told];
    if (!METRICS.find((metric) => metric.name === name)?.explain) return [];
    const text = `What ${title} matched in this example is not in the page, only what it counted: simvlm explain shows it, of the run's folder.`;
    return [describeScores(result, place, [{ kind: "note", text }])];
  }
}

const keyOf = (run: string, id: string): string => JSON.stringify([run, id]);
