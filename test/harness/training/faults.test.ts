import { expect, test } from "vitest";
import { FaultCounter } from "../../../harness/training/faults.js";

/** @param isBad whether the n-th example is */
function readMany(counter: FaultCounter, count: number, isBad: (n: number) => boolean): void {
  for (let n = 0; n < count; n++) {
    counter.see();
    if (isBad(n)) counter.add(`item ${n}`, "broken");
    else counter.use();
  }
  counter.endPass();
}

test("a share below the limit passes, wherever the bad examples lie", () => {
  for (const isBad of [(n: number) => n % 125 === 60, (n: number) => n < 12, (n: number) => n >= 1488]) {
    const counter = new FaultCounter(0.01, () => {});
    for (let pass = 0; pass < 5; pass++) readMany(counter, 1500, isBad);
    expect(counter.counts).toEqual({ faults: 60, seen: 7500 });
  }
});

test("a share above the limit stops after the first pass at the latest, naming the last fault", () => {
  const told: string[] = [];
  const counter = new FaultCounter(0.01, (where) => told.push(where));
  expect(() => readMany(counter, 1500, (n) => n % 60 === 0)).toThrow(/25 of 1500 examples.*item 1440: broken/s);
  expect(told).toHaveLength(25);
});

test("the last fault's sentence ends once", () => {
  const counter = new FaultCounter(0, () => {});
  counter.see();
  expect(() => counter.add("item 1", "it is cut short; fetch it again.")).toThrow("fetch it again. Repair the data");
});

test("a much higher share stops early", () => {
  expect(() => readMany(new FaultCounter(0.01, () => {}), 100_000, (n) => n % 2 === 0)).toThrow(/of 4\d examples/);
});

test("no tolerance is none, full tolerance is full", () => {
  expect(() => readMany(new FaultCounter(0, () => {}), 10, (n) => n === 0)).toThrow(/1 of 1 examples/);
  const counter = new FaultCounter(1, () => {});
  readMany(counter, 1000, (n) => n % 10 > 0);
  expect(counter.counts).toEqual({ faults: 900, seen: 1000 });
});

test("where all are tolerated and none is good, the search ends all the same", () => {
  const counter = new FaultCounter(1, () => {});
  expect(() => {
    for (let pass = 0; pass < 1000; pass++) readMany(counter, 20, () => true);
  }).toThrow(/of \d+ examples cannot be read/);
});
