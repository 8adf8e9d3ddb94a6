import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { policyOfAnswer, policyOfFile } from "../../../harness/report/policy.js";

const hashOf = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

test("a page's policy has the scripts that it has, each once, and no other", () => {
  const page = `<script data-shared>one("<style>");</script><script type="application/json">{"a": "\\u003cscript>two()"}</script>
<script>three()</script><script>three()</script><p onclick="four()">&lt;script&gt;five()&lt;/script&gt;</p>`;
  const scripts = `default-src 'none'; script-src ${hashOf('one("<style>");')} ${hashOf("three()")}; `;
  expect(policyOfFile(page)).toContain(scripts);
  expect(policyOfAnswer(page, { asks: true })).toContain(scripts);
  expect(policyOfFile("<p>")).toContain("script-src 'none'; ");
});

test("only pages that ask their server may, and nobody frames them", () => {
  expect(policyOfAnswer("<p>", { asks: false })).toContain("connect-src 'none'; form-action 'none'; ");
  expect(policyOfAnswer("<p>", { asks: true })).toContain("connect-src 'self'; form-action 'self'; ");
  expect(policyOfAnswer("<p>", { asks: true })).toContain("frame-ancestors 'none'");
  expect(policyOfFile("<p>")).not.toContain("'self'");
});
