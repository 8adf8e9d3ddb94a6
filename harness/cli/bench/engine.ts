import { rm } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import type { CompileOptions } from "../../engine/index.js";
import { makeTemporaryFolder } from "../../files/folders.js";
import { exportInputs, makeInputs } from "./bench-inputs.js";
import { createRunner, type Outcome, type Runner, resultSize } from "./runner.js";
import { missingTorch, startTorch } from "./torch.js";
import { measureWasmEncoder } from "./wasm.js";
import { compare, type Figures, figuresOf, type Measurement, type Variant, type Work } from "./work.js";

export interface EngineBenchOptions extends CompileOptions {
  readonly threads: number;
  /** How often each side does each work, in turn, after two to warm up. */
  readonly rounds: number;
  /** Which of PyTorch's ways it is compared with. */
  readonly variants: readonly Variant[];
  /** Also tfjs's wasm backend, which takes minutes. */
  readonly wasm: boolean;
  readonly onProgress?: (message: string) => void;
}

/** Threads of either side spin for a moment after their work; the other begins when they have stopped. */
const PAUSE_MS = 200;
/**
 * ONNX Runtime plans its memory at the second run, and torch.compile may compile once more: only from the third is all
 * memory in use that ever will be.
 */
const WARM_UP = 2;
/** How far, absolutely, the results of ours and PyTorch's may lie apart. */
const TOLERANCE = 1e-3;

/** Measures works: ours and PyTorch's in turn on the same weights and batch. */
export async function benchEngine(works: readonly Work[], options: EngineBenchOptions): Promise<Measurement[]> {
  const results: Measurement[] = [];
  const absent = missingTorch();
  for (const work of works) {
    options.onProgress?.(work.title);
    const folder = await makeTemporaryFolder("bench");
    let sides: Sides | undefined;
    try {
      sides = await prepare(work, absent ? undefined : folder, options);
      const { figures, name, peers } = absent
        ? { figures: await measureAlone(sides.ours, options), name: absent, peers: {} }
        : await measureBoth(work, sides, folder, options);
      const wasm = options.wasm && work.kind === "encoder" ? await measureWasm(work, options) : {};
      results.push(compare(work.title, figures, name, { ...peers, ...wasm }));
    } finally {
      await sides?.ours.close();
      await rm(folder, { recursive: true, force: true });
    }
  }
  return results;
}

/** Our side of a work, and how many numbers the result of either should have. */
interface Sides {
  readonly ours: Runner;
  readonly size: number;
}

/**
 * Makes our side, and writes what the peer reads. The weights are then left to the sides alone: whoever trains them has them
 * once.
 * @param folder where the peer reads, if there is one
 */
async function prepare(work: Work, folder: string | undefined, options: EngineBenchOptions): Promise<Sides> {
  const inputs = makeInputs(work);
  if (folder !== undefined) await exportInputs(folder, inputs);
  return { ours: await createRunner(work, inputs, { ...options }), size: resultSize(work, inputs) };
}

async function measureAlone(ours: Runner, { rounds }: EngineBenchOptions): Promise<Figures> {
  for (let run = 0; run < WARM_UP; run++) await ours.run();
  const outcomes: Outcome[] = [];
  for (let round = 0; round < rounds; round++) outcomes.push(await ours.run());
  return summarise(outcomes);
}

/** Ours and each variant of PyTorch in turn; one variant after another, each in a process of its own. */
async function measureBoth(work: Work, { ours, size }: Sides, folder: string, options: EngineBenchOptions) {
  // Training goes on: of the first runs alone are the results those of a fresh peer.
  const first: Outcome[] = [];
  for (let run = 0; run < WARM_UP; run++) first.push(await ours.run());
  const all: Outcome[] = [];
  const peers: Partial<Record<Variant, Figures>> = {};
  let name = "";
  for (const variant of options.variants) {
    options.onProgress?.(`  beside PyTorch, ${variant}`);
    const torch = await startTorch(work, folder, options.threads, variant);
    const theirs: Outcome[] = [];
    name = torch.name;
    try {
      for (const { result } of first) {
        const outcome = await torch.run();
        if (variant !== "bfloat16") requireSameWork(work, size, result, outcome.result);
      }
      for (let round = 0; round < options.rounds; round++) {
        await pause(PAUSE_MS);
        all.push(await ours.run());
        await pause(PAUSE_MS);
        theirs.push(await torch.run());
      }
    } finally {
      await torch.close();
    }
    peers[variant] = summarise(theirs);
  }
  return { figures: summarise(all), name, peers };
}

async function measureWasm(work: Work, { onProgress }: EngineBenchOptions) {
  onProgress?.(`${work.title}, tfjs wasm`);
  return { wasm: figuresOf([await measureWasmEncoder(makeInputs(work))], undefined) };
}

function summarise(outcomes: readonly Outcome[]): Figures {
  return figuresOf(
    outcomes.map(({ ms }) => ms),
    Math.round(Math.max(...outcomes.map(({ megabytes }) => megabytes))),
  );
}

/** A comparison of speeds is worth something only when both compute the same. Throws when they do not. */
function requireSameWork(work: Work, size: number, ours: ArrayLike<number>, theirs: ArrayLike<number>): void {
  if (ours.length !== size || theirs.length !== size) {
    throw new Error(`${work.key}: results of ${ours.length} and ${theirs.length} numbers, where ${size} are expected`);
  }
  const distance = Array.from(ours, (number, i) => Math.abs(number - theirs[i]!)).reduce((a, b) => Math.max(a, b), 0);
  if (distance >= TOLERANCE) throw new Error(`${work.key}: the results differ from PyTorch's by ${distance}`);
}
