/** What an exported folder has besides the checkpoint's own files. */
export const FILES = {
  encoder: "encoder.onnx",
  step: "decoder-step.onnx",
  interface: "interface.json",
  readme: "README.md",
} as const;
