import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const project = fileURLToPath(new URL("../../..", import.meta.url));

export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the built `simvlm` as a user would, from the project's folder. */
export function runCli(...args: string[]): CliResult {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["harness/bin/simvlm.js", ...args], {
    cwd: project,
    encoding: "utf8",
  });
  return { code: status, stdout, stderr };
}

/** A folder of a test's own, and how to write into it. */
export class Scratch {
  readonly path = mkdtempSync(join(tmpdir(), "simvlm-test-"));

  write(name: string, content: unknown): string {
    const path = join(this.path, name);
    const isRaw = typeof content === "string" || content instanceof Uint8Array;
    writeFileSync(path, isRaw ? content : JSON.stringify(content));
    return path;
  }

  at(name: string): string {
    return join(this.path, name);
  }

  readJson<T>(name: string): T {
    return JSON.parse(readFileSync(this.at(name), "utf8")) as T;
  }

  list(): string[] {
    return readdirSync(this.path).sort();
  }
}
