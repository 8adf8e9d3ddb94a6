import { expect, test } from "vitest";
import { readOptions } from "../bench/runner/read-options.js";

const KNOWN = { benchmarks: ["score", "compare"], providers: ["cpu", "webgpu"] };
const read = (...args: string[]) => readOptions(args, KNOWN);

test("without a name all are measured, with the benchmarks' own rounds on the processor", () => {
  expect(read()).toEqual({ names: ["score", "compare"], isWhole: true, provider: "cpu", json: false, help: false });
});

test("names, once each, in the order in which they are given", () => {
  expect(read("compare", "score", "compare", "--rounds", "7", "--provider", "webgpu", "--json")).toEqual({
    ...{ names: ["compare", "score"], isWhole: false, rounds: 7 },
    ...{ provider: "webgpu", json: true, help: false },
  });
});

test.each([
  [["singing"], /no benchmark singing; there are score, compare\./],
  [["--provider", "gpu"], /no provider gpu; there are cpu, webgpu\./],
  [["--rounds", "0"], /--rounds is 0,/],
  [["--rounds", "1.5"], /--rounds is 1\.5,/],
  [["--rounds", "many"], /--rounds is many,/],
  [["--speed"], /--speed/],
])("%j is refused", (args, message) => {
  expect(() => read(...args)).toThrow(message);
});
