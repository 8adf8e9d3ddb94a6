import xmlbuilder from "xmlbuilder";
import type { Verdict } from "../compare/gate/judge.js";

/** What XML cannot hold, not even as an entity: control characters, halves of surrogate pairs, two that are none. */
const FORBIDDEN = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

/**
 * Verdicts as the XML of JUnit, which CI services read: a suite for each of those that were judged, a case for each
 * condition.
 * @param name of the whole: `simvlm compare`
 */
export function toJunit(name: string, verdicts: readonly Verdict[]): string {
  const root = xmlbuilder.create("testsuites", { encoding: "UTF-8" });
  count(root, name, verdicts);
  for (const of of new Set(verdicts.map((verdict) => verdict.of))) {
    const own = verdicts.filter((verdict) => verdict.of === of);
    const suite = count(root.ele("testsuite"), of, own);
    for (const { condition, failed, reason } of own) {
      const one = suite.ele("testcase", { name: clean(condition), classname: clean(`${name}: ${of}`), time: "0" });
      if (failed) one.ele("failure", { message: clean(reason), type: "condition" }, clean(reason));
      else one.ele("system-out", {}, clean(reason));
    }
  }
  return `${root.end({ pretty: true })}\n`;
}

type Element = ReturnType<typeof xmlbuilder.create>;

function count(element: Element, name: string, verdicts: readonly Verdict[]): Element {
  const failures = verdicts.filter(({ failed }) => failed).length;
  const counts = { tests: verdicts.length, failures, errors: 0, skipped: 0 };
  return element.att({ name: clean(name), ...counts, time: "0" });
}

function clean(text: string): string {
  return text.replace(FORBIDDEN, "");
}
