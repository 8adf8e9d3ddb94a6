import { SimvlmError } from "@simvlm/metrics";
import { listSupportedBackends } from "onnxruntime-node";

export const PROVIDERS = ["cpu", "webgpu", "cuda", "coreml", "dml"] as const;

/** What runs a compiled graph: an execution provider of ONNX Runtime. */
export type Provider = (typeof PROVIDERS)[number];

/** The providers that the installed onnxruntime-node was built with, found or not at run time. */
export function builtProviders(): Provider[] {
  const built = new Set(listSupportedBackends().map(({ name }) => name));
  return PROVIDERS.filter((provider) => built.has(provider));
}

/** @throws SimvlmError `provider` when the installed onnxruntime-node lacks the provider */
export function requireProvider(provider: string): asserts provider is Provider {
  const built = builtProviders();
  if (built.some((name) => name === provider)) return;
  throw new SimvlmError(
    "provider",
    `The provider "${provider}" is not in the installed onnxruntime-node for ${process.platform}-${process.arch}; ` +
      `there is ${built.join(", ")}. Ask for one of these, or run \`simvlm doctor\`.`,
  );
}
