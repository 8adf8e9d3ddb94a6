import { rm } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import type { CompileOptions } from "../../engine/index.js";
import { makeTemporaryFolder } from "../../files/folders.js";
import { exportInputs, makeInputs, type WorkInputs } from "./bench-inputs.js";
import { createRunner, type Runner, resultSize } from "./runner.js";
import { missingTorch, startTorch } from "./torch.js";
import { measureWasmEncoder } from "./wasm.js";
import { compare, type Measurement, type Work } from "./work.js";

export interface EngineBenchOptions extends CompileOptions {
  readonly threads: number;
  /** How often each side does each work, in turn, after two to warm up. */
  readonly rounds: number;
  /** Also tfjs's wasm backend, which takes minutes. */
  readonly wasm: boolean;
  readonly onProgress?: (message: string) => void;
}

/** Threads of either side spin for a moment after their work; the other begins when they have stopped. */
const PAUSE_MS = 200;
/**
 * A training step writes to two sets of weights in turn, and ONNX Runtime plans its memory at the second run: only
 * from the third is all memory in use that ever will be, and a fresh page costs more than the arithmetic on it.
 */
const WARM_UP = 2;
/** How far, absolutely, the results of ours and PyTorch's may lie apart. */
const TOLERANCE = 1e-3;

/** Measures works: ours and PyTorch's in turn on the same weights and batch, the median of each. */
export async function benchEngine(works: readonly Work[], options: EngineBenchOptions): Promise<Measurement[]> {
  const results: Measurement[] = [];
  const absent = missingTorch();
  for (const work of works) {
    options.onProgress?.(work.title);
    const inputs = makeInputs(work);
    const ours = await createRunner(work, inputs, { ...options });
    try {
      const row = absent
        ? await measureAlone(work, ours, absent, options)
        : await measureBoth(work, ours, inputs, options);
      results.push(row);
      if (options.wasm && work.kind === "encoder") {
        options.onProgress?.(`${work.title}, tfjs wasm`);
        const ms = await measureWasmEncoder(inputs);
        results.push(compare(work.title, [row.oursMs], "tfjs wasm", [ms]));
      }
    } finally {
      await ours.close();
    }
  }
  return results;
}

async function measureAlone(
  work: Work,
  ours: Runner,
  reason: string,
  { rounds }: EngineBenchOptions,
): Promise<Measurement> {
  const times: number[] = [];
  for (let run = 0; run < WARM_UP; run++) await ours.run();
  for (let round = 0; round < rounds; round++) times.push((await ours.run()).ms);
  return compare(work.title, times, reason, []);
}

async function measureBoth(
  work: Work,
  ours: Runner,
  inputs: WorkInputs,
  { threads, rounds }: EngineBenchOptions,
): Promise<Measurement> {
  const folder = await makeTemporaryFolder("bench");
  try {
    await exportInputs(folder, inputs);
    const torch = await startTorch(work, folder, threads);
    const [mine, theirs]: [number[], number[]] = [[], []];
    try {
      for (let run = 0; run < WARM_UP; run++) {
        requireSameWork(work, inputs, (await ours.run()).result, (await torch.run()).result);
      }
      for (let round = 0; round < rounds; round++) {
        await pause(PAUSE_MS);
        mine.push((await ours.run()).ms);
        await pause(PAUSE_MS);
        theirs.push((await torch.run()).ms);
      }
    } finally {
      await torch.close();
    }
    return compare(work.title, mine, torch.name, theirs);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A comparison of speeds is worth something only when both compute the same. Throws when they do not. */
function requireSameWork(work: Work, inputs: WorkInputs, ours: ArrayLike<number>, theirs: ArrayLike<number>): void {
  const size = resultSize(work, inputs);
  if (ours.length !== size || theirs.length !== size) {
    throw new Error(`${work.key}: results of ${ours.length} and ${theirs.length} numbers, where ${size} are expected`);
  }
  const distance = Array.from(ours, (number, i) => Math.abs(number - theirs[i]!)).reduce((a, b) => Math.max(a, b), 0);
  if (distance >= TOLERANCE) throw new Error(`${work.key}: the results differ from PyTorch's by ${distance}`);
}
