import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { policyOf } from "../../../harness/serve/policy.js";

const hashOf = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

test("a page's policy has the scripts that it has, and no other", () => {
  const page = `<style>p::after { content: "<script>no()</script>" }</style><script data-shared>one("<style>");</script>
<script type="application/json">{"a": "\\u003cscript>two()"}</script><SCRIPT>three()</SCRIPT >`;
  expect(policyOf(page, { asks: false })).toContain(`script-src ${hashOf('one("<style>");')} ${hashOf("three()")}; `);
  expect(policyOf("<p>", { asks: false })).toContain("script-src 'none'; ");
  expect(policyOf("<p>", { asks: false })).toContain("connect-src 'none'; form-action 'none'; ");
  expect(policyOf("<p>", { asks: true })).toContain("connect-src 'self'; form-action 'self'; ");
});
