import { spawnSync } from "node:child_process";
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const project = fileURLToPath(new URL("../..", import.meta.url));

/** How long an installation may take, in milliseconds. */
export const INSTALLING = 600_000;

/** What a program printed, and how it ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What npm tells the scripts that it runs is about this project; where packages come from is about this machine. */
const MACHINE = /^npm_config_(?:registry|cafile|userconfig|globalconfig|https?_proxy|noproxy)$/i;

/** The environment as someone has it who never heard of this project. */
function strangersEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name) || MACHINE.test(name));
  return Object.fromEntries(kept.filter(([name]) => !/^(?:INIT_CWD|NODE_OPTIONS|VITEST.*)$/.test(name)));
}

/** Runs a program in a folder. */
export function runIn(folder: string, program: string, ...args: readonly string[]): Ended {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: folder,
    env: strangersEnvironment(),
    encoding: "utf8",
  });
  return { code: status, stdout: stdout ?? "", stderr: stderr ?? String(error) };
}

/** As {@link runIn}. @throws Error with what was printed, when the program fails */
export function mustRun(folder: string, program: string, ...args: readonly string[]): string {
  const { code, stdout, stderr } = runIn(folder, program, ...args);
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}:\n${stdout}\n${stderr}`);
  return stdout;
}

/** Whether packages can be had, which installing from an empty cache needs. */
export const hasNetwork = runIn(tmpdir(), "npm", "view", "zod", "name", "--fetch-retries=0").code === 0;
if (!hasNetwork) console.log("Tests that install packages are skipped: there is no package registry to reach.");

/** An empty folder, which ends with the tests. */
export function emptyFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `${name}-`));
}

/** A folder of somebody's own, with a package.json. */
export function strangersFolder(name: string): string {
  const folder = emptyFolder(name);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name, private: true }));
  return folder;
}

/** Both packages as they would be published, packed into a folder. @returns the files' paths */
export function packPackages(): string[] {
  const folder = join(emptyFolder("packed"), "packages");
  mkdirSync(folder);
  mustRun(project, "npm", "pack", "--workspaces", "--pack-destination", folder);
  return readdirSync(folder).map((name) => join(folder, name));
}

/** How many bytes the files of a folder have. */
export function bytesOf(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((path) => lstatSync(join(folder, path)))
    .reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0);
}
