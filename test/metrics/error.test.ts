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

test("an error of another copy of the package is one, too; an ordinary error or a look-alike is none", () => {
  class SimvlmErrorOfAnotherCopy extends Error {
    override readonly name = "SimvlmError";
    readonly code = "bad-input";
  }
  expect(new SimvlmErrorOfAnotherCopy("x") instanceof SimvlmError).toBe(true);
  expect(new Error("x") instanceof SimvlmError).toBe(false);
  expect({ name: "SimvlmError", code: "x", message: "x" } instanceof SimvlmError).toBe(false);
});
