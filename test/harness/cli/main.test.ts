import { expect, test } from "vitest";
import { askedCommand } from "../../../harness/cli/main.js";

test.each([
  ["score --task caption --predictions bench", "score"],
  ["help score", "score"],
  ["--help score", "score"],
  ["help", undefined],
  ["--version", undefined],
  ["toybox generate", "toybox"],
])("%s: %s", (line, command) => {
  expect(askedCommand(line.split(" "))).toBe(command);
});
