/** The names that configs of published models may use for activations. */
export const ACTIVATION_NAMES = ["gelu", "gelu_new", "gelu_pytorch_tanh", "quick_gelu", "relu"] as const;

/** An activation that layers have. */
export type ActivationName = (typeof ACTIVATION_NAMES)[number];
