import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { onTestFinished } from "vitest";
import { mayOverflow } from "../../../../harness/engine/eight-bits/overflow.js";
import type { PortableRuntime } from "../../../../harness/models/portable/open-portable.js";
import { type PortableGraphs, WEIGHTS_FILE } from "../../../../harness/models/portable/portable-model.js";

/** ONNX Runtime for Node.js on a portable model, whose files it reads in a temporary folder. */
export function nodeRuntime({ graphs, weights }: PortableGraphs): PortableRuntime {
  const folder = mkdtempSync(join(tmpdir(), "simvlm-portable-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, WEIGHTS_FILE), weights);
  return {
    Tensor,
    async open(name) {
      const path = join(folder, `${name}.onnx`);
      writeFileSync(path, graphs[name]);
      // As the engine has it: products in eight bits that do not overflow, where the processor's own may.
      const session = (await mayOverflow()) ? { x64quantprecision: "1" } : {};
      return InferenceSession.create(path, { intraOpNumThreads: 1, extra: { session } });
    },
  };
}
