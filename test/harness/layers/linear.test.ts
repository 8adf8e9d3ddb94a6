import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import "@tensorflow/tfjs-backend-cpu";
import { gelu } from "../../../harness/layers/linear.js";

test("GELU is x times the normal distribution's share below x", async () => {
  await tf.setBackend("cpu");
  // Values of the standard normal table.
  const expected = [0, 0.841345, -0.158655, 1.9545, -0.0455];
  gelu(tf.tensor1d([0, 1, -1, 2, -2]))
    .dataSync()
    .forEach((value, index) => {
      expect(value).toBeCloseTo(expected[index]!, 4);
    });
});
