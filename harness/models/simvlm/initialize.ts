import { TRUNCATED_DEVIATION, truncatedNormal } from "../../layers/truncated-normal.js";
import type { WeightArrays } from "../../layers/weights.js";
import type { Random } from "../../random.js";
import type { SimVLMConfig } from "./config.js";
import { type ParameterShapes, parameterShapes, sizeOf } from "./parameters.js";

/** Standard deviation of an image token's place, beside features of about 1. */
const IMAGE_POSITION_DEVIATION = 0.5;

/** What a weight starts from, by the end of its name; the first rule that fits decides. */
const RULES: readonly (readonly [RegExp, (shape: readonly number[], config: SimVLMConfig) => number | "ones"])[] = [
  [/norm\.scale$/, () => "ones"],
  [/(bias|relative)$/, () => 0],
  [/^image\.positions$/, () => IMAGE_POSITION_DEVIATION],
  // Logits start at about 1: the embedding is the output layer too.
  [/(positions|embedding)$/, (shape) => 1 / Math.sqrt(shape.at(-1)!)],
  // Features enter at full scale: from a kernel of 1e-3 Adam's first steps leave nothing of one token beside another.
  [/^image\.projection\.kernel$/, (shape) => 1 / Math.sqrt(fanIn(shape))],
  // The norm after it makes the scale of a convolution free; from small kernels Adam's steps go a longer way.
  [/^image\..*kernel$/, (shape) => Math.sqrt(2 / fanIn(shape)) / 3],
  // A branch starts all but closed: what pictures show gets through the layers undisturbed. Only what is read from the
  // prefix is heard at full strength beside the words before: a classifier of kinds is at 1.58 nats where it was at 2.33.
  [/(attention|mlp)\.output\.kernel$/, (shape) => 0.1 / Math.sqrt(fanIn(shape))],
  [/kernel$/, (shape) => 1 / Math.sqrt(fanIn(shape))],
];

/**
 * Fresh weights: kernels from a normal distribution cut at two standard deviations (1/√fan-in; a tenth of it at the end
 * of a branch that is no cross attention; √(2/fan-in)/3 in convolutions), words and their positions likewise with
 * 1/√width, image positions with 0.5, biases and relative biases 0, norms 1.
 * Each weight draws from its own fork of `random`, so one's start does not depend on which others there are.
 */
export function initializeWeights(config: SimVLMConfig, random: Random): WeightArrays {
  return initializeShapes(parameterShapes(config), config, random);
}

/** The same for any named shapes, such as a classification head's. */
export function initializeShapes(shapes: ParameterShapes, config: SimVLMConfig, random: Random): WeightArrays {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const rule = RULES.find(([ending]) => ending.test(name));
      if (!rule) throw new Error(`no initialisation for ${name}`);
      const start = rule[1](shape, config);
      const data = new Float32Array(sizeOf(shape));
      if (start === "ones") data.fill(1);
      else if (start > 0) fillTruncatedNormal(data, start / TRUNCATED_DEVIATION, random.fork(name));
      return [name, { shape, data }];
    }),
  );
}

function fanIn(shape: readonly number[]): number {
  return shape.length === 4 ? sizeOf(shape.slice(1)) : sizeOf(shape.slice(0, -1));
}

function fillTruncatedNormal(data: Float32Array, deviation: number, random: Random): void {
  for (let i = 0; i < data.length; i++) data[i] = deviation * truncatedNormal(random.next());
}
