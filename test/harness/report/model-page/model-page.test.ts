import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import sharp from "sharp";
import { expect, test } from "vitest";
import { openCheckpoint } from "../../../../harness/models/family-registry.js";
import type { PageData } from "../../../../harness/report/model-page/page-parts.js";
import { renderModelPage } from "../../../../harness/report/model-page/render-model-page.js";
import { runCli, Scratch } from "../../cli/run-cli.js";

test("the runtime is what its README says", () => {
  const folder = "harness/assets/onnxruntime-web";
  const readme = readFileSync(`${folder}/README.md`, "utf8");
  const hash = (bytes: Uint8Array | string) => createHash("sha256").update(bytes).digest("hex");
  expect(readme).toContain(hash(gunzipSync(readFileSync(`${folder}/ort-wasm-simd-threaded.jspi.wasm.gz`))));
  const script = `${readFileSync(`${folder}/ort.mjs`, "utf8")}//# sourceMappingURL=ort.jspi.bundle.min.mjs.map\n`;
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

test("what is said of a model is text, and samples are in the page as a browser reads them", async () => {
  const model = await openCheckpoint("fixtures/checkpoints/caption");
  const bytes = await sharp({ create: { width: 1500, height: 300, channels: 3, background: "teal" } })
    .tiff()
    .toBuffer();
  const samples = ["fixtures/images/beach.jpg", { name: "<b>wide.tiff", bytes }];
  const html = await renderModelPage(model, {}, { about: "It knows <b>toys</b>.", samples });
  expect(html).toContain("<p>It knows &lt;b&gt;toys&lt;/b&gt;.</p>");
  const [, json] = /<script type="application\/json">(.*?)<\/script>/.exec(html)!;
  const [small, wide] = (JSON.parse(json!) as PageData).samples;
  const base64 = readFileSync("fixtures/images/beach.jpg", "base64");
  expect(small).toEqual({ name: "beach.jpg", type: "image/jpeg", base64 });
  expect([wide!.name, wide!.type]).toEqual(["<b>wide.tiff", "image/png"]);
  const { width, height } = await sharp(Buffer.from(wide!.base64, "base64")).metadata();
  expect([width, height]).toEqual([1024, 205]);
});

test("a sample that is no picture is refused, and no page is written", async () => {
  const scratch = new Scratch();
  const notes = scratch.write("notes.jpg", "no picture");
  const out = scratch.at("model.html");
  const { code, stderr } = await runCli("page", "--preset", "toy", "--out", out, "--samples", notes);
  expect(code).toBe(2);
  expect(stderr).toMatch(/notes\.jpg is not a readable image/);
  expect(existsSync(out)).toBe(false);
});
