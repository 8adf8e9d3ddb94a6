import { cpSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { emptyFolder, mustRun, project } from "./npm.js";

/** The instructions of a Dockerfile, in order. */
export function readDockerfile(path: string): readonly (readonly [name: string, rest: string])[] {
  const lines = readFileSync(path, "utf8").replace(/\\\n/g, " ").split("\n");
  return lines
    .filter((line) => /^[A-Z]/.test(line))
    .map((line) => /^(\S+)\s+(.*)$/.exec(line)!.slice(1) as [string, string]);
}

/** What an image is begun as: a folder that stands for its root, and where its commands run. */
interface Stage {
  readonly root: string;
  workdir: string;
  entrypoint: readonly string[];
  readonly paths: string[];
}

/**
 * Does what a Dockerfile says without Docker, in folders that stand for the images' roots: for machines without a daemon.
 * The system is this machine's, and the user who is here.
 * @returns the command line of the image's entry point
 */
export function followDockerfile(instructions: ReturnType<typeof readDockerfile>): readonly string[] {
  const stages = new Map<string, Stage>();
  let stage: Stage | undefined;
  const cache = emptyFolder("cache");
  for (const [name, rest] of instructions) {
    if (name === "FROM") {
      stage = { root: emptyFolder("image"), workdir: "/", entrypoint: [], paths: [] };
      mkdirSync(join(stage.root, "tmp"));
      stages.set(/ AS (\w+)$/.exec(rest)?.[1] ?? "", stage);
      continue;
    }
    if (!stage) throw new Error(`${name} stands before FROM`);
    follow(stage, name, rest, stages, cache);
  }
  const [program, ...args] = stage!.entrypoint;
  const found = stage!.paths
    .map((folder) => join(folder, program!))
    .find((path) => readdirSync(dirname(path)).includes(program!));
  return [found!, ...args];
}

function follow(stage: Stage, name: string, rest: string, stages: ReadonlyMap<string, Stage>, cache: string): void {
  const here = join(stage.root, stage.workdir);
  switch (name) {
    case "WORKDIR":
      stage.workdir = rest;
      mkdirSync(join(stage.root, rest), { recursive: true });
      return;
    case "RUN": {
      const inRoot = rest.replace(/(?<![\w.])\/(?=tmp\b|opt\b)/g, `${stage.root}/`);
      mustRun(here, "env", `npm_config_cache=${cache}`, "sh", "-c", inRoot);
      return;
    }
    case "COPY": {
      const [, from, source, to] = /^(?:--from=(\w+) )?(\S+) (\S+)$/.exec(rest)!;
      if (from === undefined) copyProject(join(here, to!));
      else copyMatching(join(stages.get(from)!.root, source!), join(here, to!));
      return;
    }
    case "ENV": {
      const [, folder] = /^PATH="([^:]+):\$PATH"$/.exec(rest)!;
      stage.paths.push(join(stage.root, folder!));
      return;
    }
    case "ENTRYPOINT":
      stage.entrypoint = JSON.parse(rest) as string[];
      return;
    case "USER":
    case "CMD":
      return;
    default:
      throw new Error(`${name} is not known here`);
  }
}

/** What of the project is not ignored, committed or not. */
function copyProject(to: string): void {
  const listed = mustRun(project, "git", "ls-files", "--cached", "--others", "--exclude-standard", "-z").split("\0");
  for (const path of listed.filter((each) => each !== "")) cpSync(join(project, path), join(to, path), { force: true });
}

/** `*.tgz` in a folder. */
function copyMatching(pattern: string, to: string): void {
  const ending = basename(pattern).replace("*", "");
  for (const file of readdirSync(dirname(pattern)).filter((each) => each.endsWith(ending))) {
    cpSync(join(dirname(pattern), file), join(to, file));
  }
}
