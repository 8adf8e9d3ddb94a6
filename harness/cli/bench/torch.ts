import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Runner } from "./runner.js";
import { CAPTION_LENGTH, type Work } from "./work.js";

/** The Python of the system, where Debian's packages python3-torch and libopenblas0-pthread are. */
const PYTHON = process.env.SIMVLM_PYTHON ?? "/usr/bin/python3";
/** From harness/dist/benchmarks in a checkout. */
const PROGRAM = fileURLToPath(new URL("../../../../test/bench/engine.py", import.meta.url));

/** Why PyTorch cannot be measured here; undefined when it can. */
export function missingTorch(): string | undefined {
  if (!existsSync(PROGRAM)) return "PyTorch: test/bench/engine.py is only in a checkout";
  const { status } = spawnSync(PYTHON, ["-c", "import torch"], { stdio: "ignore" });
  return status === 0 ? undefined : `PyTorch is not installed (${PYTHON} cannot import torch)`;
}

/** The same model in PyTorch, in a process of its own that waits for one request at a time. */
export async function startTorch(
  work: Work,
  folder: string,
  threads: number,
): Promise<Runner & { readonly name: string }> {
  const count = String(threads);
  const child = spawn(PYTHON, [PROGRAM, join(folder, "settings.json"), folder, count], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, OPENBLAS_NUM_THREADS: count, OMP_NUM_THREADS: count },
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async (): Promise<{ version: string; ms: number }> => {
    const { value, done } = await answers.next();
    if (done) throw new Error(`${PROGRAM} ended early`);
    return JSON.parse(value);
  };
  const request = work.kind === "caption" ? `caption ${CAPTION_LENGTH}` : work.kind;
  const output = join(folder, "result");
  const { version } = await read();
  return {
    name: `PyTorch ${version}`,
    async run() {
      child.stdin.write(`${request} ${output}\n`);
      const { ms } = await read();
      const bytes = await readFile(output);
      return { ms, result: new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4) };
    },
    async close() {
      child.stdin.end();
      await new Promise((resolve) => child.once("close", resolve));
    },
  };
}
