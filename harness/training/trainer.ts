import { compile, NativeTensor, type Provider, type Tree } from "../engine/index.js";
import { mapTree } from "../engine/tree.js";
import { toNatives } from "../layers/native.js";
import type { HostTensor, WeightArrays } from "../layers/weights.js";
import type { WeighedBatch } from "../models/trainable.js";
import {
  type AccumulationInputs,
  type AccumulationResult,
  createAccumulation,
  createTrainingStep,
  createUpdate,
  type Loss,
  type TrainingStepInputs,
  type TrainingStepOptions,
  type TrainingStepResult,
  type UpdateInputs,
  type UpdateResult,
} from "./step.js";

type Natives = Readonly<Record<string, NativeTensor>>;

/** Weights and their moments, as training goes on from them. */
interface State {
  readonly weights: Natives;
  readonly moments: { readonly first: Natives; readonly second: Natives };
}

/** Weights and their moments in host memory. */
export interface TrainedArrays {
  readonly weights: WeightArrays;
  readonly moments: { readonly first: WeightArrays; readonly second: WeightArrays };
}

/** What training starts from: before the first step, weights alone. */
export type TrainingArrays = Pick<TrainedArrays, "weights"> & Partial<TrainedArrays>;

/** A batch, or one part of a batch that is computed in several. */
export interface BatchPart extends WeighedBatch {
  readonly noise?: Readonly<Record<string, HostTensor>> | undefined;
}

/** What one wants to know about a step. */
export interface StepOutcome {
  /** The mean over the batch, with the weights before the step. */
  readonly loss: number;
  readonly gradientNorm: number;
}

/** What computes the steps, and their constants. */
export interface TrainerOptions extends TrainingStepOptions {
  readonly provider?: Provider;
  readonly threads?: number;
}

/**
 * Holds the weights while they are trained; each step runs one compiled graph. A batch in several parts is accumulated
 * first, which gives the same gradients as the whole batch at once, except for rounding.
 */
export class Trainer {
  readonly #compile: { provider?: Provider; threads?: number };
  readonly #trainingStep: (inputs: TrainingStepInputs) => TrainingStepResult;
  readonly #accumulation: (inputs: AccumulationInputs) => AccumulationResult;
  readonly #update: (inputs: UpdateInputs) => UpdateResult;
  #state: State;
  /** Written by the next step, so that no step allocates anything. */
  #spare: State | undefined;
  readonly #graphs = new Set<{ dispose(): Promise<void> }>();

  constructor(objective: Loss, start: TrainingArrays, options: TrainerOptions = {}) {
    const { provider, threads, ...optimiser } = options;
    this.#compile = { ...(provider && { provider }), ...(threads && { threads }) };
    this.#trainingStep = createTrainingStep(objective, optimiser);
    this.#accumulation = createAccumulation(objective);
    this.#update = createUpdate(optimiser);
    const zeros = (): Natives => mapRecord(start.weights, ({ shape }) => NativeTensor.zeros(shape));
    const copied = (arrays: WeightArrays): Natives => toNatives(copy(arrays));
    this.#state = {
      weights: copied(start.weights),
      moments: start.moments
        ? { first: copied(start.moments.first), second: copied(start.moments.second) }
        : { first: zeros(), second: zeros() },
    };
  }

  /**
   * Takes one step.
   * @param step 1 for the first
   */
  async step(parts: readonly BatchPart[], step: number, learningRate: number): Promise<StepOutcome> {
    const scalars = { learningRate: scalar(learningRate), step: scalar(step) };
    return parts.length === 1 ? this.#stepWhole(parts[0]!, scalars) : this.#stepInParts(parts, scalars);
  }

  /** A copy of the weights and moments as they are now. */
  arrays(): TrainedArrays {
    const { weights, moments } = this.#state;
    return {
      weights: arraysOf(weights),
      moments: { first: arraysOf(moments.first), second: arraysOf(moments.second) },
    };
  }

  /** Takes the last step back. This is possible once after each step except the first. */
  undo(): void {
    if (this.#spare) [this.#state, this.#spare] = [this.#spare, undefined];
  }

  async dispose(): Promise<void> {
    for (const graph of this.#graphs) await graph.dispose();
    this.#graphs.clear();
  }

  async #stepWhole(part: BatchPart, scalars: Scalars): Promise<StepOutcome> {
    const inputs = { ...this.#state, ...scalars, ...toInputs(part) };
    const graph = this.#keep(await compile(this.#trainingStep, inputs, this.#compile));
    const result = await graph.run(inputs, this.#spare ? { into: this.#spare } : {});
    this.#advance(result);
    return { loss: numberOf(result.loss), gradientNorm: numberOf(result.gradientNorm) };
  }

  async #stepInParts(parts: readonly BatchPart[], scalars: Scalars): Promise<StepOutcome> {
    const { weights } = this.#state;
    const total = parts.reduce((sum, { weight }) => sum + weight, 0);
    let sums = { gradients: mapRecord(weights, ({ shape }) => NativeTensor.zeros(shape)), loss: scalar(0) };
    for (const part of parts) {
      const inputs = { weights, ...toInputs(part), ...sums, share: scalar(part.weight / total) };
      const graph = this.#keep(await compile(this.#accumulation, inputs, this.#compile));
      sums = await graph.run(inputs);
    }
    const inputs = { ...this.#state, ...scalars, gradients: sums.gradients };
    const graph = this.#keep(await compile(this.#update, inputs, this.#compile));
    const result = await graph.run(inputs, this.#spare ? { into: this.#spare } : {});
    this.#advance(result);
    return { loss: numberOf(sums.loss), gradientNorm: numberOf(result.gradientNorm) };
  }

  #advance({ weights, moments }: State): void {
    [this.#state, this.#spare] = [{ weights, moments }, this.#state];
  }

  #keep<Graph extends { dispose(): Promise<void> }>(graph: Graph): Graph {
    this.#graphs.add(graph);
    return graph;
  }
}

interface Scalars {
  readonly learningRate: NativeTensor;
  readonly step: NativeTensor;
}

const scalar = (number: number): NativeTensor => NativeTensor.of(Float32Array.of(number), []);
const numberOf = (tensor: NativeTensor): number => tensor.data[0]!;

const isHost = (node: unknown): node is HostTensor =>
  typeof node === "object" && node !== null && "data" in node && ArrayBuffer.isView(node.data);

type NativeBatch = Readonly<Record<string, Tree<NativeTensor> | undefined>>;

/** The batch and its noise as the graph takes them. */
function toInputs({ batch, noise }: BatchPart): { batch: NativeBatch; noise: Natives | undefined } {
  const native = (_: string, { shape, data }: HostTensor) =>
    NativeTensor.of(data, shape, data instanceof Int32Array ? "int32" : "float32");
  return { batch: mapRecord(batch, (part) => part && mapTree(part, isHost, native)), noise: noise && toNatives(noise) };
}

function mapRecord<T, R>(record: Readonly<Record<string, T>>, map: (value: T) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}

const copy = (arrays: WeightArrays): WeightArrays =>
  mapRecord(arrays, ({ shape, data }) => ({ shape, data: data.slice() }));

const arraysOf = (natives: Natives): WeightArrays =>
  mapRecord(natives, ({ shape, data }) => ({ shape, data: (data as Float32Array).slice() }));
