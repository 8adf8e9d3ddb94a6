export { type CompileOptions, compile } from "./compile.js";
export { CompiledFunction, type PartialTree, type RunOptions } from "./compiled-function.js";
export { type Feed, type NativeData, NativeTensor, type NativeType } from "./native-tensor.js";
export type { ExternalData, ModelOptions } from "./onnx/model-writer.js";
export { PROVIDERS, type Provider } from "./providers.js";
export type { Signature, TensorSpecification } from "./trace/trace.js";
export type { MapTree, Tree } from "./tree.js";
