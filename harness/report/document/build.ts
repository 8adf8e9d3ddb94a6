import { basename, resolve } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { type CompareOptions, compareLoaded, type MeasuredRuns } from "../../compare/compare-runs.js";
import { explainExamples } from "../../compare/explain-examples.js";
import type { ExplainedExample } from "../../compare/explained.js";
import { nameImages } from "../../compare/image-names.js";
import { baselineFirst, distinguishLabels, type LoadedRun, loadRuns } from "../../compare/load-runs.js";
import { findData, findImagesOf } from "../../compare/score-runs.js";
import { unique } from "../../compare/subsets.js";
import { describeExample } from "../../compare/wins.js";
import { hashText } from "../../files/hash.js";
import { fileInside } from "../../files/inside.js";
import { DataFolder } from "../../runs/data-folder.js";
import { findPlace, nameIn } from "../../runs/place.js";
import { readCode } from "../../runs/provenance.js";
import { examplesById } from "../../tasks/examples-by-id.js";
import { mainScoreOf, scoresOf } from "../../tasks/score-predictions.js";
import type { Explained } from "./attention-figures.js";
import type { EmbeddedData, ExampleScores, Report, ReportData, SingleExample } from "./data.js";
import { embedScoring } from "./embed-scoring.js";
import { type EmbeddedFile, embedFile } from "./embedded-file.js";
import { listShown } from "./list-examples.js";
import { nameFolders } from "./names.js";
import { collectPictures, EMBEDDED, listPictures, type PicturePlace } from "./report-pictures.js";
import { reportRun } from "./report-run.js";
import { roundScores } from "./round-scores.js";
import { findTryPages } from "./try-pages.js";
import { withholdReferences } from "./withhold.js";

/** What a report shows, and where the data and models of its runs are. */
export interface ReportOptions extends Omit<CompareOptions, "wins" | "dataFolder"> {
  /** Where the data are, if not where the runs say. */
  readonly dataFolder?: string | DataFolder | undefined;
  /** Default: the task and the name of the data. */
  readonly title?: string | undefined;
  /** How many examples are shown each way, those with the largest differences first; default 10. */
  readonly examples?: number;
  /** How many examples are shown with attention maps, if the models are at hand; default 3. */
  readonly explore?: number;
  /** On how many pictures it is measured how faithful the maps of the first two models are; default 0. */
  readonly faithfulness?: number;
  /** Of how many examples, from the first on, the table of all has small pictures; default 0: of those that are shown elsewhere. */
  readonly thumbnails?: number | undefined;
  /** Where the pictures of examples go: into the page, to a folder beside it, or nowhere; default into the page. */
  readonly pictures?: PicturePlace | "none" | undefined;
  /** Pages beside the report that run models, as `simvlm page` writes them, by a run's folder or label; default none. */
  readonly tryPages?: Readonly<Record<string, string>> | undefined;
  /** Folders of models, if these are not where the runs say. */
  readonly checkpoints?: readonly string[] | undefined;
  /** Leave out the references, where they must not be passed on: only hashes of the data; default false. */
  readonly withoutReferences?: boolean | undefined;
  /** Whether the runs were unpacked from a report, which has a seal of its own; default false. */
  readonly isUnpacked?: boolean | undefined;
}

/** What a report shows unless its options say otherwise. */
export const REPORT_DEFAULTS = { examples: 10, explore: 3, faithfulness: 0, thumbnails: 0, checkpoints: [] } as const;

/**
 * Gathers what a report of finished runs holds: the comparison of several runs, or the scores of one. The same runs and
 * data give the same report.
 * @param folders of one or more runs, the reference first
 * @throws SimvlmError what `loadRuns` and `compareLoaded` throw
 */
export async function buildReport(folders: readonly string[], options: ReportOptions = {}): Promise<Report> {
  const {
    title,
    examples: wins,
    explore,
    faithfulness,
    thumbnails = 0,
    pictures: place = EMBEDDED,
    tryPages = {},
    checkpoints = [],
    dataFolder,
    isUnpacked,
    withoutReferences = false,
    baseline,
    ...comparing
  } = {
    ...REPORT_DEFAULTS,
    ...options,
  };
  const { runs: loaded, prices } = baselineFirst(await loadRuns(folders, { isUnpacked }), { ...comparing, baseline });
  const names = nameFolders(loaded.map(({ folder }) => folder));
  const labels = distinguishLabels(loaded.map((run, i) => ({ ...run, folder: names[i]! })));
  const runs = loaded.map((run, i) => ({ ...run, label: labels[i]! }));
  const linked = await findTryPages(runs, tryPages);
  const found = dataFolder ?? findData(runs);
  const data =
    typeof found === "string" ? new DataFolder(found, { keepsBytes: true, images: findImagesOf(loaded) }) : found;
  const measured = await compareLoaded(runs, data, { ...comparing, prices, wins });
  const { comparison } = measured;
  const folder = basename(resolve(data.path));
  const extremes = runs.length === 1 ? findExtremes(measured, wins) : [];
  const reported = await Promise.all(
    runs.map((run, i) => reportRun(run, names[i]!, measured, data.path, linked.get(run.label))),
  );
  const listing = listShown(
    measured,
    reported[0]!.outcomes.map(({ id }) => id),
  );
  const without = place === "none" && ({ withoutPictures: true } as const);
  const shown = listPictures({ comparison, extremes, listing, thumbnails, ...without });
  const { pictures, remarks } = await collectPictures(
    shown,
    nameImages(data, runs[0]!.manifest.settings.split, measured.source.data),
    place === "none" ? EMBEDDED : place,
    thumbnails > 0 ? comparing.onStart?.(shown.length) : undefined,
  );
  const examples = scoreExamples(measured);
  const explanations = explainShown(measured, extremes);
  const embedded = await embedData(runs, measured, data);
  const scoring = embedScoring(measured, embedded.files);
  const { attention, figures } = await drawAttention(runs, data, examples, { explore, faithfulness, checkpoints });
  const report: ReportData = {
    format: 1,
    title: title ?? `${comparison.task}: ${labels.join(", ")} on ${folder} (${comparison.data.split})`,
    code: await readCode(),
    comparison: {
      ...comparison,
      data: { ...comparison.data, folder },
      runs: comparison.runs.map((run, i) => ({ ...run, folder: names[i]! })),
    },
    shown: wins,
    runs: reported,
    ...(examples && { examples }),
    data: embedded,
    ...(scoring !== undefined && { scoring }),
    ...(comparison.slices && { sliced: measured.slices!.request }),
    listing,
    ...(thumbnails > 0 && { thumbnails }),
    extremes,
    ...(explanations.length > 0 && { explanations }),
    pictures,
    ...without,
    attention,
    remarks,
  };
  return { data: withoutReferences ? withholdReferences(report) : report, figures };
}

async function drawAttention(
  runs: readonly LoadedRun[],
  dataFolder: DataFolder,
  examples: ExampleScores | undefined,
  {
    explore: count,
    ...options
  }: { readonly explore: number; readonly faithfulness: number; readonly checkpoints: readonly string[] },
): Promise<Explained> {
  if (count === 0 && options.faithfulness === 0) return { attention: { figures: [], remarks: [] }, figures: new Map() };
  const { drawFigures } = await import("./attention-figures.js"); // the engine is loaded only for this
  return drawFigures(runs, { dataFolder, examples, count, ...options });
}

function scoreExamples({ comparison: { runs }, scored }: MeasuredRuns): ExampleScores | undefined {
  if (scored.length < runs.length) return undefined;
  const score = mainScoreOf(scored[0]!.scored);
  const values = scored.map(({ scored }) => roundScores(scoresOf(scored, score)));
  return { score, ids: scored[0]!.scored.ids, values };
}

/** The examples with the highest and the lowest main score, the highest first. */
function findExtremes({ source, scored }: MeasuredRuns, count: number): SingleExample[] {
  const [run] = scored;
  if (!run) return [];
  const values = scoresOf(run.scored, mainScoreOf(run.scored));
  const examples = examplesById(source.data);
  const ordered = run.scored.ids
    .map((id, i) => ({ id, value: values[i]! }))
    .sort((a, b) => b.value - a.value)
    .filter((_, place, { length }) => place < count || place >= length - count);
  return ordered.map(({ id, value }) => ({
    ...describeExample(examples.get(id)!, source),
    prediction: run.run.predictions.get(id)!.prediction,
    value,
  }));
}

/** Of every example that is shown, in the order of the page: what each run beside it said. */
function explainShown({ comparison, scored }: MeasuredRuns, extremes: readonly SingleExample[]): ExplainedExample[] {
  const [first, ...others] = scored;
  if (first === undefined) return [];
  const shown = comparison.winsAndLosses.flatMap(({ run, wins, losses }) => {
    const compared = others.filter((other) => other.run.label === run);
    return [...wins, ...losses].flatMap(({ id }) => [...compared, first].map((each) => [each, id] as const));
  });
  const all = [...extremes.map(({ id }) => [first, id] as const), ...shown];
  const explained = new Map(
    scored.flatMap((run) => {
      const ids = unique(all.flatMap(([each, id]) => (each === run ? [id] : [])));
      return explainExamples(run, ids).map((example) => [nameShown(run, example.id), example] as const);
    }),
  );
  return unique(all.map(([run, id]) => nameShown(run, id))).flatMap((name) => explained.get(name) ?? []);
}

function nameShown({ run }: MeasuredRuns["scored"][number], id: string): string {
  return JSON.stringify([run.label, id]);
}

/** The data files of all runs, as they stand where the manifests say, and what is to be seen in the pictures. */
async function embedData(
  runs: readonly LoadedRun[],
  { source: { data } }: MeasuredRuns,
  folder: DataFolder,
): Promise<EmbeddedData> {
  const files = new Map<string, EmbeddedFile>();
  for (const path of [...data.files, ...(data.facts === undefined ? [] : [data.facts])]) {
    const name = nameIn(folder.path, path);
    files.set(name, embedFile(name, await folder.read(path)));
  }
  for (const run of runs) {
    const elsewhere = findPlace(run.manifest.data, run.folder);
    const places = [folder, ...(elsewhere === undefined ? [] : [new DataFolder(elsewhere)])];
    for (const { path, sha256 } of run.manifest.data.files) {
      if (!files.has(path)) files.set(path, await embedUnchanged(places, path, sha256));
    }
  }
  return {
    folder: basename(resolve(folder.path)),
    images: nameImages(folder, runs[0]!.manifest.settings.split, data).folder,
    files: [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1)),
  };
}

async function embedUnchanged(folders: readonly DataFolder[], path: string, sha256: string): Promise<EmbeddedFile> {
  for (const folder of folders) {
    const bytes = await folder.read(fileInside(folder.path, path, "the manifest")).catch(() => undefined);
    if (bytes && hashText(bytes) === sha256) return embedFile(path, bytes);
  }
  throw new SimvlmError(
    "changed-data",
    `${path} is not in ${folders[0]!.path}, or not what a run was made from: say where its data are.`,
  );
}
