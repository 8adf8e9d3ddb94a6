import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import sharp from "sharp";
import { beforeAll, describe, expect, test } from "vitest";
import { loadImage } from "../../../../harness/images/load-image.js";
import { createCaptioner } from "../../../../harness/models/captioner.js";
import { openCheckpoint } from "../../../../harness/models/family-registry.js";
import type { VisionLanguageModel } from "../../../../harness/models/vision-language-model.js";
import { renderModelPage } from "../../../../harness/report/model-page/render-model-page.js";
import { chromium, withPage } from "../../../browser.js";
import { choose, finished, ready, said, WAIT } from "./use-page.js";

const beach = readFileSync("fixtures/images/beach.jpg");
const street = readFileSync("fixtures/images/street.png");

describe("a model's page", () => {
  let model: VisionLanguageModel;
  let html = "";
  beforeAll(async () => {
    model = await openCheckpoint("fixtures/checkpoints/caption");
    html = await renderModelPage(model);
  });

  test.skipIf(!chromium)("says of five pictures what the command line says, token by token", WAIT, async () => {
    const pictures: Readonly<Record<string, Buffer>> = {
      "beach.jpg": beach,
      "street.png": street,
      "turned.jpg": await sharp(beach).withMetadata({ orientation: 6 }).jpeg({ quality: 90 }).toBuffer(),
      "clear.png": await sharp(beach).resize(150, 97).ensureAlpha(0).png().toBuffer(),
      "small.webp": await sharp(beach).resize(40, 30).webp({ lossless: true }).toBuffer(),
    };
    await withPage(html, {}, async (page) => {
      await ready(page);
      for (const [name, buffer] of Object.entries(pictures)) {
        const { data } = await loadImage({ name, bytes: buffer }, model.preparation);
        for (const beams of name === "beach.jpg" ? [1, 3, 5] : [3]) {
          await page.getByLabel("search").selectOption(String(beams));
          await choose(page, name, buffer);
          const decoding = beams === 1 ? ({ method: "greedy" } as const) : { beamSize: beams };
          const [caption] = await createCaptioner(model, { decoding }).caption([data]);
          expect(await said(page), `${name}, ${beams} beams`).toBe(caption!.text);
        }
      }
    });
  });

  test.skipIf(!chromium)("says in eight bits what the command line says in eight bits", WAIT, async () => {
    const small = await model.inEightBits!();
    await withPage(await renderModelPage(small), {}, async (page) => {
      await ready(page);
      for (const [name, buffer] of Object.entries({ "beach.jpg": beach, "street.png": street })) {
        const { data } = await loadImage({ name, bytes: buffer }, model.preparation);
        await choose(page, name, buffer);
        const [caption] = await createCaptioner(small).caption([data]);
        expect(await said(page), name).toBe(caption!.text);
      }
    });
  });

  test.skipIf(!chromium)("shows where the model looked, word by word, for every text of the search", WAIT, async () => {
    await withPage(html, { width: 390, height: 844, colorScheme: "dark" }, async (page) => {
      await ready(page);
      await choose(page, "beach.jpg", beach);
      const { data } = await loadImage({ name: "beach.jpg", bytes: beach }, model.preparation);
      const captioner = createCaptioner(model);
      const [caption] = await captioner.caption([data]);
      const words = model.tokenizer.words(caption!.generation.tokens).map(({ text }) => text);
      const shown = page.getByRole("radiogroup", { name: "words of the caption" }).getByRole("radio");
      expect(await shown.locator(".text").allTextContents()).toEqual(words);
      expect(await page.locator(".grid canvas, .live canvas").count()).toBeGreaterThan(8);
      const texts = page.locator(".texts label");
      expect(await texts.count()).toBe(3);
      const second = await texts.nth(1).locator("span").first().textContent();
      await texts.nth(1).getByRole("radio").check();
      await page.waitForFunction((text) => document.querySelector(".said")?.textContent === text, second);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
      await page.evaluate(readFileSync(createRequire(import.meta.url).resolve("axe-core"), "utf8"));
      const problems = await page.evaluate(
        "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes[0].html]))",
      );
      expect(problems).toEqual([]);
    });
  });

  test.skipIf(!chromium)("says why it does not take a picture, and its name is text", WAIT, async () => {
    const blank = { width: 8001, height: 8000, channels: 3, background: "red" } as const;
    const small = sharp(beach).resize(60, 40);
    const refused = {
      "cut.jpg": [beach.subarray(0, 300), /^cut\.jpg is not a picture that this page can read/],
      "paper.tiff": [await small.clone().tiff().toBuffer(), /^paper\.tiff is not a picture that this page can read/],
      "huge.png": [
        await sharp({ create: blank, limitInputPixels: false }).png({ compressionLevel: 9 }).toBuffer(),
        /^huge\.png is 8001 × 8000 pixels; the limit is 64 million/,
      ],
      "inks.jpg": [await small.clone().toColourspace("cmyk").jpeg().toBuffer(), /^inks\.jpg is a JPEG for printers/],
      "<img src=x onerror=alert(1)>.png": [Buffer.from("no"), /^<img src=x onerror=alert\(1\)>\.png is not a picture/],
    } as const;
    await withPage(html, { width: 390 }, async (page) => {
      await ready(page);
      for (const [name, [buffer, problem]] of Object.entries(refused)) {
        await page.setInputFiles("#picture", { name, mimeType: "image/png", buffer });
        await page.waitForFunction((text) => document.querySelector(".problem")?.textContent?.startsWith(text), name);
        expect(await page.textContent(".status")).toMatch(problem);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
      }
      const deep = await small.clone().toColourspace("rgb16").png().toBuffer();
      const name = "<b onclick=alert(1)>deep.png";
      await page.setInputFiles("#picture", { name, mimeType: "image/png", buffer: deep });
      await page.waitForFunction(
        (alt) => document.querySelector<HTMLImageElement>(".seen-picture img")?.alt === alt,
        name,
      );
      await finished(page);
      const { data } = await loadImage({ name, bytes: deep }, model.preparation);
      const [caption] = await createCaptioner(model).caption([data]);
      expect(await said(page)).toBe(caption!.text);
    });
  });

  test.skipIf(!chromium)(
    "offers pictures to click, and of several dropped files takes the first picture",
    WAIT,
    async () => {
      const offering = await renderModelPage(model, {}, { samples: ["fixtures/images/street.png"] });
      const captionOf = async (name: string, bytes: Buffer) => {
        const { data } = await loadImage({ name, bytes }, model.preparation);
        return (await createCaptioner(model).caption([data]))[0]!.text;
      };
      await withPage(offering, { width: 390 }, async (page) => {
        await ready(page);
        await page.getByRole("button", { name: "street.png" }).click();
        await page.waitForSelector('.seen-picture img[alt="street.png"]');
        await finished(page);
        expect(await said(page)).toBe(await captionOf("street.png", street));
        await page.evaluate((base64) => {
          const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File(["no"], "notes.txt", { type: "text/plain" }));
          dataTransfer.items.add(new File([bytes], "beach.jpg", { type: "image/jpeg" }));
          dispatchEvent(new DragEvent("drop", { dataTransfer }));
        }, beach.toString("base64"));
        await page.waitForSelector('.seen-picture img[alt="beach.jpg"]');
        await finished(page);
        expect(await said(page)).toBe(await captionOf("beach.jpg", beach));
        const [radio, text] = ["input", "span"].map((name) =>
          page.locator(`.texts label:first-of-type ${name}`).first(),
        );
        const tops = await Promise.all([radio!.boundingBox(), text!.boundingBox()]);
        expect(Math.abs(tops[0]!.y - tops[1]!.y)).toBeLessThan(12);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
      });
    },
  );

  test.skipIf(!chromium)("is worked by keys alone, and printed with what was asked, said and seen", WAIT, async () => {
    const linked = await renderModelPage(model, {}, { links: [{ text: "Gallery", address: "gallery.html" }] });
    await withPage(linked, {}, async (page) => {
      await ready(page);
      await choose(page, "beach.jpg", beach);
      const reached = new Set<string>();
      await page.locator("#picture").focus();
      for (let i = 0; i < 40; i++) {
        reached.add(
          await page.evaluate(
            () => document.activeElement?.closest("label")?.textContent ?? document.activeElement?.textContent ?? "",
          ),
        );
        await page.keyboard.press("Tab");
      }
      const all = [...reached].join(" ");
      for (const control of [
        "Draw one",
        "prompt",
        "search",
        "caption again",
        "method",
        "layer",
        "head",
        "save as PNG",
      ]) {
        expect(all).toContain(control);
      }
      await page.getByLabel("prompt").press("Enter");
      await finished(page);
      await page.emulateMedia({ media: "print" });
      for (const shown of [
        page.getByLabel("prompt"),
        page.locator(".said"),
        page.locator(".seen-picture img"),
        page.locator(".live .view canvas"),
      ]) {
        expect(await shown.first().isVisible()).toBe(true);
      }
      for (const hidden of [
        page.getByText("Gallery"),
        page.locator("#picture"),
        page.getByText("caption again"),
        page.getByText("save as PNG"),
      ]) {
        expect(await hidden.isVisible()).toBe(false);
      }
    });
  });

  test.skipIf(!chromium)("says what it cannot read, takes another prompt, and a drawing", WAIT, async () => {
    await withPage(html, {}, async (page) => {
      await ready(page);
      await page.setInputFiles("#picture", {
        name: "notes.txt",
        mimeType: "text/plain",
        buffer: Buffer.from("<b>no</b>"),
      });
      await page.waitForSelector(".problem");
      expect(await page.textContent(".status")).toMatch(/^notes.txt is not a picture that this page can read/);
      await choose(page, "beach.jpg", beach);
      const prompt = page.getByLabel("prompt");
      await prompt.fill("a photo of ".repeat(12));
      await prompt.press("Enter");
      await page.waitForSelector(".problem");
      expect(await page.textContent(".status")).toMatch(/^The prompt has \d+ tokens, and there is room for 16/);
      await prompt.fill("a photo showing");
      await prompt.press("Enter");
      await finished(page);
      const { data } = await loadImage({ name: "beach.jpg", bytes: beach }, model.preparation);
      const [caption] = await createCaptioner(model, { prompt: "a photo showing" }).caption([data]);
      expect(await said(page)).toBe(caption!.text);
      await page.getByText("Draw one").click();
      const box = (await page.locator(".drawing").boundingBox())!;
      await page.mouse.move(box.x + 40, box.y + 40);
      await page.mouse.down();
      await page.mouse.move(box.x + 200, box.y + 150);
      await page.mouse.up();
      await page.getByRole("button", { name: "use the drawing" }).click();
      await page.waitForSelector('img[alt="the drawing"]');
      await finished(page);
      expect(await said(page)).not.toBe("");
    });
  });
});
