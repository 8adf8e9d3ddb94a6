import { describe, expect, it } from "vitest";
import { createRandom } from "../../harness/random.js";

const draw = (count: number, next: () => number): number[] => Array.from({ length: count }, next);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe("createRandom", () => {
  it("repeats itself for a seed and differs for another", () => {
    const first = draw(20, createRandom(7).next);
    expect(draw(20, createRandom(7).next)).toEqual(first);
    expect(draw(20, createRandom(8).next)).not.toEqual(first);
    expect(draw(20, createRandom(-7).next)).not.toEqual(first);
  });

  it("keeps its numbers between versions", () => {
    const random = createRandom(2021);
    expect([random.integer(1000), random.integer(1000), random.integer(1000)]).toEqual([811, 211, 746]);
  });

  it("draws uniformly from [0, 1)", () => {
    const values = draw(100_000, createRandom(1).next);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    const bins = new Array<number>(20).fill(0);
    for (const value of values) bins[Math.floor(value * 20)]!++;
    const chiSquare = bins.reduce((sum, count) => sum + (count - 5000) ** 2 / 5000, 0);
    expect(chiSquare).toBeLessThan(43.8); // 19 degrees of freedom, p = 0.001
  });

  it("draws integers of any range evenly", () => {
    const random = createRandom(3);
    const bins = new Array<number>(7).fill(0);
    for (let i = 0; i < 70_000; i++) bins[random.integer(7)]!++;
    const chiSquare = bins.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    expect(chiSquare).toBeLessThan(22.5); // 6 degrees of freedom, p = 0.001
    expect(random.integer(1)).toBe(0);
    expect(mean(draw(10_000, () => random.integer(3 * 2 ** 30))) / (3 * 2 ** 30)).toBeCloseTo(0.5, 1);
    expect(() => random.integer(0)).toThrow(RangeError);
    expect(() => random.integer(1.5)).toThrow(RangeError);
  });

  it("draws normal deviates", () => {
    const values = draw(100_000, createRandom(5).normal);
    const centre = mean(values);
    expect(Math.abs(centre)).toBeLessThan(0.015);
    expect(mean(values.map((value) => (value - centre) ** 2))).toBeCloseTo(1, 1);
    expect(values.filter((value) => Math.abs(value) > 1.96).length / values.length).toBeCloseTo(0.05, 2);
  });

  it("forks by label alone, not by what was drawn", () => {
    const fresh = createRandom(9);
    const used = createRandom(9);
    draw(10, used.next);
    expect(draw(5, used.fork("epoch").next)).toEqual(draw(5, fresh.fork("epoch").next));
    const streams = [
      fresh,
      fresh.fork("a"),
      fresh.fork("b"),
      fresh.fork(1),
      fresh.fork("1"),
      fresh.fork("a").fork("b"),
    ];
    expect(new Set(streams.map((stream) => stream.next())).size).toBe(streams.length);
  });

  it("gives neighbouring forks uncorrelated streams", () => {
    const root = createRandom(0);
    const firsts = draw(20_000, () => 0).map((_, i) => root.fork(i).next() - 0.5);
    const neighbours = firsts.slice(1).map((value, i) => value * firsts[i]!);
    expect(Math.abs(mean(firsts))).toBeLessThan(0.01);
    expect(Math.abs(mean(neighbours)) * 12).toBeLessThan(0.03);
  });

  it("refuses a seed that is not an integer", () => {
    expect(() => createRandom(0.5)).toThrow(/The seed is 0.5; give an integer/);
    expect(() => createRandom(Number.NaN)).toThrow(/NaN/);
  });
});
