import { sizeOf } from "../engine/trace/graph.js";
import type { Random } from "../random.js";
import { TRUNCATED_DEVIATION, truncatedNormal } from "./truncated-normal.js";
import type { ParameterShapes, WeightArray, WeightArrays } from "./weights.js";

/** What is known of a weight before it has numbers. */
export interface WeightDeclaration {
  readonly shape: readonly number[];
  /** What it starts from: a constant, or a normal distribution of this standard deviation, cut at two of them. */
  readonly initial: 0 | 1 | { readonly deviation: number };
}

/** A family's weights by name, in the order in which the forward pass uses them. */
export type Declarations<Declaration extends WeightDeclaration = WeightDeclaration> = Readonly<
  Record<string, Declaration>
>;

/** The weights of `linear`: a kernel of deviation 1/√input unless told otherwise, and no bias at first. */
export function declareLinear(
  name: string,
  input: number,
  output: number,
  deviation = 1 / Math.sqrt(input),
): Declarations {
  return {
    [`${name}.kernel`]: { shape: [input, output], initial: { deviation } },
    [`${name}.bias`]: { shape: [output], initial: 0 },
  };
}

/** The weights of `layerNorm` and `groupNorm`: at first they scale by 1 and shift by 0. */
export function declareNorm(name: string, width: number): Declarations {
  return {
    [`${name}.scale`]: { shape: [width], initial: 1 },
    [`${name}.bias`]: { shape: [width], initial: 0 },
  };
}

/** Names and shapes alone. */
export function shapesOf(declarations: Declarations): ParameterShapes {
  return Object.fromEntries(Object.entries(declarations).map(([name, { shape }]) => [name, shape]));
}

/**
 * Fresh weights. Each draws from its own fork of `random`, by its name, so its start does not depend on which others
 * there are.
 */
export function initialize(declarations: Declarations, random: Random): WeightArrays {
  return Object.fromEntries(
    Object.entries(declarations).map(([name, declaration]) => [name, start(declaration, () => random.fork(name))]),
  );
}

function start({ shape, initial }: WeightDeclaration, fork: () => Random): WeightArray {
  const data = new Float32Array(sizeOf(shape));
  if (typeof initial === "number") return { shape, data: data.fill(initial) };
  const deviation = initial.deviation / TRUNCATED_DEVIATION;
  const random = fork();
  for (let i = 0; i < data.length; i++) data[i] = deviation * truncatedNormal(random.next());
  return { shape, data };
}
