import { rm } from "node:fs/promises";
import { findMetric, type MetricDefinition, SimvlmError } from "@simvlm/metrics";
import { makeTemporaryFolder } from "../files/folders.js";
import { hideHome } from "../files/home.js";
import type { InstalledMeteor, InstallOptions } from "../metric-data/meteor/install.js";
import { findPythonPackage } from "../metric-data/python-packages.js";
import type { InstalledSpice } from "../metric-data/spice/install.js";
import type { ProgramOptions } from "../metric-data/spice/judge-captions.js";
import { needsInstalledData, needsSupply, supplyTables, type TableChoice } from "../metric-data/supply-tables.js";
import { readManifest } from "../runs/manifest.js";
import { formatCount } from "../terminal/numbers.js";
import { tell } from "../terminal/streams.js";
import type { SpiceSettings } from "./spice-option.js";
import { withStopSignals } from "./stop-signals.js";

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

/** `installSpice`, with its progress on standard error. @param how `maven`: have Maven fetch what is lacking, first */
export async function installSpiceWithProgress(
  from: string,
  how: { readonly folders?: readonly string[] | undefined; readonly maven?: boolean | undefined } = {},
): Promise<InstalledSpice> {
  const { installSpice } = await import("../metric-data/spice/install.js"); // it is rarely needed
  const { withProgress } = await import("../terminal/progress.js");
  const install = (folders: readonly string[]) =>
    withProgress("copying jars (MB)", (onStart) =>
      installSpice(from, { folders, onStart: (bytes) => countMegabytes(onStart(Math.ceil(bytes / MEGABYTE))) }),
    );
  const { folders = [], maven } = how;
  if (!maven) return install(folders);
  const { fetchByMaven } = await import("../metric-data/spice/maven.js");
  const fetched = await makeTemporaryFolder("maven");
  try {
    tell("simvlm: note: Maven fetches Stanford CoreNLP (385 MB where it has not been fetched before)");
    await withStopSignals(({ signal, listen }) => {
      listen();
      return fetchByMaven(fetched, signal);
    });
    return await install([...folders, fetched]);
  } finally {
    await rm(fetched, { recursive: true, force: true });
  }
}

/** What takes data from an installed pycocoevalcap, by the code of the error that they are not installed. */
const FROM_PACKAGE: Readonly<
  Record<
    string,
    { readonly whose: string; install(from: string): Promise<{ readonly name: string; readonly place: string }> }
  >
> = {
  "no-meteor-data": {
    whose: "METEOR's data",
    async install(from) {
      const { name, file } = await installWithProgress(from);
      return { name, place: file };
    },
  },
  "no-spice-data": {
    whose: "SPICE's jars",
    async install(from) {
      const { name, folder } = await installSpiceWithProgress(from);
      return { name, place: folder };
    },
  },
};

/**
 * Sees to it, before a command's work, that the data, models and programs of its metrics are there: what can be installed
 * and is not is taken from the Python environment at hand, where it has it.
 * @throws SimvlmError `no-meteor-data`, `no-spice-data`, `no-java`, `no-clip`, `no-checkpoint`, and what reading them throws
 */
export async function requireMetricData(metrics: readonly MetricDefinition[], choice?: TableChoice): Promise<void> {
  for (const metric of metrics.filter(needsSupply)) {
    try {
      await supplyTables([metric], choice);
    } catch (error) {
      const found = error instanceof SimvlmError ? FROM_PACKAGE[error.code] : undefined;
      const package_ = found && (await findPythonPackage(PACKAGE));
      if (package_ === undefined) throw error;
      const { whose, install } = found!;
      tell(`simvlm: note: ${whose} are taken from ${hideHome(package_)}`);
      const { name, place } = await install(package_);
      tell(`simvlm: note: ${whose} (${name}) are kept in ${hideHome(place)} from now on`);
      await supplyTables([metric], choice);
    }
  }
}

/**
 * Does what may have a metric's program work, with its progress on standard error. A signal that stops the command stops
 * the program; then the command ends as the signal would have ended it.
 * @param settings what `--spice` says
 */
export async function withMetricPrograms<T>(
  settings: SpiceSettings | undefined,
  work: (program: ProgramOptions) => Promise<T>,
): Promise<T> {
  const { withProgress } = await import("../terminal/progress.js"); // its library is loaded only where it is needed
  return withStopSignals(({ signal, listen }) =>
    withProgress("parsing captions for SPICE", (onStart) =>
      work({
        ...settings,
        signal,
        onStart(examples) {
          listen(); // without a program, signals end the command as ever
          if (examples > 0) {
            const some = formatCount(examples);
            tell(`simvlm: note: captions that SPICE's program has not judged before: ${some}; that takes minutes`);
          }
          return onStart(examples);
        },
      }),
    ),
  );
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
