export { type CompileOptions, compile, download, type MatrixPrecision } from "./compile.js";
export type { CompiledFunction, PartialTree, RunOptions } from "./compiled-function.js";
export { type Feed, type NativeData, NativeTensor, type NativeType } from "./native-tensor.js";
export type { ConstantSource, ExternalData, ModelOptions } from "./onnx-writer.js";
export type { Optimisation } from "./optimisers.js";
export { PROVIDERS, type Provider, probeProvider, probeProviders } from "./providers.js";
export {
  BACKENDS,
  type BackendName,
  type Probe,
  probeBackends,
  type SelectOptions,
  selectBackend,
} from "./select-backend.js";
export type { Signature, TensorSpecification } from "./trace/trace.js";
export type { MapTree, Tree } from "./tree.js";
