import { fusedAttention } from "../../layers/attention.js";
import { gelu, linear } from "../../layers/linear.js";
import { layerNorm } from "../../layers/norms.js";
import type { Layer } from "../../layers/transformer.js";
import { under, type Weights } from "../../layers/weights.js";
import { layerNames, type SimVLMConfig } from "./simvlm-config.js";

/** The pre-norm layers of a stack, whose names are those of their weights. */
export function layersOf(stack: "encoder" | "decoder", weights: Weights, config: SimVLMConfig): Layer[] {
  const hasCross = stack === "decoder" && config.layout === "encoder-decoder";
  return layerNames(stack, config).map((name) => {
    const mlp = under(weights, `${name}.mlp`);
    return {
      name,
      order: "pre-norm",
      attention: fusedAttention(under(weights, `${name}.attention`), config.heads),
      cross: hasCross ? fusedAttention(under(weights, `${name}.cross`), config.heads) : undefined,
      mlp: {
        norm: (x) => layerNorm(x, mlp, "norm"),
        compute: (x) => linear(gelu(linear(x, mlp, "input")), mlp, "output"),
      },
    };
  });
}
