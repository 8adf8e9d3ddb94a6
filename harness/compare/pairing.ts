import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { hashFile } from "../files/hash.js";
import type { Manifest } from "../runs/manifest.js";
import type { LoadedRun } from "./load.js";

const LISTED = 10;

/**
 * Whether runs can be compared example by example: one task, the same data, the same ids.
 * @throws SimvlmError `other-task`, `other-data`, `other-prompt`, `not-aligned`
 */
export function requirePaired([first, ...others]: readonly LoadedRun[]): void {
  for (const other of others) {
    requireSameTask(first!, other);
    requireSameData(first!, other);
    requireSamePrompt(first!, other);
    requireSameIds(first!, other);
  }
}

function requireSameTask(first: LoadedRun, other: LoadedRun): void {
  const [task, otherTask] = [first.manifest.task, other.manifest.task];
  if (task === otherTask) return;
  throw new SimvlmError(
    "other-task",
    `${first.folder} is a run of the task ${task}, ${other.folder} of ${otherTask}: compare runs of one task.`,
  );
}

function requireSameData(first: LoadedRun, other: LoadedRun): void {
  const differing = findOtherFiles(first.manifest.data, other.manifest.data);
  if (differing.length === 0) return;
  throw new SimvlmError(
    "other-data",
    `${first.folder} and ${other.folder} were made of other data: ${differing.join("; ")}. ` +
      "Compare runs of the same files, or run one of them again.",
  );
}

/** The files that hold the examples, the references, and those of one name, where their contents differ. */
function findOtherFiles(first: Manifest["data"], other: Manifest["data"]): string[] {
  const hashesOf = ({ files }: Manifest["data"]) => new Map(files.map(({ path, sha256 }) => [path, sha256]));
  const [hashes, others] = [hashesOf(first), hashesOf(other)];
  const pairs: (readonly [string | undefined, string | undefined])[] = [
    [first.files[0]?.path, other.files[0]?.path],
    [first.references, other.references],
    ...first.files.filter(({ path }) => others.has(path)).map(({ path }) => [path, path] as const),
  ];
  const differing = pairs.filter(([path, twin]) => hashes.get(path ?? "") !== others.get(twin ?? ""));
  const named = differing.map(([path = "no file", twin = "no file"]) =>
    path === twin ? `${path} has another SHA-256` : `${path} against ${twin}`,
  );
  return [...new Set(named)];
}

/** Of texts to be completed: where the beginnings differ, so do the rests they are scored against. */
function requireSamePrompt(first: LoadedRun, other: LoadedRun): void {
  if (first.manifest.task !== "complete") return;
  const [prompt, otherPrompt] = [first, other].map(({ manifest }) => manifest.settings.prompt);
  if (prompt === otherPrompt) return;
  const name = (text: string | undefined) => (text === undefined ? "the captions' own beginnings" : `"${text}"`);
  throw new SimvlmError(
    "other-prompt",
    `${first.folder} completes ${name(prompt)}, ${other.folder} ${name(otherPrompt)}: compare completions of the same beginnings.`,
  );
}

function requireSameIds(first: LoadedRun, other: LoadedRun): void {
  const onlyIn = (one: LoadedRun, two: LoadedRun) =>
    [...one.predictions.keys()].filter((id) => !two.predictions.has(id));
  const [onlyFirst, onlyOther] = [onlyIn(first, other), onlyIn(other, first)];
  if (onlyFirst.length + onlyOther.length === 0) return;
  const parts = [
    [first.folder, onlyFirst],
    [other.folder, onlyOther],
  ] as const;
  const listed = parts.flatMap(([folder, ids]) =>
    ids.length === 0 ? [] : [`only ${folder} has a prediction for ${listFirst(ids)}`],
  );
  throw new SimvlmError(
    "not-aligned",
    `The runs are not of the same examples: ${listed.join("; ")}. ` +
      "Finish both (the same command tries failed examples again), with the same --limit.",
  );
}

function listFirst(ids: readonly string[]): string {
  const shown = ids.slice(0, LISTED).join(", ");
  return ids.length > LISTED ? `${shown}, … (${ids.length} in all)` : shown;
}

/**
 * Whether the data files are still what a run was made of.
 * @throws SimvlmError `changed-data`, `unreadable-file`
 */
export async function requireUnchanged({ folder, manifest }: LoadedRun, dataFolder: string): Promise<void> {
  const changed: string[] = [];
  for (const { path, sha256 } of manifest.data.files) {
    const file = join(dataFolder, path);
    const found = await hashFile(file).catch((cause: NodeJS.ErrnoException) => {
      throw new SimvlmError("unreadable-file", `${file} cannot be read: ${cause.message}`, { cause });
    });
    if (found !== sha256) changed.push(path);
  }
  if (changed.length === 0) return;
  throw new SimvlmError(
    "changed-data",
    `${changed.join(", ")} in ${dataFolder} is not what ${folder} was made of: name the folder of its data with --data.`,
  );
}
