import { expect, test } from "vitest";
import type { Content } from "../../../../harness/notebook/kernel/wire.js";
import type { Output } from "../../../../harness/notebook/runner/notebook-file.js";
import { OutputCollector } from "../../../../harness/notebook/runner/outputs.js";

function collect(
  messages: readonly (readonly [type: string, content: Content])[],
  collector = new OutputCollector(),
): Output[] {
  const outputs: Output[] = [];
  const add = collector.collect(outputs);
  for (const [type, content] of messages) add(type, content);
  return outputs;
}

const stream = (text: string, name = "stdout") => ["stream", { name, text }] as const;
const display = (text: string, id?: string) =>
  ["display_data", { data: { "text/plain": text }, metadata: {}, transient: id ? { display_id: id } : {} }] as const;
const update = (text: string, id: string) =>
  ["update_display_data", { data: { "text/plain": text }, metadata: { m: 1 }, transient: { display_id: id } }] as const;

test("what is printed one after the other is one output", () => {
  expect(collect([stream("a\n"), stream("b\n"), stream("c\n", "stderr"), stream("d\n")])).toEqual([
    { output_type: "stream", name: "stdout", text: "a\nb\n" },
    { output_type: "stream", name: "stderr", text: "c\n" },
    { output_type: "stream", name: "stdout", text: "d\n" },
  ]);
});

test("a line written over is kept as it was last", () => {
  expect(collect([stream("10 %\r"), stream("50 %\r"), stream("done\r\nnext\n")])).toEqual([
    { output_type: "stream", name: "stdout", text: "done\nnext\n" },
  ]);
});

test("displays, results and errors", () => {
  expect(
    collect([
      display("x"),
      ["execute_result", { data: { "text/plain": "y" }, metadata: {}, execution_count: 4 }],
      ["error", { ename: "E", evalue: "v", traceback: ["t"] }],
      ["execute_input", { code: "" }],
    ]),
  ).toEqual([
    { output_type: "display_data", data: { "text/plain": "x" }, metadata: {} },
    { output_type: "execute_result", data: { "text/plain": "y" }, metadata: {}, execution_count: 4 },
    { output_type: "error", ename: "E", evalue: "v", traceback: ["t"] },
  ]);
});

test("a display is changed wherever it was shown, also by a later cell", () => {
  const collector = new OutputCollector();
  const first = collect([display("0", "p"), display("other", "q"), display("0", "p")], collector);
  const second = collect([update("2", "p"), update("nowhere", "r")], collector);
  expect(second).toEqual([]);
  expect(first.map((output) => "data" in output && output.data["text/plain"])).toEqual(["2", "other", "2"]);
  expect(first[0]).toHaveProperty("metadata", { m: 1 });
});

test("outputs are cleared, at once or with the next one", () => {
  expect(collect([stream("a"), ["clear_output", { wait: false }]])).toEqual([]);
  expect(collect([stream("a"), ["clear_output", { wait: true }]])).toHaveLength(1);
  expect(collect([stream("a"), ["clear_output", { wait: true }], display("b")])).toMatchObject([
    { output_type: "display_data" },
  ]);
});

test("what would fill the disk is cut off, and says so", () => {
  const [output] = collect(Array.from({ length: 30 }, () => stream("x".repeat(100_000))));
  const { text } = output as { text: string };
  expect(text.length).toBeLessThan(1_001_000);
  expect(text.slice(-90)).toMatch(/x\n… the rest of this cell's output is left out: more than 1000000 characters\n$/);
  const [big] = collect([display("y".repeat(20_000_001))]);
  expect(JSON.stringify(big)).toContain("is left out");
  const many = collect(Array.from({ length: 20 }, () => display("z".repeat(10_000_000))));
  expect(many).toHaveLength(10);
  expect(many.at(-1)).toMatchObject({ data: { "text/plain": expect.stringContaining("is left out") as string } });
});

test("what is shown in place of something that was cleared is not cut off", () => {
  const frame = [display("z".repeat(10_000_000)), ["clear_output", { wait: true }]] as const;
  expect(collect(Array.from({ length: 15 }, () => frame).flat())).toMatchObject([
    { data: { "text/plain": expect.stringMatching(/^z/) as string } },
  ]);
});
