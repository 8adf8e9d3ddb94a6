import "@tensorflow/tfjs-backend-cpu";
import { readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { KERNEL_FAMILIES } from "../../../harness/engine/kernels/kernel-registry.js";
import { traceFunction } from "../../../harness/engine/trace/trace.js";
import { CASES, runKernel, type Tensors } from "./kernel-cases/all.js";
import { fill, seeded } from "./random.js";

const DOCUMENT = new URL("../../../docs/engine.md", import.meta.url);

/** The ONNX operators that a kernel's cases are written with, in the order of their first use. */
async function operatorsOf(name: string): Promise<string> {
  const operators = new Set<string>();
  for (const { inputs, attributes = {} } of CASES[name]!) {
    const random = seeded(1);
    const tensors = Object.fromEntries(Object.entries(inputs).map(([key, filling]) => [key, fill(filling, random)]));
    const trace = await traceFunction((given: Tensors) => runKernel(name, given, attributes), tensors);
    for (const { operator } of trace.graph.reachable(trace.outputs.map(([, value]) => value))) operators.add(operator);
  }
  return [...operators].join(", ") || "none";
}

it("docs/engine.md lists every mapped kernel with the operators it becomes", async () => {
  await tf.setBackend("cpu");
  const document = readFileSync(DOCUMENT, "utf8");
  const found = [...document.matchAll(/^\| `(\w+)`\s+\| (.+?)\s+\|$/gm)].map(([, kernel, operators]) => [
    kernel,
    operators,
  ]);
  const expected: [string, string][] = [];
  for (const name of Object.values(KERNEL_FAMILIES).flatMap((family) => Object.keys(family))) {
    expected.push([name, await operatorsOf(name)]);
  }
  expect(found).toEqual(expected);
});
