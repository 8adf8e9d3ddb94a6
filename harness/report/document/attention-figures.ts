import { SimvlmError } from "@simvlm/metrics";
import type { LoadedRun } from "../../compare/load-runs.js";
import { hashText } from "../../files/hash.js";
import type { DataFolder } from "../../runs/data-folder.js";
import { explorerView } from "../explorer/index.js";
import { type Choice, chooseExamples, FIRST_REASON } from "./choose-examples.js";
import type { Attention, AttentionFigure, ExampleScores, Figures, RunFaithfulness } from "./data.js";
import { type ExplorableRun, exploreExample, openExplorable } from "./explorable-run.js";
import { measureRun } from "./run-faithfulness.js";
import { nameFigure } from "./sections/attention-section.js";

/** Which examples get attention maps, and where their pictures and models are. */
export interface FigureOptions {
  readonly dataFolder: DataFolder;
  readonly examples: ExampleScores | undefined;
  /** How many examples get maps. */
  readonly count: number;
  /** On how many pictures of each run it is measured how faithful its maps are. */
  readonly faithfulness: number;
  /** Further folders to look for models in. */
  readonly checkpoints: readonly string[];
}

/** The attention maps of a report: what its data say of them, and their markup. */
export interface Explained {
  readonly attention: Attention;
  readonly figures: Figures;
}

/** More do not stand beside each other. */
const MOST_BESIDE = 2;

/** The attention explorers of some examples; the first two runs whose models are at hand are shown side by side. */
export async function drawFigures(
  runs: readonly LoadedRun[],
  { dataFolder, examples, count, faithfulness, checkpoints }: FigureOptions,
): Promise<Explained> {
  const opened: ExplorableRun[] = [];
  const remarks: string[] = [];
  for (const run of runs) {
    if (opened.length === MOST_BESIDE) break;
    const found = await openExplorable(run, dataFolder, checkpoints);
    if (typeof found === "string") remarks.push(found);
    else opened.push(found);
  }
  const drawn: AttentionFigure[] = [];
  const figures = new Map<string, string>();
  const measured: RunFaithfulness[] = [];
  for (const run of faithfulness > 0 ? opened : []) {
    const found = await measureRun(run, faithfulness);
    if (typeof found === "string") remarks.push(found);
    else measured.push(found);
  }
  for (const { id, why } of count > 0 && opened.length > 0 ? choose(runs, opened, examples, count) : []) {
    try {
      const explorations = [];
      for (const run of opened) explorations.push(await exploreExample(run, id));
      const { markup } = (await explorerView(explorations)).markup;
      figures.set(nameFigure(drawn.length), markup);
      drawn.push({ id, why, runs: opened.map(({ run }) => run.label), sha256: hashText(markup) });
    } catch (error) {
      if (!(error instanceof SimvlmError)) throw error;
      remarks.push(`There are no attention maps for example ${id}: ${error.message}`);
    }
  }
  return {
    attention: { figures: drawn, remarks, ...(measured.length > 0 && { faithfulness: measured }) },
    figures,
  };
}

/** Where nothing is scored, the first examples. */
function choose(
  runs: readonly LoadedRun[],
  opened: readonly ExplorableRun[],
  examples: ExampleScores | undefined,
  count: number,
): Choice[] {
  if (!examples) return [...runs[0]!.predictions.keys()].slice(0, count).map((id) => ({ id, why: FIRST_REASON }));
  const values = opened.map(({ run }) => examples.values[runs.indexOf(run)]!);
  return chooseExamples(
    examples,
    opened.map(({ run }) => run.label),
    values,
    count,
  );
}
