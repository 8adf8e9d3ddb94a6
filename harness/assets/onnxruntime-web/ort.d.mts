// What of the module is used here has the types of every ONNX Runtime.
export { env, InferenceSession, Tensor } from "onnxruntime-common";
