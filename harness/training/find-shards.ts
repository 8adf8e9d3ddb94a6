import { existsSync, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { listIds } from "../formats/ids.js";
import { isBucketFolder, isBucketPattern, listBucket } from "../network/list-bucket.js";
import { isRemote, parseRemoteAddress } from "../network/remote-address.js";
import { RemoteFiles, type RemoteOptions } from "../network/remote-files.js";
import { expandBraces } from "./brace-names.js";

/** The shards that a name stands for. */
export interface FoundShards {
  /** Paths, in the order of their names; of files on servers what may be written down of their addresses. */
  readonly shards: string[];
  /** Those that are files on servers. */
  readonly remote?: RemoteFiles | undefined;
  /** What they are, for people: `img2dataset's tars`. */
  readonly what: string;
}

/** Shards of one kind, by their files' names. */
interface Kind {
  readonly what: string;
  readonly name: RegExp;
  /** How such a name looks. */
  readonly example: string;
}

const HELD_OUT = "(?!.*(?:^|[^a-z])(?:val|valid|validation|dev|test)(?:[^a-z]|$))";

/** The first kind that a folder has is read: what stands beside tars only describes them. */
const PAIRS: readonly Kind[] = [
  { what: "tars of a training split", name: /^train-.*\.(?:tar|tar\.gz|tgz)$/, example: "train-*.tar" },
  { what: "img2dataset's tars", name: /^\d+\.(?:tar|tar\.gz|tgz)$/, example: "00000.tar" },
  { what: "tars", name: new RegExp(`^(?!\\.)${HELD_OUT}.*\\.(?:tar|tar\\.gz|tgz)$`, "i"), example: "NAME.tar" },
  { what: "Parquet of a training split", name: /^train-.*\.parquet$/, example: "train-00000-of-00001.parquet" },
  { what: "Parquet", name: new RegExp(`^(?!\\.)${HELD_OUT}.*\\.parquet$`, "i"), example: "NAME.parquet" },
];

const VALIDATION: readonly Kind[] = [
  { what: "tars of a validation split", name: /^val-.*\.(?:tar|tar\.gz|tgz)$/, example: "val-00000.tar" },
];

const DOCUMENTS: readonly Kind[] = [
  {
    what: "documents of a training split",
    name: /^train-.*\.jsonl?(?:\.gz)?$/,
    example: "train-*.json.gz, train-*.jsonl",
  },
  { what: "C4's documents", name: /^c4-train\..*\.json(?:\.gz)?$/, example: "c4-train.00000-of-01024.json.gz" },
  {
    what: "documents of the multilingual C4",
    name: /^c4-[a-z-]{2,8}\.tfrecord-.*\.json(?:\.gz)?$/i,
    example: "c4-de.tfrecord-00000-of-01024.json.gz",
  },
  { what: "Parquet of a training split", name: /^train-.*\.parquet$/, example: "train-*.parquet" },
];

/** Where the hub and its tools put the files of a data set. */
const SUBFOLDERS = ["data", "train", join("default", "train")];

/**
 * The shards of image-text pairs.
 * @param from a folder, a shard, or many with their numbers in braces, as WebDataset has it: `laion/{00000..00012}.tar`;
 *   tars may lie on servers, `s3://bucket/laion/{00000..00012}.tar` or `https://…`; of a bucket, also `s3://bucket/laion/`
 *   and `s3://bucket/laion/*.tar`
 * @param options how those are read
 * @throws SimvlmError `missing-file`, `no-shards`, `bad-pattern`, `bad-address`, and what listing a bucket throws
 */
export async function findPairs(from: string, options: RemoteOptions = {}): Promise<FoundShards> {
  const foreign = from.split("::").find((each) => /^[a-z][a-z\d+.-]+:\/\//i.test(each) && !isRemote(each));
  if (foreign !== undefined && !existsSync(from)) {
    throw new SimvlmError(
      "bad-address",
      `${foreign.replace(/:\/\/.*$/s, "://")} cannot be read from: it takes s3:// and https://. Name files there, or a folder.`,
    );
  }
  const patterns = isRemotePattern(from) ? expandBraces(from) : [];
  if (patterns.length === 0) return findShards(from, PAIRS);
  const names: string[] = [];
  for (const pattern of patterns) names.push(...(await listRemote(pattern, options)));
  const [servers, files] = [names.filter(isRemote), names.filter((name) => !isRemote(name))];
  requireThere(files);
  requireTars(servers);
  const shards = names.map((name) => (isRemote(name) ? parseRemoteAddress(name).name : name));
  return { shards, what: "by address", remote: RemoteFiles.at(servers, options) };
}

/** Whether some of the names that are meant are addresses. */
const isRemotePattern = (from: string): boolean => from.split("::").some(isRemote) && !existsSync(from);

/** The names that a name stands for: a folder of a bucket and a star are looked up there, all others stand for themselves. */
async function listRemote(pattern: string, options: RemoteOptions): Promise<string[]> {
  if (isBucketPattern(pattern)) return listBucket(pattern, options);
  if (/^https?:[^?#]*\*/i.test(pattern)) {
    throw new SimvlmError(
      "bad-address",
      `${pattern} has a star: only the buckets of s3:// can be asked what they have. Name the shards, such as {00000..00012}.tar.`,
    );
  }
  if (!isBucketFolder(pattern)) return [pattern];
  const names = await listBucket(pattern, options);
  const tars = PAIRS.filter(({ name }) => !name.source.includes("parquet"));
  for (const { name } of tars) {
    const found = names.filter((each) => name.test(basename(each)));
    if (found.length > 0) return found;
  }
  const looked = tars.map(({ example }) => example).join(", ");
  throw new SimvlmError(
    "no-shards",
    `${pattern} has no ${looked}; found ${listIds(names.map((each) => basename(each)))}.`,
  );
}

/** What is read from a server comes once, from the first byte to the last: Parquet would have to be read from its end. */
function requireTars(addresses: readonly string[]): void {
  const other = addresses
    .map((each) => parseRemoteAddress(each))
    .find(({ url }) => /\/$|\.parquet$/i.test(url.pathname));
  if (!other) return;
  const what = other.url.pathname.endsWith("/") ? "a folder" : "Parquet";
  throw new SimvlmError(
    "bad-address",
    `${other.name} is ${what}: from servers only tars are read, each by its name. Name them, such as s3://bucket/laion/{00000..00012}.tar, or download them first.`,
  );
}

/** Shards of pairs that are held out; none where there are none. */
export async function findValidationPairs(from: string): Promise<string[]> {
  if (!isFolder(from)) return [];
  return (await findInFolder(from, VALIDATION))?.shards ?? [];
}

/**
 * The files of text-only documents.
 * @param from a folder, a file, or many with their numbers in braces
 * @throws SimvlmError `missing-file`, `no-shards`, `bad-pattern`, `bad-address`
 */
export async function findDocuments(from: string): Promise<FoundShards> {
  if (isRemotePattern(from))
    throw new SimvlmError("bad-address", "Documents are read from files of this machine: download them first.");
  return findShards(from, DOCUMENTS);
}

async function findShards(from: string, kinds: readonly Kind[]): Promise<FoundShards> {
  if (!isFolder(from)) return { shards: findNamed(from), what: "by name" };
  for (const folder of [from, ...SUBFOLDERS.map((name) => join(from, name)).filter(isFolder)]) {
    const found = await findInFolder(folder, kinds);
    if (found) return found;
  }
  const names = (await listFolder(from)).filter((name) => !name.startsWith("."));
  const below = await findBelow(from, names, kinds);
  if (below) return below;
  const looked = kinds.map(({ example }) => example).join(", ");
  throw new SimvlmError(
    "no-shards",
    `${from} has no ${looked}; found ${names.length === 0 ? "nothing" : listIds(names)}.`,
  );
}

/**
 * One folder down, as C4 has a folder for each of its variants.
 * @throws SimvlmError `no-shards` where several folders have such files: it is not known which are meant
 */
async function findBelow(from: string, names: readonly string[], kinds: readonly Kind[]) {
  const folders = [...names].sort().map((name) => join(from, name));
  const found = await Promise.all(folders.filter(isFolder).map((folder) => findInFolder(folder, kinds)));
  const [only, ...others] = found.filter((shards) => shards !== undefined);
  if (!only || others.length === 0) return only;
  const places = [only, ...others].map(({ shards }) => dirname(shards[0]!));
  throw new SimvlmError(
    "no-shards",
    `${from} has several folders of such files: ${listIds(places)}. Name one of them.`,
  );
}

function findNamed(from: string): string[] {
  const names = existsSync(from) ? [from] : expandBraces(from);
  requireThere(names);
  return names;
}

function requireThere(names: readonly string[]): void {
  const missing = names.filter((name) => !existsSync(name));
  if (missing.length === 0) return;
  throw new SimvlmError(
    "missing-file",
    `${listIds(missing)} cannot be read: there is no such file or folder. Check the path.`,
  );
}

async function findInFolder(folder: string, kinds: readonly Kind[]): Promise<FoundShards | undefined> {
  const names = (await listFolder(folder)).sort();
  for (const { name: pattern, what } of kinds) {
    const found = names.filter((name) => pattern.test(name) && !isFolder(join(folder, name)));
    if (found.length > 0) return { shards: found.map((name) => join(folder, name)), what };
  }
  return undefined;
}

function isFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch {
    return false; // whoever reads it tells why it cannot be looked at
  }
}

function listFolder(folder: string): Promise<string[]> {
  return readdir(folder).catch((cause: Error) => {
    throw new SimvlmError("missing-file", `${folder} cannot be read: ${cause.message}. Check the path.`, { cause });
  });
}

/** `3 shards, 00000.tar to 00002.tar (img2dataset's tars)`. */
export function describeShards({ shards, what }: FoundShards): string {
  const [first, last] = [basename(shards[0]!), basename(shards.at(-1)!)];
  return shards.length === 1 ? `${first} (${what})` : `${shards.length} files, ${first} to ${last} (${what})`;
}
