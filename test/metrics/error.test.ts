import { SimvlmError } from "@simvlm/metrics";
import { expect, test } from "vitest";

test("an error carries a stable code and its message", () => {
  const error = new SimvlmError("missing-predictions", "3 images have no prediction");
  expect(error).toBeInstanceOf(Error);
  expect([error.code, error.message, error.name]).toEqual([
    "missing-predictions",
    "3 images have no prediction",
    "SimvlmError",
  ]);
});
