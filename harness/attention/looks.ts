import type { AttentionMaps, AttentionRecord, SaidText } from "../models/attention-maps.js";
import type { Execution } from "../models/vision-language-model.js";
import { activateTokens, multiplyByGradient, rollOutTokens } from "./methods.js";

/**
 * `gradient`: gradient × attention, see {@link multiplyByGradient}; `rollout`: see {@link rollOutTokens}; `activation`: see
 * {@link activateTokens}.
 */
export type Method = "gradient" | "rollout" | "activation";

/** Where one set of weights looked for each token of a text, told in several ways. */
export interface Looks {
  readonly attention: AttentionRecord;
  readonly gradient?: AttentionRecord;
  readonly rollout?: AttentionRecord;
  readonly activation?: AttentionRecord;
}

/** @param methods what is computed besides the attention itself, as far as the family tells */
export async function lookAt(
  maps: AttentionMaps,
  said: SaidText,
  methods: readonly Method[],
  execution: Execution,
): Promise<Looks> {
  const attention = await maps.record(said, execution);
  const differentiates = methods.includes("gradient") || methods.includes("activation");
  const gradients = differentiates ? await maps.gradients?.(attention, said, execution) : undefined;
  const selfAttention = methods.includes("rollout") ? await maps.selfAttention?.(said, execution) : undefined;
  return {
    attention,
    ...(gradients && methods.includes("gradient") && { gradient: multiplyByGradient(attention, gradients) }),
    ...(selfAttention && { rollout: rollOutTokens(attention, selfAttention) }),
    ...(gradients && methods.includes("activation") && { activation: activateTokens(attention, gradients) }),
  };
}
