import { SimvlmError } from "@simvlm/metrics";
import { fileInside } from "../files/inside.js";
import { listIds } from "../formats/ids.js";
import type { DataFolder } from "../runs/data-folder.js";
import type { Manifest } from "../runs/manifest.js";
import { examplesById } from "../tasks/examples-by-id.js";
import type { Task, TaskData } from "../tasks/task.js";
import { noteFailures } from "./failure-notes.js";
import type { LoadedRun } from "./load-runs.js";
import type { ScoredRun } from "./measure.js";
import { notePretraining } from "./model-notes.js";

const LISTED = 10;

/**
 * Whether runs can be compared example by example: one task, the same data, the same ids.
 * @throws SimvlmError `other-task`, `other-data`, `other-prompt`, `not-aligned`
 */
export function requirePaired([first, ...others]: readonly LoadedRun[], task: Task): void {
  for (const other of others) {
    requireSameTask(first!, other);
    requireSameData(first!, other);
    requireSameSettings(first!, other, task);
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
    `${first.folder} and ${other.folder} were made from different data: ${differing.join("; ")}. ` +
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
    path === twin ? `${path} has a different SHA-256` : `${path} against ${twin}`,
  );
  return [...new Set(named)];
}

/** Where the beginnings of texts differ, so do the rests they are scored against. */
function requireSameSettings(first: LoadedRun, other: LoadedRun, { name, sharedSettings = [] }: Task): void {
  for (const setting of sharedSettings) {
    const [own, others] = [first, other].map(({ manifest }) => manifest.settings[setting]);
    if (own === others) continue;
    const tell = (value: unknown) => (value === undefined ? "none" : JSON.stringify(value));
    throw new SimvlmError(
      `other-${setting}`,
      `The ${setting} of ${first.folder} is ${tell(own)}, that of ${other.folder} ${tell(others)}: runs of the task ${name} can be compared only if it is the same.`,
    );
  }
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
    ids.length === 0 ? [] : [`only ${folder} has a prediction for ${listIds(ids, LISTED)}`],
  );
  throw new SimvlmError(
    "not-aligned",
    `The runs are not of the same examples: ${listed.join("; ")}. ` +
      "Finish both (the same command tries failed examples again), and limit both to the same number of examples, or neither.",
  );
}

/**
 * Whether the data files are still what a run was made of.
 * @throws SimvlmError `changed-data`, `unreadable-file`
 */
export async function requireUnchanged({ folder, manifest }: LoadedRun, data: DataFolder): Promise<void> {
  const changed: string[] = [];
  for (const { path, sha256 } of manifest.data.files) {
    if ((await data.hash(fileInside(data.path, path, "the manifest", data.path))) !== sha256) changed.push(path);
  }
  if (changed.length === 0) return;
  throw new SimvlmError(
    "changed-data",
    `${changed.join(", ")} in ${data.path} is not what ${folder} was made from: say where its data are.`,
  );
}

/** @throws SimvlmError `changed-run` where a run has predictions for examples that its data have not */
export function requireKnown({ folder, predictions }: LoadedRun, { examples, ignored = [] }: TaskData): void {
  const [known, others] = [examplesById({ examples }), new Set(ignored)];
  const unknown = [...predictions.keys()].filter((id) => !known.has(id) && !others.has(id));
  if (unknown.length === 0) return;
  throw new SimvlmError(
    "changed-run",
    `${folder} has predictions for ${listIds(unknown)}, which are not in its data: check it with \`simvlm verify\`.`,
  );
}

/** What one must know to read the numbers of a comparison, a sentence each. */
export function collectNotes(scored: readonly ScoredRun[], runs: readonly LoadedRun[], data: TaskData): string[] {
  const compared = runs[0]!.predictions.size;
  const limited = runs.filter(({ manifest }) => !manifest.comparable).map(({ label }) => label);
  const versions = new Set(runs.map(({ manifest }) => manifest.code.version));
  const swapped = runs.filter(({ manifest }) => manifest.settings.swapImages).map(({ label }) => label);
  const warnings = scored.flatMap(({ run, scored }) => scored.warnings.map((warning) => `${run.label}: ${warning}`));
  return [
    ...runs.flatMap(({ label, outcomes }) => noteFailures(label, outcomes)),
    ...(limited.length > 0
      ? [`Made from the first examples only, not comparable with complete runs: ${limited.join(", ")}.`]
      : []),
    ...(compared < data.examples.length
      ? [
          `Only ${compared} of ${data.examples.length} examples have a prediction; the others are left out of every run.`,
        ]
      : []),
    ...(swapped.length > 0 ? [`Shown pictures other than the examples' own: ${swapped.join(", ")}.`] : []),
    ...(versions.size > 1 ? [`Made by different versions: ${[...versions].join(", ")}.`] : []),
    ...notePretraining(
      runs,
      data.examples.map(({ groups }) => groups?.domain),
    ),
    ...(scored.length === 0 ? ["There is no text to score against."] : []),
    ...runs.flatMap(({ label, notes }) => notes.map((note) => `${label}: ${note}.`)),
    ...warnings,
  ];
}
