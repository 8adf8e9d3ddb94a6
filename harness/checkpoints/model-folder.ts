import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { homeFolder } from "../files/home.js";
import { FILES } from "./checkpoint.js";
import { WEIGHT_FILES } from "./open-stored-weights.js";
import { exists } from "./replace-folder.js";

/*
 * The cache of the Hugging Face client (https://huggingface.co/docs/huggingface_hub/guides/manage-cache): a folder
 * `models--ORGANISATION--NAME` has the files by content in `blobs`, links to them by revision in `snapshots`, and in
 * `refs` what revision a branch or tag is.
 */

/** Variables of the environment, as `process.env` has them. */
type Environment = Readonly<Record<string, string | undefined>>;

/** `organisation/name@revision`; the first and the last may be missing. */
const ID = /^(?:(?<owner>\w(?:[\w.-]*\w)?)\/)?(?<name>\w(?:[\w.-]*\w)?)(?:@(?<revision>\w[\w./+-]*))?$/;
/** How many letters each part of an id may have. */
const LONGEST_PART = 96;
/** In bytes: a commit's hash has 40 letters. */
const LONGEST_REFERENCE = 100;

/** A model on the hub. */
export interface ModelId {
  readonly repository: string;
  readonly revision: string | undefined;
}

/**
 * The folder of a model: a folder itself, the snapshot in a folder of the Hugging Face client's cache, or that of a
 * model called `organisation/name` or `organisation/name@revision` in the cache of this machine. A folder goes before
 * the cache. Nothing is downloaded.
 * @param env says where the cache is, by the client's variables HF_HUB_CACHE, HF_HOME and XDG_CACHE_HOME
 * @param weights what a snapshot that has its weights has one of
 * @throws SimvlmError `no-checkpoint` saying where it was looked for
 */
export async function resolveModelFolder(
  nameOrPath: string,
  env: Environment = process.env,
  weights: readonly string[] = WEIGHT_FILES,
): Promise<string> {
  const found = await stat(nameOrPath).catch(() => undefined);
  if (found?.isDirectory()) {
    if (await isComplete(nameOrPath, [])) return nameOrPath;
    if (await exists(join(nameOrPath, "snapshots"))) return requireSnapshot(nameOrPath, idOf(nameOrPath), weights);
  }
  const id = parseModelId(nameOrPath);
  const cache = findCache(env);
  if (id) {
    const cached = join(cache, `models--${id.repository.replace("/", "--")}`);
    if (await exists(cached)) return requireSnapshot(cached, id, weights);
  }
  if (found?.isDirectory()) return nameOrPath; // whoever reads it tells what is missing
  const what = found ? `${nameOrPath} is a file and no checkpoint` : `There is no checkpoint ${nameOrPath}`;
  const where = id
    ? `there is no such folder, and no model of that name in the cache ${cache}. ${howToDownload(id)}`
    : `a checkpoint is a folder with ${FILES.config} and its weights, or a model of the Hugging Face cache by its name, organisation/name.`;
  throw new SimvlmError("no-checkpoint", `${what}: ${where}`);
}

/** The id that a name is; undefined for anything else, and for what could lead out of the cache. */
export function parseModelId(name: string): ModelId | undefined {
  const { owner, name: model = "", revision } = ID.exec(name)?.groups ?? {};
  const parts = owner === undefined ? [model] : [owner, model];
  const repository = parts.join("/");
  const isOne = parts.every((part) => part !== "" && part.length <= LONGEST_PART) && !/--|\.\.|\.git$/.test(repository);
  return isOne && !/\.\./.test(revision ?? "") ? { repository, revision } : undefined;
}

/** Where the client keeps its cache, in its own order (huggingface_hub/constants.py). */
function findCache(env: Environment): string {
  const expand = (path: string) =>
    path
      .replace(/^~(?=\/|$)/, () => homeFolder(env))
      .replace(/\$(\w+)|\$\{(\w+)\}/g, (variable, name, braced) => env[name ?? braced] ?? variable);
  const own = env.HF_HUB_CACHE || env.HUGGINGFACE_HUB_CACHE;
  if (own) return expand(own);
  return join(expand(env.HF_HOME || join(env.XDG_CACHE_HOME || join(homeFolder(env), ".cache"), "huggingface")), "hub");
}

/** @param folder of the cache: `models--organisation--name` */
async function requireSnapshot(folder: string, id: ModelId, weights: readonly string[]): Promise<string> {
  const { revision } = id;
  const snapshots = join(folder, "snapshots");
  const commit = await readReference(folder, revision ?? "main");
  // A revision may also be what the references name: the hash of a commit.
  const wanted = [commit, revision].find((name) => name !== undefined && !name.includes("/"));
  const named = wanted === undefined ? undefined : join(snapshots, wanted);
  const there = named !== undefined && (await exists(named)) ? named : undefined;
  // Whoever asks for the config alone moves `main` on, to a snapshot that has nothing else.
  const isSettled = revision !== undefined || (there !== undefined && (await isComplete(there, weights)));
  const found = isSettled ? there : ((await findNewest(snapshots, weights)) ?? there);
  if (found !== undefined) return found;
  const missing = revision === undefined ? "complete snapshot" : `revision ${revision}`;
  throw new SimvlmError("no-checkpoint", `${folder} has no ${missing}. ${howToDownload(id)}`);
}

/** The commit that a branch or tag is; undefined where the cache does not know, or has something else there. */
async function readReference(folder: string, reference: string): Promise<string | undefined> {
  const path = join(folder, "refs", reference);
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile() || found.size > LONGEST_REFERENCE) return undefined;
  const commit = (await readFile(path, "latin1")).trim();
  return /^\w{1,64}$/.test(commit) ? commit : undefined;
}

async function findNewest(snapshots: string, weights: readonly string[]): Promise<string | undefined> {
  const names = await readdir(snapshots).catch(() => []);
  const complete: { folder: string; time: number }[] = [];
  for (const folder of names.sort().map((name) => join(snapshots, name))) {
    if (await isComplete(folder, weights)) complete.push({ folder, time: (await stat(folder)).mtimeMs });
  }
  return complete.sort((a, b) => b.time - a.time)[0]?.folder;
}

/** Whether a folder has a config and one of these files. A link to nowhere counts as missing. */
async function isComplete(folder: string, anyOf: readonly string[]): Promise<boolean> {
  if (!(await exists(join(folder, FILES.config)))) return false;
  const found = await Promise.all(anyOf.map((name) => exists(join(folder, name))));
  return found.length === 0 || found.includes(true);
}

function howToDownload({ repository, revision }: ModelId): string {
  return `Download it with: hf download ${repository}${revision === undefined ? "" : ` --revision ${revision}`}`;
}

/** The model that a folder of the cache is of. */
function idOf(folder: string): ModelId {
  return {
    repository: basename(folder)
      .replace(/^models--/, "")
      .replace("--", "/"),
    revision: undefined,
  };
}
