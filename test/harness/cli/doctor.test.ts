import { SimvlmError } from "@simvlm/metrics";
import { expect, test } from "vitest";
import { describeFailure } from "../../../harness/cli/doctor.js";
import { runBinary } from "./run-cli.js";

interface Report {
  version: string;
  findings: { part: string; name: string; works: boolean; needed: boolean; detail: string; remedy?: string }[];
}

test("what works here, and how to get what does not; what is optional may be missing", () => {
  const { code, stdout, stderr } = runBinary(["doctor", "--json"]);
  expect([code, stderr]).toEqual([0, ""]);
  const { findings } = JSON.parse(stdout) as Report;
  expect(findings.map(({ name }) => name)).toEqual([
    ...["node", "tensorflow", "wasm", "cpu"],
    ...["cpu", "webgpu", "cuda", "coreml", "dml", "sharp", "text in figures", "PyTorch"],
  ]);
  for (const { works, needed, detail, remedy } of findings) {
    expect(detail).not.toBe("");
    if (needed) expect(works).toBe(true);
    expect(remedy === undefined).toBe(works);
  }
  expect(findings[0]!.detail).toBe(process.versions.node);
});

test("as text for a person", () => {
  const { code, stdout } = runBinary(["doctor"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^simvlm \d/);
  expect(stdout).toMatch(/ok +node +\d+\.\d+/);
  expect(stdout).toMatch(/absent +(coreml|dml) +\S.*\n +to get it: /);
});

test("what was left out on purpose is not got by installing again", () => {
  const leftOut = new SimvlmError("missing-package", "Running models needs sharp … npm install sharp@1");
  expect(describeFailure(leftOut, "reinstall sharp").remedy).toBe("the command above");
  expect(describeFailure(new Error("broken"), "reinstall sharp")).toEqual({
    detail: "broken",
    remedy: "reinstall sharp",
  });
});
