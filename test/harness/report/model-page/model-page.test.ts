import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { openCheckpoint } from "../../../../harness/models/family-registry.js";
import { renderModelPage } from "../../../../harness/report/model-page/render-model-page.js";

test("the runtime is what its README says", () => {
  const folder = "harness/assets/onnxruntime-web";
  const readme = readFileSync(`${folder}/README.md`, "utf8");
  const hash = (bytes: Uint8Array | string) => createHash("sha256").update(bytes).digest("hex");
  expect(readme).toContain(hash(gunzipSync(readFileSync(`${folder}/ort-wasm-simd-threaded.wasm.gz`))));
  const script = `${readFileSync(`${folder}/ort.mjs`, "utf8")}//# sourceMappingURL=ort.wasm.bundle.min.mjs.map\n`;
  expect(readme).toContain(hash(script));
});

test("a model's page is one file below 25 MB that asks for nothing, and the same model gives the same bytes", async () => {
  const model = await openCheckpoint("fixtures/checkpoints/caption");
  const html = await renderModelPage(model, {}, { title: "Try <b>it</b>" });
  expect(html.length).toBeLessThan(12e6);
  expect(await renderModelPage(model, {}, { title: "Try <b>it</b>" })).toBe(html);
  expect(html).toContain("<title>Try &lt;b&gt;it&lt;/b&gt;</title>");
  const [, policy] = /Content-Security-Policy" content="([^"]*)"/.exec(html)!;
  expect(policy).toContain("default-src &#39;none&#39;");
  expect(policy).not.toMatch(/unsafe-inline|unsafe-eval(?<!wasm-unsafe-eval)|https?:/);
});
