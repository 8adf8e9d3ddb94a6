import { type CompileOptions, compile, NativeTensor, type Provider, type Tree } from "../engine/index.js";
import { mapTree } from "../engine/tree.js";
import { toNatives } from "../layers/native.js";
import type { HostTensor, WeightArrays } from "../layers/weights.js";
import type { WeighedBatch } from "../models/trainable.js";
import { type Natives, placeSideBySide, type SideBySide } from "./side-by-side.js";
import {
  type AccumulationInputs,
  createAccumulation,
  createGradients,
  createUpdate,
  type GradientInputs,
  type GradientResult,
  type Loss,
  type TrainedTensors,
  type TrainingStepOptions,
  type UpdateInputs,
} from "./step.js";

/** Weights and their moments, as training goes on from them. */
interface State {
  readonly weights: SideBySide;
  readonly moments: { readonly first: SideBySide; readonly second: SideBySide };
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
 * Holds the weights while they are trained. A step runs two compiled graphs: one computes the gradients, the other
 * writes weights and moments over those before. A batch in several parts is accumulated, which gives the same gradients
 * as the whole batch at once, except for rounding.
 */
export class Trainer {
  readonly #compile: CompileOptions;
  readonly #gradients: (inputs: GradientInputs) => GradientResult;
  readonly #accumulation: (inputs: AccumulationInputs) => GradientResult;
  readonly #update: (inputs: UpdateInputs) => TrainedTensors;
  readonly #state: State;
  /** Written by each step. */
  readonly #slopes: SideBySide;
  readonly #graphs = new Set<{ dispose(): Promise<void> }>();

  constructor(objective: Loss, start: TrainingArrays, options: TrainerOptions = {}) {
    const { provider, threads, ...optimiser } = options;
    this.#compile = { ...(provider && { provider }), ...(threads && { threads }), optimisation: "training" };
    this.#gradients = createGradients(objective);
    this.#accumulation = createAccumulation(objective);
    this.#update = createUpdate(optimiser);
    const place = (arrays?: WeightArrays): SideBySide => {
      const placed = placeSideBySide(start.weights);
      for (const [name, { data }] of Object.entries(arrays ?? {})) placed.byName[name]!.data.set(data);
      return placed;
    };
    const { weights, moments } = start;
    this.#state = {
      weights: place(weights),
      moments: { first: place(moments?.first), second: place(moments?.second) },
    };
    this.#slopes = place();
  }

  /**
   * Takes one step. If the loss or the norm is not finite, the weights and moments stay as they are.
   * @param step 1 for the first
   */
  async step(parts: readonly BatchPart[], step: number, learningRate: number): Promise<StepOutcome> {
    const { gradientNorm, loss } =
      parts.length === 1 ? await this.#differentiate(parts[0]!) : await this.#accumulate(parts);
    const outcome = { loss: numberOf(loss), gradientNorm: numberOf(gradientNorm) };
    if (!Number.isFinite(outcome.loss) || !Number.isFinite(outcome.gradientNorm)) return outcome;
    const scalars = { gradientNorm, learningRate: scalar(learningRate), step: scalar(step) };
    const { weights, moments } = this.#state;
    const state = {
      weights: weights.together,
      moments: { first: moments.first.together, second: moments.second.together },
    };
    const inputs = { ...state, gradients: this.#slopes.together, ...scalars };
    // Its blocks of elementwise work are as they should be; to look whether they are takes longer than a step.
    const graph = this.#keep(await compile(this.#update, inputs, { ...this.#compile, optimisation: "disabled" }));
    await graph.run(inputs, { into: state, overArguments: true });
    return outcome;
  }

  /** A copy of the weights and moments as they are now. */
  arrays(): TrainedArrays {
    const { weights, moments } = this.#state;
    return {
      weights: arraysOf(weights),
      moments: { first: arraysOf(moments.first), second: arraysOf(moments.second) },
    };
  }

  async dispose(): Promise<void> {
    for (const graph of this.#graphs) await graph.dispose();
    this.#graphs.clear();
  }

  async #differentiate(part: BatchPart): Promise<Scalars> {
    const inputs = { weights: this.#state.weights.byName, ...toInputs(part) };
    const graph = this.#keep(await compile(this.#gradients, inputs, this.#compile));
    return graph.run(inputs, { into: { gradients: this.#slopes.byName } });
  }

  async #accumulate(parts: readonly BatchPart[]): Promise<Scalars> {
    const weights = this.#state.weights.byName;
    const gradients = this.#slopes.byName;
    for (const { data } of Object.values(gradients)) data.fill(0);
    const total = parts.reduce((sum, { weight }) => sum + weight, 0);
    let sums: Scalars = { loss: scalar(0), gradientNorm: scalar(0) };
    for (const part of parts) {
      const share = scalar(part.weight / total);
      const inputs = { weights, ...toInputs(part), gradients, loss: sums.loss, share };
      const graph = this.#keep(await compile(this.#accumulation, inputs, this.#compile));
      sums = await graph.run(inputs, { into: { gradients }, overArguments: true });
    }
    return sums;
  }

  #keep<Graph extends { dispose(): Promise<void> }>(graph: Graph): Graph {
    this.#graphs.add(graph);
    return graph;
  }
}

interface Scalars {
  readonly gradientNorm: NativeTensor;
  readonly loss: NativeTensor;
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

const arraysOf = ({ byName }: SideBySide): WeightArrays =>
  mapRecord(byName, ({ shape, data }) => ({ shape, data: (data as Float32Array).slice() }));
