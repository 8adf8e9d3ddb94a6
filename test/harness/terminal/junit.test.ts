import { expect, test } from "vitest";
import type { Verdict } from "../../../harness/compare/gate/judge.js";
import { toJunit } from "../../../harness/terminal/junit.js";

const EVIL = `<a href="x">&amp;]]>\u0000\u0008\u001b[31m\ufffe\ud800 "q" 'p' 猫`;

const verdict = (of: string, condition: string, failed: boolean): Verdict => {
  return { of, condition, failed, reason: `${of} ${EVIL}`, score: "CIDEr", subset: "all", value: 1 };
};

test("a suite for each run, a case for each condition, and nothing that XML forbids", () => {
  const xml = toJunit("simvlm compare", [
    verdict(`b ${EVIL}`, "CIDEr<0", true),
    verdict(`b ${EVIL}`, "CIDEr<1", false),
    verdict("c", "CIDEr<0", true),
  ]);
  expect(
    xml.startsWith('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="simvlm compare" tests="3" failures="2"'),
  ).toBe(true);
  expect(
    xml.match(/<testsuite name="[^"]*" tests="\d+" failures="\d+" errors="0" skipped="0" time="0">/g),
  ).toHaveLength(2);
  expect(xml.match(/<testcase name="CIDEr&lt;[01]" classname="[^"]*" time="0">/g)).toHaveLength(3);
  expect(xml.match(/<failure message="[^"]*" type="condition">/g)).toHaveLength(2);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
  expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])/);
  expect(xml).toContain("猫");
  expect(xml).toContain("&lt;a href");
  expect(xml).toContain(']]&gt;[31m "q"');
});
