import { type NamedTensorInfoMap, registerKernel } from "@tensorflow/tfjs-core";
import { TRACE_BACKEND, traceBackend } from "../trace/backend.js";
import { arithmetic } from "./arithmetic.js";
import { convolutions } from "./convolution.js";
import { creation } from "./creation.js";
import { depthwiseConvolutions } from "./depthwise-convolution.js";
import { functions } from "./functions.js";
import { gatherScatter } from "./gather-scatter.js";
import type { KernelFamily } from "./kernel-family.js";
import { linearAlgebra } from "./linear-algebra.js";
import { comparison } from "./logical.js";
import { normalisation } from "./normalisation.js";
import { pooling } from "./pooling.js";
import { reductions } from "./reduction.js";
import { resizing } from "./resize.js";
import { shapes } from "./shape.js";
import { windows } from "./window.js";

/** Every family of mapped kernels, by the name it has in docs/engine.md. */
export const KERNEL_FAMILIES: Readonly<Record<string, KernelFamily>> = {
  arithmetic,
  functions,
  comparison,
  creation,
  reductions,
  "linear algebra": linearAlgebra,
  shapes,
  windows,
  "gather and scatter": gatherScatter,
  convolutions,
  "depthwise convolutions": depthwiseConvolutions,
  pooling,
  resizing,
  normalisation,
};

function valuesOf(inputs: NamedTensorInfoMap) {
  const present = Object.entries(inputs).flatMap(([name, tensor]) => (tensor ? [[name, tensor] as const] : []));
  return Object.fromEntries(present.map(([name, tensor]) => [name, traceBackend.lookUp(tensor)]));
}

for (const [kernelName, emit] of Object.values(KERNEL_FAMILIES).flatMap((family) => Object.entries(family))) {
  registerKernel({
    kernelName,
    backendName: TRACE_BACKEND,
    kernelFunc: ({ inputs, attrs }) => {
      const outputs = emit(traceBackend.activeGraph, valuesOf(inputs), attrs ?? {});
      return "id" in outputs ? traceBackend.infoOf(outputs) : outputs.map((output) => traceBackend.infoOf(output));
    },
  });
}
