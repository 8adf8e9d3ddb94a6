import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import "@tensorflow/tfjs-backend-cpu";
import type { AttentionBlock } from "../../../harness/layers/attention.js";
import type { Source } from "../../../harness/layers/key-values.js";
import { type Layer, runLayers } from "../../../harness/layers/transformer.js";

/** Branches that multiply, and norms that add 1: what goes through which, and in what order, is seen in one number. */
function layer(order: Layer["order"], cross: boolean): Layer {
  const norm = (x: tf.Tensor) => tf.add(x, 1);
  const unused = () => {
    throw new Error("the sources below project nothing");
  };
  const block: AttentionBlock = {
    heads: 1,
    norm,
    queriesKeysValues: unused,
    queries: unused,
    keysValues: unused,
    output: unused,
  };
  return {
    name: "stack.0",
    order,
    attention: block,
    cross: cross ? block : undefined,
    mlp: { norm, compute: (x) => tf.mul(x, 7) },
  };
}

const times =
  (factor: number): Source =>
  (x, _, __, intervention) => ({
    output: tf.mul(x, factor),
    probabilities: intervention?.probe ?? tf.scalar(factor),
  });

async function run(order: Layer["order"], cross: boolean, noise: Record<string, tf.Tensor> = {}) {
  await tf.setBackend("cpu");
  const kept: Record<string, number> = {};
  const keep = (name: string, tensor: tf.Tensor) => {
    kept[name] = tensor.dataSync()[0]!;
  };
  const probes = { "stack.0.attention": tf.scalar(-1) };
  const x = runLayers(
    tf.scalar(1),
    [layer(order, cross)],
    { self: times(3), cross: times(5) },
    { keep, noise, probes },
  );
  return { result: x.dataSync()[0], kept };
}

test("pre-norm: each branch gets the normalised sum so far, and is added to the sum", async () => {
  // 1 + 3·(1 + 1) = 7; 7 + 5·(7 + 1) = 47; 47 + 7·(47 + 1) = 383
  const { result, kept } = await run("pre-norm", true);
  expect(result).toBe(383);
  expect(kept).toEqual({ "stack.0.attention": -1, "stack.0.cross": 5, "stack.0.output": 383 });
});

test("post-norm: each branch gets the sum so far, which is normalised after it", async () => {
  // 1 + 3·1 + 1 = 5; 5 + 5·5 + 1 = 31; 31 + 7·31 + 1 = 249
  expect((await run("post-norm", true)).result).toBe(249);
});

test("a layer without cross-attention reads no memory, and noise scales the branch of its name", async () => {
  // 7 + 7·(7 + 1) = 63
  const { result, kept } = await run("pre-norm", false);
  expect(result).toBe(63);
  expect(Object.keys(kept)).toEqual(["stack.0.attention", "stack.0.output"]);
  // 1 + 0·…; 1 + 2·7·(1 + 1) = 29
  const noise = { "stack.0.attention": tf.scalar(0), "stack.0.mlp": tf.scalar(2) };
  expect((await run("pre-norm", false, noise)).result).toBe(29);
});
