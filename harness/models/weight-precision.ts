import { SimvlmError } from "@simvlm/metrics";
import type { MatrixPrecision, Provider } from "../engine/index.js";
import type { VisionLanguageModel } from "./vision-language-model.js";

/** How a model's weights can be kept while it is asked: as 32-bit floats, or its matrices in eight bits. */
export const WEIGHT_PRECISIONS = ["float32", "int8"] as const satisfies readonly MatrixPrecision[];

/** What a manifest says of weights in eight bits, under `source.weights`. */
export const EIGHT_BITS = {
  precision: "int8",
  matrices: "each output rounded to -127..127 by its largest number",
  inputs: "each row rounded to -127..127 by its largest number, when it is multiplied",
  float32: "embeddings, biases, norms, convolutions, products within attention, matrices below 256 numbers",
} as const;

/** How the weights of a model are kept, by its description or a manifest's source. */
export function precisionOf({ weights }: Readonly<Record<string, unknown>>): MatrixPrecision {
  const { precision } = Object(weights) as { readonly precision?: unknown };
  return precision === EIGHT_BITS.precision ? EIGHT_BITS.precision : "float32";
}

/**
 * The same model with its weights kept as is asked for; as it is where nothing is.
 * @param provider what will compute; eight bits are for the CPU
 * @throws SimvlmError `no-int8` for a family without, and another provider
 */
export async function withWeights<Batch>(
  model: VisionLanguageModel<Batch>,
  weights: MatrixPrecision | undefined,
  provider: Provider = "cpu",
): Promise<VisionLanguageModel<Batch>> {
  if (weights !== EIGHT_BITS.precision || precisionOf(model.description) === weights) return model;
  if (provider !== "cpu") {
    throw new SimvlmError(
      "no-int8",
      `Weights in eight bits are for the CPU, not for ${provider}. Choose one of the two.`,
    );
  }
  if (model.inEightBits) return model.inEightBits();
  throw new SimvlmError("no-int8", `${model.source} has no weights in eight bits: its family does not say how.`);
}
