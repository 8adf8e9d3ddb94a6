import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import {
  type ClipCompareOptions,
  type ClipResources,
  type MeteorResources,
  type MetricDefinition,
  type MetricOptions,
  SimvlmError,
  type SpiceResources,
} from "@simvlm/metrics";
import { withPackages } from "../optional-packages.js";
import { type ClipChoice, findClip } from "./clip/find-clip.js";
import { measureFolder, metricCacheFolder } from "./folder.js";
import { type MeteorChoice, meteorFile, readMeteorFile } from "./meteor/stored.js";
import { readSpiceProgram } from "./spice/installed.js";
import type { ProgramOptions } from "./spice/judge-captions.js";

/** Which of the installed data, and which models, are used. */
export interface TableChoice extends ClipChoice {
  /** Whether METEOR looks at paraphrases; default true. */
  readonly paraphrases?: boolean | undefined;
  /** Is told how many steps there will be of what takes long; what it returns, how many more are done. */
  readonly onStart?: ClipCompareOptions["onStart"];
  /** How SPICE's program works. */
  readonly program?: ProgramOptions | undefined;
}

/** Where a metric's table comes from. */
interface Supply {
  /** Gives data that are read, or a program or model that the metric asks about its examples when it prepares. */
  readonly read: (choice: TableChoice) => Promise<unknown>;
  /** Whether `simvlm metrics install` keeps it. */
  readonly isInstalled: boolean;
  /** What the folder is called in which it keeps what it has found out, see {@link metricCacheFolder}. */
  readonly cache?: string;
}

/** The tables by the names of the metrics that need them. */
const SUPPLIES: Readonly<Record<string, Supply>> = {
  meteor: { read: readMeteor, isInstalled: true },
  spice: { read: readSpice, isInstalled: true, cache: "spice" },
  clipscore: { read: readClip, isInstalled: false, cache: "clip" },
  refclipscore: { read: readClip, isInstalled: false, cache: "clip" },
};

/** Whether a metric needs data or a model that do not come with this program. */
export function needsSupply({ name, needs = [] }: MetricDefinition): boolean {
  return needs.includes("tables") && Object.hasOwn(SUPPLIES, name);
}

/** Whether a metric needs data that `simvlm metrics install` keeps. */
export function needsInstalledData(metric: MetricDefinition): boolean {
  return needsSupply(metric) && SUPPLIES[metric.name]!.isInstalled;
}

/** What a metric keeps to be found the next time. */
export interface Kept {
  /** It may be removed at any time. */
  readonly folder: string;
  readonly bytes: number;
}

/** What a metric has kept; undefined where that is nothing. */
export async function findKept({ name }: MetricDefinition): Promise<Kept | undefined> {
  const cache = Object.hasOwn(SUPPLIES, name) ? SUPPLIES[name]!.cache : undefined;
  if (cache === undefined) return undefined;
  const folder = metricCacheFolder(cache);
  const bytes = await measureFolder(folder);
  return bytes === 0 ? undefined : { folder, bytes };
}

/**
 * The tables that metrics need; undefined where none does.
 * @throws SimvlmError `no-meteor-data`, `no-spice-data`, `no-java` and `no-clip` where they are not there, and what reading them throws
 */
export async function supplyTables(
  metrics: readonly MetricDefinition[],
  choice: TableChoice = {},
): Promise<MetricOptions["tables"]> {
  const names = metrics.filter(needsSupply).map(({ name }) => name);
  if (names.length === 0) return undefined;
  const tables = names.map(async (name) => [name, await SUPPLIES[name]!.read(choice)] as const);
  return Object.fromEntries(await Promise.all(tables));
}

/** The data that were read last: several runs are scored by the same. */
let last: { readonly key: string; readonly resources: Promise<MeteorResources> } | undefined;

/**
 * What METEOR knows of English, as `simvlm metrics install meteor` has installed it.
 * @throws SimvlmError `no-meteor-data`, `broken-meteor-data`, `unreadable-file`, `no-home`
 */
export async function readMeteor(choice: MeteorChoice = {}): Promise<MeteorResources> {
  const file = meteorFile();
  const found = await stat(file).catch(() => undefined);
  if (!found) throw notInstalled(file);
  const key = JSON.stringify([file, found.mtimeMs, found.size, found.ino, choice.paraphrases !== false]);
  if (last?.key !== key) {
    const resources = readMeteorFile(file, choice);
    last = { key, resources };
    resources.catch(() => {
      if (last?.resources === resources) last = undefined;
    });
  }
  return last.resources;
}

/**
 * SPICE's program, as `simvlm metrics install spice` has installed it; what it says of captions is kept below the user's
 * cache folder.
 * @throws SimvlmError what {@link readSpiceProgram} throws
 */
export async function readSpice({ program: options }: TableChoice = {}): Promise<SpiceResources> {
  const program = await readSpiceProgram();
  return {
    name: program.name,
    async judge(questions, names) {
      const { judgeCaptions } = await import("./spice/judge-captions.js"); // it is rarely needed
      return judgeCaptions(program, questions, names, options);
    },
  };
}

/** The CLIP that was opened last, with what it was asked for as. */
let opened: { readonly key: string; readonly clip: Promise<ClipResources> } | undefined;

/**
 * A CLIP for CLIPScore and RefCLIPScore; what it makes of pictures and texts is kept below the user's cache folder.
 * @throws SimvlmError `no-clip`, `no-checkpoint`, and what reading the model throws
 */
export async function readClip(choice: TableChoice = {}): Promise<ClipResources> {
  const folder = await findClip(choice);
  const { openClipMetric } = await withPackages(import("./clip/clip-metric.js")); // the engine is loaded only for this
  const key = JSON.stringify([folder, await describeFiles(folder), metricCacheFolder("clip")]);
  if (opened?.key !== key) {
    const clip = openClipMetric(folder);
    opened = { key, clip };
    clip.catch(() => {
      if (opened?.clip === clip) opened = undefined;
    });
  }
  const clip = await opened.clip;
  const { onStart } = choice;
  return { ...clip, compare: (examples, options) => clip.compare(examples, { onStart, ...options }) };
}

/** What tells whether any of a folder's files was changed. */
async function describeFiles(folder: string): Promise<unknown[]> {
  const names = (await readdir(folder)).sort();
  return Promise.all(
    names.map(async (name) => {
      const { mtimeMs, size, ino } = await stat(join(folder, name));
      return [name, mtimeMs, size, ino];
    }),
  );
}

function notInstalled(file: string): SimvlmError {
  return new SimvlmError(
    "no-meteor-data",
    `METEOR needs synonyms and paraphrases that do not come with this program, and ${file} is not there. \`pip download pycocoevalcap==1.2\` fetches them; \`simvlm metrics install meteor\` takes them from the wheel, or from an installed pycocoevalcap.`,
  );
}
