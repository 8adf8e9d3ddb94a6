import { stat } from "node:fs/promises";
import { type MeteorResources, type MetricDefinition, type MetricOptions, SimvlmError } from "@simvlm/metrics";
import { type MeteorChoice, meteorFile, readMeteorFile } from "./meteor/stored.js";

/** Which of the installed data are used. */
export interface TableChoice {
  /** Whether METEOR looks at paraphrases; default true. */
  readonly paraphrases?: boolean | undefined;
}

/** What reads the table that a metric of this name needs. */
const READERS: Readonly<Record<string, (choice: TableChoice) => Promise<unknown>>> = { meteor: readMeteor };

/** Whether a metric needs data that are installed apart from this program. */
export function needsInstalledData({ name, needs = [] }: MetricDefinition): boolean {
  return needs.includes("tables") && Object.hasOwn(READERS, name);
}

/**
 * The tables that metrics need; undefined where none does.
 * @throws SimvlmError `no-meteor-data` where they are not installed, `broken-meteor-data`
 */
export async function supplyTables(
  metrics: readonly MetricDefinition[],
  choice: TableChoice = {},
): Promise<MetricOptions["tables"]> {
  const names = metrics.filter(needsInstalledData).map(({ name }) => name);
  if (names.length === 0) return undefined;
  const tables = names.map(async (name) => [name, await READERS[name]!(choice)] as const);
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

function notInstalled(file: string): SimvlmError {
  return new SimvlmError(
    "no-meteor-data",
    `METEOR needs synonyms and paraphrases that do not come with this program, and ${file} is not there. \`pip download pycocoevalcap==1.2\` fetches them; \`simvlm metrics install meteor\` takes them from the wheel, or from an installed pycocoevalcap.`,
  );
}
