import { readFileSync } from "node:fs";
import { gunzipSync, gzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { loadImage } from "../../../../harness/images/load-image.js";
import { createCaptioner } from "../../../../harness/models/captioner.js";
import { openCheckpoint } from "../../../../harness/models/family-registry.js";
import type { VisionLanguageModel } from "../../../../harness/models/vision-language-model.js";
import { renderModelPage } from "../../../../harness/report/model-page/render-model-page.js";
import { chromium, withPage } from "../../../browser.js";
import { choose, finished, ready, said, WAIT } from "./use-page.js";

const street = readFileSync("fixtures/images/street.png");

async function captionStreet(model: VisionLanguageModel): Promise<string> {
  const { data } = await loadImage({ name: "street.png", bytes: street }, model.preparation);
  const [caption] = await createCaptioner(model).caption([data]);
  return caption!.text;
}

describe.skipIf(!chromium).each(["checkpoints/caption", "captioners/git", "captioners/blip", "captioners/vit-gpt2"])(
  "the page of %s, computed by WebGPU",
  (folder) => {
    test("says what the command line says, with the same probabilities, and shows where it looked", WAIT, async () => {
      const model = await openCheckpoint(`fixtures/${folder}`);
      const text = await captionStreet(model);
      await withPage(await renderModelPage(model), {}, async (page) => {
        await ready(page);
        const device = page.getByLabel("computed on");
        // Chromium's device is software: it is offered, and not chosen.
        expect(await device.inputValue()).toBe("wasm");
        await choose(page, "street.png", street);
        const probabilities = await page.locator(".texts .share").allTextContents();
        await device.selectOption("webgpu");
        await choose(page, "street.png", street);
        expect(await page.textContent(".status")).toMatch(/on this machine’s graphics processor$/);
        expect(await said(page)).toBe(text);
        expect(await page.locator(".texts .share").allTextContents()).toEqual(probabilities);
        await page.getByRole("radiogroup", { name: "words of the caption" }).getByRole("radio").first().waitFor(WAIT);
        expect(await device.isVisible()).toBe(true);
      });
    });
  },
);

test.skipIf(!chromium)("of pictures in quick succession, and devices, the last are answered", WAIT, async () => {
  const model = await openCheckpoint("fixtures/captioners/git");
  const text = await captionStreet(model);
  const beach = readFileSync("fixtures/images/beach.jpg");
  const give = (name: string, mimeType: string, buffer: Buffer) => ({ name, mimeType, buffer });
  await withPage(await renderModelPage(model), {}, async (page) => {
    await ready(page);
    const device = page.getByLabel("computed on");
    await device.selectOption("webgpu");
    for (const wait of [30, 500, 2000]) {
      await page.setInputFiles("#picture", give("beach.jpg", "image/jpeg", beach));
      await page.waitForTimeout(wait);
      await choose(page, "street.png", street);
      expect(await said(page)).toBe(text);
      expect(await page.textContent(".status")).toMatch(/on this machine’s graphics processor$/);
      expect(await device.isVisible()).toBe(true);
    }
    await page.setInputFiles("#picture", give("beach.jpg", "image/jpeg", beach));
    await page.waitForSelector("[aria-busy]");
    await device.selectOption("wasm");
    await finished(page);
    // It says what computed, not what is chosen meanwhile.
    expect(await page.textContent(".status")).toMatch(/on this machine’s graphics processor$/);
    await choose(page, "street.png", street);
    expect(await page.textContent(".status")).toMatch(/on this machine’s processor$/);
  });
});

describe.skipIf(!chromium)("the page of a browser", () => {
  let model: VisionLanguageModel;
  let html: string;
  beforeAll(async () => {
    model = await openCheckpoint("fixtures/captioners/git");
    html = await renderModelPage(model);
  });

  test("in which WebAssembly cannot wait computes on the processor", WAIT, async () => {
    const page = beginWorker(html, "delete WebAssembly.Suspending; delete WebAssembly.promising;");
    await expectProcessor(page, /processor$/);
  });

  test("whose graphics processor fails computes on the processor, and says so", WAIT, async () => {
    await expectProcessor(
      beginWorker(
        html,
        `let devices = 0;
        const requestDevice = async () => {
          if (devices++ > 0) throw new Error("no memory");
          return { destroy() {} };
        };
        navigator.gpu.requestAdapter = async () => ({ info: {}, requestDevice });
        console.error = () => {};`,
      ),
      /s, on this machine’s processor, for its graphics processor failed$/,
    );
  });

  test("that gives no graphics processor away computes on the processor", WAIT, async () => {
    const none = "navigator.gpu.requestAdapter = async () => ({ requestDevice: () => Promise.reject(new Error()) });";
    await expectProcessor(beginWorker(html, none), /s, on this machine’s processor$/);
  });

  test("in eight bits computes on the processor, which they are for", WAIT, async () => {
    const small = await model.inEightBits!();
    await expectProcessor(await renderModelPage(small), /processor$/, small);
  });

  async function expectProcessor(page: string, status: RegExp, captioned = model): Promise<void> {
    const text = await captionStreet(captioned);
    await withPage(page, {}, async (opened) => {
      await ready(opened);
      await choose(opened, "street.png", street);
      expect(await said(opened)).toBe(text);
      expect(await opened.textContent(".status")).toMatch(status);
      expect(await opened.getByLabel("computed on").isVisible()).toBe(false);
    });
  }
});

/** A page whose worker begins with other words. */
function beginWorker(html: string, words: string): string {
  const part = /(data-part="worker">)([^<]*)/;
  const worker = gunzipSync(Buffer.from(part.exec(html)![2]!, "base64"));
  const changed = gzipSync(Buffer.concat([Buffer.from(`${words}\n`), worker])).toString("base64");
  return html.replace(part, (_, start: string) => start + changed);
}
