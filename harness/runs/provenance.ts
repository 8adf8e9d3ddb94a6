import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { VERSION } from "@simvlm/metrics";
import { listPlugins } from "../plugins/loaded-plugins.js";
import type { Manifest } from "./manifest.js";

const run = promisify(execFile);
const packageFile = createRequire(import.meta.url).resolve("simvlm/package.json");
const packageFolder = dirname(packageFile);

/** What of the repository decides what is computed. */
const SOURCES = ["harness", "metrics", "package.json", "package-lock.json"];

/** The code, packages, plug-ins and machine that a run is made with. */
export async function readProvenance(): Promise<Pick<Manifest, "code" | "packages" | "platform" | "plugins">> {
  const [code, packages] = await Promise.all([readCode(), readPackages()]);
  const plugins = describePlugins();
  return {
    code,
    packages,
    platform: { node: process.version, os: process.platform, arch: process.arch },
    ...(plugins.length > 0 && { plugins }),
  };
}

/** The plug-ins that are loaded; where their files lie is nobody else's business. */
export function describePlugins(): NonNullable<Manifest["plugins"]> {
  return listPlugins().map(({ name, defines, ...rest }) => {
    return { name: rest.sha256 === undefined ? name : basename(name), ...rest, defines: [...defines] };
  });
}

/** Asked once: what this process runs is what it has loaded, whatever is committed meanwhile. */
let code: Promise<Manifest["code"]> | undefined;

/** What this library is, as far as it knows. */
export function readCode(): Promise<Manifest["code"]> {
  code ??= readCommit().then((commit) => ({ version: VERSION, ...commit }));
  return code;
}

/** Nothing where this package is not in its own repository, or there is no git. */
async function readCommit(): Promise<Pick<Manifest["code"], "commit" | "dirty">> {
  const git = async (...args: string[]) => (await run("git", args, { cwd: packageFolder })).stdout.trim();
  try {
    const [root, commit] = (await git("rev-parse", "--show-toplevel", "HEAD")).split("\n");
    const [changed] = await Promise.all([
      git("-C", root!, "status", "--porcelain", "--", ...SOURCES),
      // An installed package lies in somebody else's repository, which does not track it: this fails.
      git("ls-files", "--error-unmatch", packageFile),
    ]);
    return { commit: commit!, dirty: changed !== "" };
  } catch {
    return {};
  }
}

async function readPackages(): Promise<Record<string, string>> {
  const { dependencies, optionalDependencies } = await readPackage(packageFile);
  const names = Object.keys({ ...dependencies, ...optionalDependencies }).sort();
  const versions = names.map(async (name): Promise<[string, string][]> => {
    const file = findPackage(name, packageFolder);
    return file === undefined ? [] : [[name, (await readPackage(file)).version]];
  });
  return Object.fromEntries((await Promise.all(versions)).flat());
}

/** What is read of a package.json. */
interface Package {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

async function readPackage(path: string): Promise<Package> {
  return JSON.parse(await readFile(path, "utf8")) as Package;
}

/** As Node looks for it, upwards; `require.resolve` finds only what a package exports. */
function findPackage(name: string, from: string): string | undefined {
  const path = join(from, "node_modules", name, "package.json");
  if (existsSync(path)) return path;
  return dirname(from) === from ? undefined : findPackage(name, dirname(from));
}
