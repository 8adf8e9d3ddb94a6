import { broadcast_util, type GradConfig, reshape, sum, type Tensor } from "@tensorflow/tfjs-core";

/** For each input of a kernel, how the gradient that flows to it is computed. */
export type InputGradients = Readonly<Record<string, () => Tensor>>;

/** What a kernel's backward pass needs and how it computes, by input, the gradient that flows on. */
export interface Gradient {
  /** The inputs to keep for the backward pass, in the order in which `backward` gets them, ahead of any outputs. */
  readonly inputs?: readonly string[];
  /** Whether the (first) output is kept too. */
  readonly output?: boolean;
  readonly backward: (dy: never, saved: Tensor[], attributes: never) => InputGradients;
}

/** Gradients by the names of tfjs's kernels. */
export type GradientFamily = Readonly<Record<string, Gradient>>;

/** Gives a gradient its types: `dy` is an array for kernels of several outputs. */
export function gradient<Attributes = unknown, Dy = Tensor>(
  { inputs = [], output = false }: Pick<Gradient, "inputs" | "output">,
  backward: (dy: Dy, saved: Tensor[], attributes: Attributes) => InputGradients,
): Gradient {
  return { inputs, output, backward: backward as Gradient["backward"] };
}

/** A gradient in the form that tfjs registers. */
export function toGradConfig(kernelName: string, { inputs = [], output = false, backward }: Gradient): GradConfig {
  return {
    kernelName,
    inputsToSave: [...inputs],
    outputsToSave: output ? [true] : [],
    gradFunc: backward as unknown as GradConfig["gradFunc"],
  };
}

/** Sums a gradient over the axes along which its operand was broadcast. */
export function unbroadcast(dy: Tensor, shape: number[]): Tensor {
  const axes = broadcast_util.getReductionAxes(shape, dy.shape);
  return reshape(axes.length > 0 ? sum(dy, axes) : dy, shape);
}
