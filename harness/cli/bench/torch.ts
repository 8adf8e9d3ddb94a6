import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Runner } from "./runner.js";
import { CAPTION_LENGTH, type Variant, type Work } from "./work.js";

/** From harness/dist/cli/bench in a checkout. */
const CHECKOUT = fileURLToPath(new URL("../../../..", import.meta.url));
const PROGRAM = join(CHECKOUT, "test/bench/engine.py");
/** Where test/peers.sh puts PyTorch. */
const OWN_PYTHON = join(CHECKOUT, ".peers/venv/bin/python");
const PYTHON = process.env.SIMVLM_PYTHON ?? (existsSync(OWN_PYTHON) ? OWN_PYTHON : "/usr/bin/python3");

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
  variant: Variant,
): Promise<Runner & { readonly name: string }> {
  const count = String(threads);
  const child = spawn(PYTHON, [PROGRAM, join(folder, "settings.json"), folder, count, variant], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, OPENBLAS_NUM_THREADS: count, MKL_NUM_THREADS: count, OMP_NUM_THREADS: count },
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async (): Promise<{ name: string; ms: number; megabytes: number }> => {
    const { value, done } = await answers.next();
    if (done) throw new Error(`${PROGRAM} ended early`);
    return JSON.parse(value);
  };
  const request = work.kind === "caption" ? `caption ${CAPTION_LENGTH}` : work.kind;
  const output = join(folder, "result");
  const { name } = await read();
  return {
    name,
    async run() {
      child.stdin.write(`${request} ${output}\n`);
      const { ms, megabytes } = await read();
      const bytes = await readFile(output);
      return { ms, megabytes, result: new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4) };
    },
    async close() {
      child.stdin.end();
      await new Promise((resolve) => child.once("close", resolve));
    },
  };
}
