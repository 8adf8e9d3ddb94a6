import { findMetric, type MetricDefinition, SimvlmError } from "@simvlm/metrics";
import { hideHome } from "../files/home.js";
import type { InstalledMeteor, InstallOptions } from "../metric-data/meteor/install.js";
import { findPythonPackage } from "../metric-data/python-packages.js";
import { needsInstalledData, supplyTables, type TableChoice } from "../metric-data/supply-tables.js";
import { readManifest } from "../runs/manifest.js";
import { tell } from "../terminal/streams.js";

/** The Python package that brings METEOR. */
const PACKAGE = "pycocoevalcap";
/** What a progress bar counts. */
const MEGABYTE = 1e6;

/** `installMeteor`, with its progress on standard error. */
export async function installWithProgress(from: string, options: InstallOptions = {}): Promise<InstalledMeteor> {
  const { installMeteor } = await import("../metric-data/meteor/install.js"); // it is rarely needed
  const { withProgress } = await import("../terminal/progress.js");
  return withProgress("reading paraphrases (MB)", (onStart) =>
    installMeteor(from, { ...options, onStart: (bytes) => countMegabytes(onStart(Math.ceil(bytes / MEGABYTE))) }),
  );
}

function countMegabytes(tick: (steps: number) => void): (bytes: number) => void {
  let done = 0;
  return (bytes) => {
    const before = Math.ceil(done / MEGABYTE);
    done += bytes;
    const steps = Math.ceil(done / MEGABYTE) - before;
    if (steps > 0) tick(steps);
  };
}

/**
 * Sees to it, before a command's work, that the data and models of its metrics are there: METEOR's data are taken from
 * the Python environment at hand, where it has them.
 * @throws SimvlmError `no-meteor-data`, `no-clip`, `no-checkpoint`, and what reading the data throws
 */
export async function requireMetricData(metrics: readonly MetricDefinition[], choice?: TableChoice): Promise<void> {
  try {
    await supplyTables(metrics, choice);
  } catch (error) {
    if (!(error instanceof SimvlmError) || error.code !== "no-meteor-data") throw error;
    const package_ = await findPythonPackage(PACKAGE);
    if (package_ === undefined) throw error;
    tell(`simvlm: note: METEOR's data are taken from ${hideHome(package_)}`);
    const { file, name } = await installWithProgress(package_);
    tell(`simvlm: note: METEOR's data (${name}) are kept in ${hideHome(file)} from now on`);
  }
}

/** {@link requireMetricData} of the metrics that runs were scored with; what cannot be found is left to what scores them. */
export async function findMetricData(runs: readonly string[], names?: readonly string[]): Promise<void> {
  const titles = names ?? (await Promise.all(runs.map(listScored))).flat();
  const metrics = new Set(titles.flatMap((title) => findMetric(title) ?? []));
  await requireMetricData([...metrics].filter(needsInstalledData)).catch((error: unknown) => {
    if (!(error instanceof SimvlmError)) throw error;
  });
}

async function listScored(run: string): Promise<string[]> {
  const manifest = await readManifest(run).catch(() => undefined);
  return Object.keys(manifest?.metricSignatures ?? {});
}
