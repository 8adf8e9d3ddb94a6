import { expect, test } from "vitest";
import { FaultCounter } from "../../../harness/training/faults.js";

test("passes over the stated rate and no more", () => {
  const told: string[] = [];
  const counter = new FaultCounter(0.1, (where) => told.push(where));
  for (let i = 0; i < 200; i++) counter.see();
  for (let i = 0; i < 20; i++) counter.add(`item ${i}`, "broken");
  expect(told).toHaveLength(20);
  expect(counter.counts).toEqual({ faults: 20, seen: 200 });
  expect(() => counter.add("item 20", "broken")).toThrow(/21 of 200 examples.*item 20: broken/s);
});

test("a few faults at the very beginning are no rate", () => {
  const counter = new FaultCounter(0, () => {});
  counter.see();
  for (let i = 0; i < 10; i++) counter.add("item", "broken");
  expect(() => counter.add("item", "broken")).toThrow(/too|more than/);
});
