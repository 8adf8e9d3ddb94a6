import { SimvlmError } from "@simvlm/metrics";
import * as tf from "@tensorflow/tfjs-core";
import { z } from "zod";
import { type Declarations, declareLinear, initialize, shapesOf } from "../../layers/declaration.js";
import { gelu, linear } from "../../layers/linear.js";
import { type ParameterShapes, under, type WeightArrays, type Weights } from "../../layers/weights.js";
import type { Random } from "../../random.js";
import { differentiate } from "../losses.js";
import type { ClassificationLoss, LossAndGradients } from "../trainable.js";
import type { ForwardOptions } from "./context.js";
import type { ModelInputs } from "./inputs.js";
import { usedWeights } from "./loss.js";
import { hiddenStates } from "./model.js";
import type { SimVLMConfig } from "./simvlm-config.js";

/**
 * A linear classifier over the decoder's state at a text's last token: VQA (answers), SNLI-VE (3 classes), and over
 * the states of two passes side by side: NLVR2 (the statement with each picture, 2 classes). Beside the latter stands a
 * hidden layer: "exactly one of the pictures shows a dog" is not the sum of what each shows.
 */
export interface Head {
  readonly classes: number;
  readonly passes: 1 | 2;
  /** What each class is called. */
  readonly labels?: readonly string[] | undefined;
}

const schema = z
  .strictObject({
    classes: z.int().positive().max(1_000_000),
    passes: z.union([z.literal(1), z.literal(2)]),
    labels: z.array(z.string()).optional(),
  })
  .refine(
    ({ classes, labels }) => labels === undefined || labels.length === classes,
    "expected a label for each class",
  );

/**
 * Check a head read from JSON.
 * @throws SimvlmError `bad-head`
 */
export function parseHead(json: unknown, source: string): Head {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  throw new SimvlmError("bad-head", `${source} is not a classification head: ${z.prettifyError(result.error)}`);
}

/** One of a head's passes; `last` `[batch]` int32 is the place of the text's last token in `suffixTokens`. */
export interface HeadInputs extends ModelInputs {
  readonly last: tf.Tensor;
}

/** A head's weights, which stand beside the model's. */
export function declareHead({ classes, passes }: Head, { width }: SimVLMConfig): Declarations {
  return {
    ...declareLinear("head", passes * width, classes),
    ...(passes > 1 && {
      ...declareLinear("head.hidden", passes * width, width),
      "head.combined.kernel": { shape: [width, classes], initial: { deviation: 1 / Math.sqrt(width) } },
    }),
  };
}

/** Names and shapes of a head's weights. */
export function headShapes(head: Head, config: SimVLMConfig): ParameterShapes {
  return shapesOf(declareHead(head, config));
}

/**
 * A fresh head for classes that the model could say as well: each starts from the word embedding of its first token, so
 * that it is scored as generating would score it, by the mean of the passes, and from the odds of one class among all.
 * From random weights, a VQA classifier of the Toybox forgot the names of things before it had learnt which class stands
 * for which. A hidden layer adds nothing at first.
 * @param firstTokens of each class's text, `[classes]`; a class without any starts from zeros
 */
export function initializeAnswerHead(
  firstTokens: readonly (number | undefined)[],
  passes: Head["passes"],
  weights: WeightArrays,
  config: SimVLMConfig,
  random: Random,
): WeightArrays {
  const { data } = weights["text.embedding"]!; // [vocabulary, width]
  const { width } = config;
  const classes = firstTokens.length;
  const head = initialize(declareHead({ classes, passes }, config), random);
  head["head.combined.kernel"]?.data.fill(0);
  const kernel = new Float32Array(passes * width * classes);
  for (const [column, token] of firstTokens.entries()) {
    if (token === undefined) continue;
    for (let row = 0; row < passes * width; row++) {
      kernel[row * classes + column] = data[token * width + (row % width)]! / passes;
    }
  }
  return {
    ...head,
    "head.kernel": { shape: [passes * width, classes], data: kernel },
    "head.bias": { shape: [classes], data: new Float32Array(classes).fill(-Math.log(Math.max(classes - 1, 1))) },
  };
}

/**
 * Class scores `[batch, classes]`.
 * @param passes the inputs of each pass; NLVR2 gives two, the same text with the left and the right picture
 */
export function classify(
  weights: Weights,
  passes: readonly HeadInputs[],
  config: SimVLMConfig,
  options: ForwardOptions = {},
): tf.Tensor {
  const head = under(weights, "head");
  const states = passes.map((inputs) => lastState(weights, inputs, config, options)); // passes × [batch, width]
  const all = tf.concat(states, 1); // [batch, passes · width]
  const scores = tf.add(tf.matMul(all, head("kernel")), head("bias")); // [batch, classes]
  if (passes.length === 1) return scores; // [batch, classes]
  const hidden = gelu(linear(all, head, "hidden")); // [batch, width]
  return tf.add(scores, tf.matMul(hidden, head("combined.kernel"))); // [batch, classes]
}

function lastState(weights: Weights, inputs: HeadInputs, config: SimVLMConfig, options: ForwardOptions): tf.Tensor {
  const { states } = hiddenStates(weights, inputs, config, options); // [batch, suffix, width]
  const chosen = tf.oneHot(inputs.last as tf.Tensor1D, states.shape[1]!, 1, 0, "float32"); // [batch, suffix]
  return tf.sum(tf.mul(states, tf.expandDims(chosen, 2)), 1); // [batch, width]
}

/**
 * Mean loss of class scores.
 * @param targets `[batch, classes]`: rows that sum to 1 for `softmax`, soft scores in [0, 1] for `sigmoid`
 */
export function headLoss(logits: tf.Tensor, targets: tf.Tensor, kind: ClassificationLoss): tf.Tensor {
  if (kind === "softmax") return tf.neg(tf.mean(tf.sum(tf.mul(targets, tf.logSoftmax(logits)), 1))); // []
  // log(1 + eˣ) − x·target, summed over the classes: binary cross-entropy without overflow.
  const softplus = tf.add(tf.relu(logits), tf.log1p(tf.exp(tf.neg(tf.abs(logits))))); // [batch, classes]
  return tf.mean(tf.sum(tf.sub(softplus, tf.mul(logits, targets)), 1)); // []
}

/** The head's loss and its gradient with respect to the weights of model and head. */
export function headLossAndGradients(
  weights: Weights,
  passes: readonly HeadInputs[],
  targets: tf.Tensor,
  kind: ClassificationLoss,
  config: SimVLMConfig,
  options: ForwardOptions = {},
): LossAndGradients {
  const used = usedWeights(config, passes[0]!);
  const isUsed = (name: string) => used.has(name) || name.startsWith("head.");
  return differentiate(weights, isUsed, (trained) =>
    headLoss(classify(trained, passes, config, options), targets, kind),
  );
}
