import { expect, test } from "vitest";
import { placeSideBySide } from "../../../harness/training/side-by-side.js";

test("tensors share the memory of all of their kind, each beginning at a multiple of 64 bytes", () => {
  const { byName, together } = placeSideBySide({ a: { shape: [3, 2] }, bias: { shape: [5] }, b: { shape: [2, 2, 2] } });
  expect(Object.keys(byName)).toEqual(["a", "bias", "b"]);
  byName.b!.data.fill(7);
  byName.bias!.data.fill(2);
  expect(together.matrices!.shape).toEqual([1, 32]);
  expect([...together.matrices!.data]).toEqual([...Array(16).fill(0), ...Array(8).fill(7), ...Array(8).fill(0)]);
  expect(together.vectors!.shape).toEqual([16]);
  expect([...together.vectors!.data]).toEqual([...Array(5).fill(2), ...Array(11).fill(0)]);
});

test("much is laid out for blocks of 131,072 numbers", () => {
  const { together } = placeSideBySide({ a: { shape: [300, 1000] }, b: { shape: [7, 1] } });
  expect(together.matrices!.shape).toEqual([1, 3 * 131_072]);
});

test("where there are no vectors, there are none together", () => {
  expect(Object.keys(placeSideBySide({ a: { shape: [2, 2] } }).together)).toEqual(["matrices"]);
});
