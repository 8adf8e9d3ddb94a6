import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { compile } from "../../../harness/engine/index.js";
import { KERNEL_FAMILIES } from "../../../harness/engine/kernels/kernel-registry.js";
import { CASES, runKernel, type Tensors } from "./kernel-cases/all.js";
import type { Case } from "./kernel-cases/case.js";
import { fill, seeded } from "./random.js";

const TOLERANCE = 1e-5;

function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  const wrong = Array.from(expected).findIndex((number, i) => !isClose(found[i]!, number, tolerance));
  expect(wrong === -1 ? "close" : `element ${wrong}: ${found[wrong]} for ${expected[wrong]}`).toBe("close");
}

function isClose(found: number, expected: number, tolerance: number): boolean {
  return (
    Object.is(found, expected) ||
    found === expected ||
    Math.abs(found - expected) <= tolerance * Math.max(1, Math.abs(expected))
  );
}

async function check(
  name: string,
  { inputs, attributes = {}, tolerance = TOLERANCE }: Case,
  seed: number,
): Promise<void> {
  const random = seeded(seed);
  const tensors = Object.fromEntries(Object.entries(inputs).map(([key, filling]) => [key, fill(filling, random)]));
  const expected = runKernel(name, tensors, attributes);
  const compiled = await compile((given: Tensors) => runKernel(name, given, attributes), tensors);
  const found = await compiled.run(tensors);
  await compiled.dispose();
  expect(Object.keys(found)).toEqual(Object.keys(expected));
  for (const [key, output] of Object.entries(expected)) {
    expect(found[key]!.shape).toEqual(output.shape);
    expect(found[key]!.dtype).toBe(output.dtype);
    expectClose(found[key]!.data, output.dataSync(), tolerance);
  }
}

beforeAll(async () => {
  await tf.setBackend("cpu");
});

describe("a compiled kernel computes what the cpu backend computes", () => {
  for (const [name, cases] of Object.entries(CASES)) {
    it(name, async () => {
      for (const [i, each] of cases.entries()) {
        await check(name, each, i + 1).catch((error: Error) => {
          throw new Error(`${name}, case ${i} ${JSON.stringify(each)}: ${error.message}`, { cause: error });
        });
      }
    });
  }
});

it("every mapped kernel has a row of cases", () => {
  const mapped = Object.values(KERNEL_FAMILIES).flatMap((family) => Object.keys(family));
  expect(Object.keys(CASES).sort()).toEqual(mapped.sort());
});
