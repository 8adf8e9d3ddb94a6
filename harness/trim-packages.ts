import { readdir, rm, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { findPackage, optionalPackages } from "./optional-packages.js";

/** What of a package is never loaded on this machine. */
export interface Surplus {
  /** Of the package. */
  readonly name: string;
  readonly what: "binaries of other systems" | "source maps";
  /** Absolute, of files and whole folders. */
  readonly paths: readonly string[];
  readonly bytes: number;
}

/** Folders of packages that hold a system's binaries each, as `linux/x64`. */
const BINARIES: Readonly<Record<string, string>> = { "onnxruntime-node": "bin/napi-v6", zeromq: "build" };

/** What the installed optional packages bring for other systems than this one, and their source maps: most of their room. */
export async function findSurplus(): Promise<Surplus[]> {
  const found: Surplus[] = [];
  for (const name of optionalPackages()) {
    const folder = findPackage(name);
    if (folder === undefined) continue;
    const files = await listFiles(folder);
    const others = await findOtherSystems(folder, BINARIES[name]);
    const isOther = (path: string) => others.some((other) => path.startsWith(other + sep));
    const maps = files.filter(({ path }) => isSourceMap(path) && !isOther(path));
    found.push(
      { name, what: "binaries of other systems", paths: others, bytes: sum(files.filter(({ path }) => isOther(path))) },
      { name, what: "source maps", paths: maps.map(({ path }) => path), bytes: sum(maps) },
    );
  }
  return found.filter(({ paths }) => paths.length > 0);
}

/** Whether a file is a map of a script's, a declaration's or a style's source, by its name. */
export function isSourceMap(path: string): boolean {
  return /\.[cm]?(?:js|ts|css)\.map$/.test(path);
}

/** Removes it; installing the package again brings it back. @throws Error of the file system */
export async function removeSurplus(surplus: readonly Surplus[]): Promise<void> {
  for (const path of surplus.flatMap(({ paths }) => paths)) await rm(path, { recursive: true, force: true });
}

/** Where there are none for this system, the package may know better what it loads. */
async function findOtherSystems(folder: string, binaries: string | undefined): Promise<string[]> {
  if (binaries === undefined) return [];
  const root = join(folder, binaries);
  const own = join(root, process.platform, process.arch);
  const all: string[] = [];
  for (const system of await listFolders(root)) {
    all.push(...(await listFolders(join(root, system))).map((processor) => join(root, system, processor)));
  }
  return all.includes(own) ? all.filter((path) => path !== own) : [];
}

async function listFolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

interface FoundFile {
  readonly path: string;
  readonly bytes: number;
}

/** A package's own files: other packages in it, and links, are left alone. */
async function listFiles(folder: string): Promise<FoundFile[]> {
  const files: FoundFile[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== "node_modules") files.push(...(await listFiles(path)));
    else if (entry.isFile()) files.push({ path, bytes: (await stat(path)).size });
  }
  return files;
}

function sum(files: readonly FoundFile[]): number {
  return files.reduce((total, { bytes }) => total + bytes, 0);
}
