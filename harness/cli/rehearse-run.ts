import { requireOwnRuns } from "../cluster/own-runs.js";
import { checkPictures } from "../runs/check-pictures.js";
import { describeRun } from "../runs/describe-run.js";
import { selectExamples } from "../runs/selection.js";
import type { Predictor } from "../tasks/prediction.js";
import { requireReferences } from "../tasks/unreferenced.js";
import { noteData } from "./data-notes.js";
import { toDecodingSettings } from "./decoding-options.js";
import { prepareRun, type RunOptions } from "./run.js";
import { openSource, type SourceCommandOptions, type SourceContext, type SourceName } from "./run-source.js";

/**
 * Finds what is wrong with a run as far as it shows before anything is asked, computed or written.
 * @throws SimvlmError what the run would end with
 */
export async function rehearseRun(options: RunOptions): Promise<void> {
  const { source, task, settings, data } = await prepareRun(options);
  noteData(data, settings.split, options.data);
  const { data: dataFolder, limit, seed, skipMissingPictures, skipMissingReferences } = options;
  if (!skipMissingReferences) requireReferences(data, dataFolder);
  await REHEARSALS[source](options, { task, data, settings, seed });
  if (source === "predictions") return; // nobody looks at pictures
  await checkPictures(selectExamples(data, { limit }), { settings, dataFolder, skipMissingPictures });
}

/**
 * Refuses a folder whose runs are others than this one and its shards would be.
 * @param shards how many the run is to have
 * @throws SimvlmError `other-run`, and what {@link rehearseRun} throws
 */
export async function requireSameRuns(options: RunOptions, shards: number): Promise<void> {
  const { source, task, settings, data } = await prepareRun(options);
  const { out, data: dataFolder, images, limit, seed } = options;
  const predictor = await REHEARSALS[source](options, { task, data, settings, seed });
  const known = predictor ?? { description: {} };
  const request = { folder: out, task, settings, data, dataFolder, images, predictor: known, seed, limit };
  await requireOwnRuns(out, shards, await describeRun(request), predictor ? [] : ["source", "decoding"]);
}

type RehearsalContext = Omit<SourceContext, "signal" | "onUnturned">;
/** @returns undefined where nobody knows yet how it will describe itself */
type Rehearse = (options: SourceCommandOptions, context: RehearsalContext) => Promise<Predictor | undefined>;

/** These neither ask nor compute when they are opened; what is kept of answers is not begun. */
const open =
  (source: SourceName): Rehearse =>
  async ({ cache: _, ...options }, context) =>
    (await openSource(source, options, { ...context, signal: new AbortController().signal, onUnturned() {} }))
      .predictor;

const REHEARSALS: Readonly<Record<SourceName, Rehearse>> = {
  predictions: open("predictions"),
  endpoint: open("endpoint"),
  /** Without its hashes, for which all weights are read, and what only the machine of a task can compute with. */
  async checkpoint({ checkpoint, ...options }, { task, data, settings, seed }) {
    const [{ openCheckpoint }, { createModelPredictor }] = await Promise.all([
      import("../models/family-registry.js"),
      import("../sources/model-predictor.js"),
    ]);
    const decoding = toDecodingSettings(options);
    return createModelPredictor(await openCheckpoint(checkpoint!), task, data, {
      settings,
      provider: "cpu",
      seed,
      decoding,
    });
  },
  async transformers({ transformers, dtype, allowDownload }) {
    if (allowDownload) return undefined; // the first task fetches it
    const [{ findModel }, { loadLibrary }] = await Promise.all([
      import("../sources/transformers/find-model.js"),
      import("../sources/transformers/library.js"),
    ]);
    await findModel(loadLibrary(), transformers!, { dtype });
    return undefined;
  },
};
