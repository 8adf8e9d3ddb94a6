import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { project } from "../documents.js";

const require = createRequire(import.meta.url);

/** What is used of danfojs-node here: its own types bring in those of packages that are not installed. */
interface Danfo {
  readonly Series: new (values: readonly number[]) => Series;
  readonly DataFrame: new (columns: Readonly<Record<string, readonly number[]>>) => Frame;
  readonly StandardScaler: new () => Scaler;
  readonly MinMaxScaler: new () => Scaler;
}
interface Series {
  readonly values: number[];
  argMax(): number;
  sample(count: number, options: { seed: number }): Promise<Series>;
}
interface Frame {
  readonly values: number[][];
  add(other: number): Frame;
  div(other: Frame): Frame;
}
interface Scaler {
  fitTransform(frame: Frame): Frame;
  inverseTransform(frame: Frame): Frame;
}

test("danfojs computes with the small part of tfjs that stands in for its native binding", async () => {
  const { Series, DataFrame, StandardScaler, MinMaxScaler } = require("danfojs-node") as Danfo;
  const frame = new DataFrame({ a: [1, 2, 3], b: [4, 5, 9] });
  expect(frame.add(2).values).toEqual([
    [3, 6],
    [4, 7],
    [5, 11],
  ]);
  expect(frame.div(frame).values.flat()).toEqual([1, 1, 1, 1, 1, 1]);
  expect(new MinMaxScaler().fitTransform(frame).values[1]).toEqual([0.5, expect.closeTo(0.2)]);
  const scaler = new StandardScaler();
  expect(scaler.inverseTransform(scaler.fitTransform(frame)).values[2]).toEqual([3, 9]);
  const series = new Series([3, 1, 2, 4]);
  expect(series.argMax()).toBe(3);
  expect((await series.sample(2, { seed: 1 })).values).toHaveLength(2);
});

test("nothing installs tfjs as a whole, which is 230 MB more", () => {
  const lock = JSON.parse(readFileSync(`${project}/package-lock.json`, "utf8")) as { packages: object };
  expect(Object.keys(lock.packages)).toContain("node_modules/@tensorflow/tfjs-core");
  expect(Object.keys(lock.packages)).not.toContain("node_modules/@tensorflow/tfjs");
});
