import type { MeasuredRuns } from "../../compare/compare-runs.js";
import type { LoadedRun } from "../../compare/load-runs.js";
import { readScores } from "../../runs/finish.js";
import type { Outcome } from "../../tasks/prediction.js";
import type { ReportedRun, TryPage } from "./data.js";
import { renameFiles, withoutPlaces } from "./names.js";

/**
 * A run as a report holds it.
 * @param name of its folder
 * @param dataFolder where the data are, which errors may name
 */
export async function reportRun(
  { folder, label, manifest, outcomes }: LoadedRun,
  name: string,
  { source: { data } }: Pick<MeasuredRuns, "source">,
  dataFolder: string,
  tryPage?: TryPage,
): Promise<ReportedRun> {
  const byId = new Map(outcomes.map((outcome) => [outcome.id, outcome]));
  const ordered = data.examples.flatMap(({ id }): Outcome[] => (byId.has(id) ? [byId.get(id)!] : []));
  const scores = await readScores(folder);
  const who = manifest.source.kind === "model" ? await describePlugged(manifest) : undefined;
  return {
    label,
    name,
    ...(who !== undefined && { who }),
    manifest: withoutPlaces(manifest),
    outcomes: renameFiles(ordered, [dataFolder, manifest.data.folder]),
    ...(scores && { scores }),
    ...(tryPage && { tryPage }),
  };
}

async function describePlugged(manifest: ReportedRun["manifest"]): Promise<string | undefined> {
  const { describePlugged } = await import("./sections/runs.js"); // the families are loaded only for this
  return describePlugged(manifest);
}
