import { SimvlmError } from "@simvlm/metrics";
import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { type Feed, isFeed, NativeTensor, type NativeType, nativeTypeOf, toNative } from "./native-tensor.js";
import { type ModelOptions, type NamedOutput, writeModel } from "./onnx-writer.js";
import { runInPlace } from "./stop-copying.js";
import type { Shape } from "./trace/graph.js";
import { sameShape } from "./trace/rewrite-graph.js";
import type { Trace } from "./trace/trace.js";
import { flattenTree, type MapTree, mapTree, type Tree } from "./tree.js";

/** A tree of which any branch may be missing. */
export type PartialTree<T> = T extends NativeTensor ? T : { readonly [K in keyof T]?: PartialTree<T[K]> };

/** Where one run of a compiled function leaves its results. */
export interface RunOptions<Outputs> {
  /**
   * Tensors to write results into, for any part of the tree of results; the others are allocated. A step that feeds
   * itself can write into the arguments of the step before and so allocates nothing. An argument of this very run
   * cannot be a target, unless `overArguments` says so.
   */
  readonly into?: PartialTree<MapTree<Outputs, NativeTensor>>;
  /**
   * Whether arguments of this run may be targets. That is for a function in which each number of such a result depends on
   * no more of that argument than the number in the same place, as an optimiser's step does. Default false.
   */
  readonly overArguments?: boolean;
}

const isNative = (node: unknown): node is NativeTensor => node instanceof NativeTensor;
const isName = (node: unknown): node is string => typeof node === "string";

/** What is to be known of a session beside the signature. */
export interface SessionConventions {
  /** The arguments that it has already. */
  readonly constants: ReadonlySet<string>;
  /** The length that stands for any. */
  readonly anyLength?: number | undefined;
  /** Whether it has the output that stops the copying of results. */
  readonly stops: boolean;
}

/** A function traced to a graph, ready to run on ONNX Runtime. {@link compile} makes it. */
export class CompiledFunction<Inputs, Outputs> {
  /** How many operators the graph has, before ONNX Runtime simplifies it further. */
  readonly nodeCount: number;
  readonly #trace: Trace;
  readonly #outputNames: ReadonlyMap<string, string>;
  readonly #shapes: ReadonlyMap<
    string,
    { readonly result: Shape; readonly session: Shape; readonly dtype: NativeType }
  >;
  readonly #conventions: SessionConventions;
  readonly #onDispose: () => void;
  #session: InferenceSession | undefined;

  /**
   * @param outputs what the session computes: the numbers of the trace's outputs, perhaps in another shape
   */
  constructor(
    session: InferenceSession,
    trace: Trace,
    outputs: readonly NamedOutput[],
    conventions: SessionConventions,
    onDispose: () => void,
  ) {
    this.#session = session;
    this.#trace = trace;
    this.#outputNames = new Map(trace.results);
    this.#shapes = new Map(
      outputs.map(([name, { shape, type }], i) => {
        return [name, { result: trace.outputs[i]![1].shape, session: shape, dtype: nativeTypeOf(type) }];
      }),
    );
    this.#conventions = conventions;
    this.#onDispose = onDispose;
    this.nodeCount = trace.graph.reachable(trace.outputs.map(([, value]) => value)).length;
  }

  /**
   * Computes the function. The arguments must have the signature's shapes and types; native tensors are read in place.
   * @throws SimvlmError `argument` when an argument or a target does not fit, `disposed` after `dispose()`
   */
  async run(inputs: MapTree<Inputs, Feed>, options: RunOptions<Outputs> = {}): Promise<MapTree<Outputs, NativeTensor>> {
    const results = await this.#compute(inputs, [...this.#shapes.keys()], options);
    return mapTree(this.#trace.result, isName, (_, name) => results.get(name)!) as MapTree<Outputs, NativeTensor>;
  }

  /**
   * Computes the function and returns a part of its results; the others are not copied out of ONNX Runtime.
   * @param branches paths in the tree of results, or of branches that lead to them
   * @throws SimvlmError as {@link run}
   */
  async runPart(
    inputs: MapTree<Inputs, Feed>,
    branches: readonly string[],
    options: RunOptions<Outputs> = {},
  ): Promise<PartialTree<MapTree<Outputs, NativeTensor>>> {
    const isWanted = (path: string): boolean =>
      branches.some((branch) => path === branch || path.startsWith(`${branch}/`));
    const names = this.#trace.results.flatMap(([path, name]) => (isWanted(path) ? [name] : []));
    const results = await this.#compute(inputs, names, options);
    return pruneTree(this.#trace.result, (name) => results.get(name)) as PartialTree<MapTree<Outputs, NativeTensor>>;
  }

  async #compute(
    inputs: unknown,
    names: readonly string[],
    { into = {}, overArguments = false }: { readonly into?: unknown; readonly overArguments?: boolean },
  ): Promise<Map<string, NativeTensor>> {
    if (!this.#session) throw new SimvlmError("disposed", "A compiled function was run after it was disposed of.");
    const feeds = this.#feedsOf(inputs);
    const targets = this.#targetsOf(into);
    const read = new Set(overArguments ? [] : Object.values(feeds));
    for (const [name, { ort }] of targets) {
      if (!read.has(ort)) continue;
      throw new SimvlmError(
        "argument",
        `into: "${name}" would be written over an argument; alternate between two sets.`,
      );
    }
    for (const name of this.#conventions.stops ? names : []) if (!targets.has(name)) this.#allocate(name, targets);
    const places = names.flatMap((name): [string, OrtTensor][] => {
      const target = targets.get(name)?.ort;
      return target ? [[name, this.#inSession(name, target)]] : [];
    });
    const fetches = Object.fromEntries(places);
    if (this.#conventions.stops && places.length === names.length) {
      await runInPlace(this.#session, feeds, fetches);
      return new Map(names.map((name) => [name, targets.get(name)!]));
    }
    const results = await this.#session.run(feeds, {
      ...Object.fromEntries(names.map((name) => [name, null])),
      ...fetches,
    });
    return new Map(names.map((name) => [name, targets.get(name) ?? this.#resultOf(name, results[name]!)]));
  }

  /** Makes a place for a result, if its shape is known. */
  #allocate(name: string, targets: Map<string, NativeTensor>): void {
    const { result, session, dtype } = this.#shapes.get(name)!;
    if (this.#isFixed(result) && this.#isFixed(session)) targets.set(name, NativeTensor.zeros(result, dtype));
  }

  /** A target as the session writes it. */
  #inSession(name: string, target: OrtTensor): OrtTensor {
    const { session } = this.#shapes.get(name)!;
    return this.#isFixed(session) ? inShape(target, session) : target;
  }

  #resultOf(name: string, found: OrtTensor): NativeTensor {
    const { result } = this.#shapes.get(name)!;
    return NativeTensor.fromOrt(this.#isFixed(result) ? inShape(found, result) : found);
  }

  #isFixed(shape: Shape): boolean {
    const { anyLength } = this.#conventions;
    return anyLength === undefined || !shape.includes(anyLength);
  }

  #feedsOf(inputs: unknown): Record<string, OrtTensor> {
    const given = new Map(flattenTree(inputs, isFeed, "arguments"));
    const feeds: Record<string, OrtTensor> = {};
    for (const [name, expected] of this.#trace.inputs) {
      if (this.#conventions.constants.has(name)) continue;
      const feed = given.get(name);
      if (feed === undefined) throw new SimvlmError("argument", `The argument "${name}" is missing.`);
      requireFit(`argument "${name}"`, feed, expected, this.#conventions.anyLength);
      feeds[name] = toNative(feed).ort;
      given.delete(name);
    }
    for (const name of given.keys()) {
      throw new SimvlmError("argument", `The argument "${name}" is not in the signature that was compiled.`);
    }
    return feeds;
  }

  #targetsOf(into: unknown): Map<string, NativeTensor> {
    const shapes = new Map(this.#trace.outputs.map(([name, { shape, type }]) => [name, { shape, dtype: type }]));
    const targets = new Map<string, NativeTensor>();
    for (const [path, target] of flattenTree(into, isNative, "into")) {
      const name = this.#outputNames.get(path);
      if (name === undefined) throw new SimvlmError("argument", `into: the function has no result "${path}".`);
      requireFit(`into "${path}"`, target, shapes.get(name)!, this.#conventions.anyLength);
      targets.set(name, target);
    }
    return targets;
  }

  /**
   * The graph as the bytes of an ONNX file. Inputs named in `external` become constants whose numbers lie in other
   * files, such as a checkpoint's safetensors.
   */
  toOnnx(options: ModelOptions = {}): Uint8Array {
    return writeModel(this.#trace.graph, this.#trace.outputs, options);
  }

  /** Frees ONNX Runtime's session. The function must not be run again. */
  async dispose(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    this.#onDispose();
    await session?.release();
  }
}

/** The tree without the leaves of which nothing is left. */
function pruneTree<Result>(tree: Tree<string>, map: (name: string) => Result | undefined): Tree<Result> | undefined {
  if (isName(tree)) return map(tree);
  const children = Object.entries(tree).map(([key, child]) => [key, pruneTree(child, map)] as const);
  return Object.fromEntries(children.filter(([, child]) => child !== undefined)) as Tree<Result>;
}

/** The same memory in another shape. */
function inShape(tensor: OrtTensor, shape: Shape): OrtTensor {
  return sameShape(tensor.dims, shape) ? tensor : (tensor.reshape(shape) as OrtTensor);
}

interface Fit {
  readonly shape: readonly number[];
  readonly dtype: string;
}

function requireFit(what: string, found: Fit, expected: Fit, anyLength?: number): void {
  const shape = expected.shape.map((size, axis) => (size === anyLength ? (found.shape[axis] ?? size) : size));
  if (found.dtype === expected.dtype && sameShape(found.shape, shape)) return;
  throw new SimvlmError(
    "argument",
    `The ${what} is ${found.dtype} [${found.shape}], but the function was compiled for ` +
      `${expected.dtype} [${expected.shape}]. Compile it for this shape, or change what is passed.`,
  );
}
