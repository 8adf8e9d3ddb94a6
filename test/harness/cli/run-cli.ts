import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { vi } from "vitest";
import { runCommandLine } from "../../../harness/cli/main.js";

export const project = fileURLToPath(new URL("../../..", import.meta.url));

/** The program behind `simvlm`, from the project's folder; it runs what `npm run build` made. */
export const BINARY = "harness/bin/simvlm.js";

export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/**
 * Runs a command in this process, from the project's folder: a process of its own takes half a second longer. Commands of
 * one file run one after another, since they share `process.stdout`, `process.stderr` and `process.exitCode`.
 */
export function runCli(...args: string[]): Promise<CliResult> {
  return captureResult(() => runCommandLine(args));
}

/** What `run`, which does as `runCommandLine` does, prints and leaves. */
export async function captureResult(run: () => Promise<void>): Promise<CliResult> {
  const [stdout, stderr] = [process.stdout, process.stderr].map(capture) as [Capture, Capture];
  const exitCode = process.exitCode;
  process.exitCode = undefined;
  try {
    await run();
    return { code: Number(process.exitCode ?? 0), stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    process.exitCode = exitCode;
    stdout.release();
    stderr.release();
  }
}

interface Capture {
  text(): string;
  release(): void;
}

/** Keeps what is written to a stream instead of writing it. */
function capture(stream: NodeJS.WriteStream): Capture {
  if (vi.isMockFunction(stream.write)) throw new Error("A command is running already: await it first.");
  const chunks: Buffer[] = [];
  const write = vi.spyOn(stream, "write").mockImplementation((chunk, ...rest) => {
    chunks.push(Buffer.from(chunk));
    const done = rest.find((argument) => typeof argument === "function");
    if (done) process.nextTick(done);
    return true;
  });
  return { text: () => Buffer.concat(chunks).toString(), release: () => write.mockRestore() };
}

/** Runs the built `simvlm` as a user does, in a process of its own, from the project's folder. */
export function runBinary(args: readonly string[], env: NodeJS.ProcessEnv = process.env): CliResult {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BINARY, ...args], {
    cwd: project,
    encoding: "utf8",
    env,
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

  readText(name: string): string {
    return readFileSync(this.at(name), "utf8");
  }

  readJson<T>(name: string): T {
    return JSON.parse(this.readText(name)) as T;
  }

  list(): string[] {
    return readdirSync(this.path).sort();
  }
}
