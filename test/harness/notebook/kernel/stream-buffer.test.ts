import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { StreamBuffer } from "../../../../harness/notebook/kernel/stream-buffer.js";

let sent: [string, string][];
let buffer: StreamBuffer;

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  sent = [];
  buffer = new StreamBuffer((name, text) => sent.push([name, text]));
  buffer.write("stdout", "first\n");
  sent.length = 0;
});
afterEach(() => {
  vi.useRealTimers();
});

test("gathers what comes in quick succession, and sends it soon", () => {
  for (const text of ["a", "b", "c"]) buffer.write("stdout", text);
  expect(sent).toEqual([]);
  vi.advanceTimersByTime(100);
  expect(sent).toEqual([["stdout", "abc"]]);
  vi.advanceTimersByTime(1000);
  expect(sent).toHaveLength(1);
});

test("the first thing after a pause goes out at once", () => {
  vi.advanceTimersByTime(200);
  buffer.write("stdout", "now");
  expect(sent).toEqual([["stdout", "now"]]);
});

test("keeps the order of the two streams", () => {
  buffer.write("stdout", "a");
  buffer.write("stderr", "b");
  buffer.flush();
  expect(sent).toEqual([
    ["stdout", "a"],
    ["stderr", "b"],
  ]);
});

test("does not wait with much, and joins characters that were cut apart", () => {
  const bytes = Buffer.from("é".repeat(40_000));
  buffer.write("stdout", bytes.subarray(0, 40_001));
  buffer.write("stdout", bytes.subarray(40_001));
  buffer.write("stdout", "x".repeat(70_000));
  expect(sent.map(([, text]) => text).join("")).toBe("é".repeat(40_000) + "x".repeat(70_000));
});
