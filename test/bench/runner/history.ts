import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Machine, machineId } from "./machine.js";
import type { BenchRecord } from "./record.js";

/** Where the checkout stands. */
export interface Checkout {
  /** The commit's hash; undefined where there is no git. */
  readonly commit: string | undefined;
  readonly isChanged: boolean;
  /** Hashes of the commit and of those before it, the newest first. */
  readonly line: readonly string[];
}

const COMMITS = 1000;
/** What git ignores: it belongs to no commit. */
const UNCOMMITTED = "uncommitted";
const HASH = 12;

/** @param apart paths and patterns whose files are no part of the program: a change of theirs is none */
export function readCheckout(folder: string, apart: readonly string[]): Checkout {
  const git = (...words: string[]) => {
    const { status, stdout } = spawnSync("git", words, { cwd: folder, encoding: "utf8" });
    return status === 0 ? stdout.trimEnd() : undefined;
  };
  const line = git("rev-list", `--max-count=${COMMITS}`, "HEAD")?.split("\n") ?? [];
  const changes = git("status", "--porcelain", "--", ".", ...apart.map((path) => `:(exclude)${path}`));
  return { commit: line[0], isChanged: changes !== "", line };
}

/** The file of a commit's record, or of what is not committed yet. */
export function recordPath(folder: string, { commit, isChanged, machine }: Omit<BenchRecord, "benchmarks">): string {
  return join(folder, `${isChanged ? UNCOMMITTED : commit.slice(0, HASH)}-${machineId(machine)}.json`);
}

/** The record that a measurement goes on with: what is kept of the same state of the program, or an empty one. */
export function openRecord(folder: string, checkout: Checkout, machine: Machine): BenchRecord {
  const { commit = "none", isChanged } = checkout;
  const empty: BenchRecord = { commit, isChanged, machine, benchmarks: {} };
  if (isChanged) return empty; // what was changed may have been changed again
  return readRecord(recordPath(folder, empty)) ?? empty;
}

/** Writes a record whole or not at all; gives the file. */
export function writeRecord(folder: string, record: BenchRecord): string {
  const path = recordPath(folder, record);
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${path}.draft`, `${JSON.stringify(record, undefined, 2)}\n`);
  renameSync(`${path}.draft`, path);
  return path;
}

/** All records of commits that can be read, of whatever machine. */
export function readHistory(folder: string): BenchRecord[] {
  return listRecords(folder).flatMap((name) => readRecord(join(folder, name)) ?? []);
}

function listRecords(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith(".json") && !name.startsWith(UNCOMMITTED));
  } catch {
    return []; // nothing is kept yet
  }
}

function readRecord(path: string): BenchRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(path, "utf8")) as BenchRecord;
    return record.commit && record.machine && record.benchmarks ? record : undefined;
  } catch {
    return undefined;
  }
}
