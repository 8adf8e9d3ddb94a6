import { readFileSync } from "node:fs";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { loadImage } from "../../../../harness/images/load-image.js";
import { createCaptioner } from "../../../../harness/models/captioner.js";
import { openCheckpoint } from "../../../../harness/models/family-registry.js";
import { withWeights } from "../../../../harness/models/weight-precision.js";
import { renderModelPage } from "../../../../harness/report/model-page/render-model-page.js";
import { chromium, withPage } from "../../../browser.js";
import { choose, finished, ready, said, WAIT } from "./use-page.js";

const beach = readFileSync("fixtures/images/beach.jpg");
/** Files that browsers and the reference implementation take differently, unless the page sees to it. */
const PICTURES: Readonly<Record<string, () => Promise<Buffer> | Buffer>> = {
  "beach.jpg": () => beach,
  "turned.jpg": () => sharp(beach).withMetadata({ orientation: 6 }).jpeg({ quality: 90 }).toBuffer(),
  "turned.png": () => sharp(beach).resize(90, 60).withMetadata({ orientation: 6 }).png().toBuffer(),
  "clear.png": () => sharp(beach).resize(150, 97).ensureAlpha(0.2).png().toBuffer(),
  "colour.jpg": () => sharp(beach).withIccProfile("p3").jpeg({ quality: 95 }).toBuffer(),
  "deep.png": () => sharp(beach).resize(80, 60).toColourspace("rgb16").png().toBuffer(),
  "street.png": () => readFileSync("fixtures/images/street.png"),
};

describe.skipIf(!chromium).each([
  ["git", ["", "a photo of"], undefined],
  ["git-vqa", ["what is this?"], undefined],
  ["blip", ["a picture of"], undefined],
  ["blip", ["a picture of"], "int8"],
  ["blip-vqa", ["how many dogs are there?"], undefined],
  ["blip-vqa", ["how many dogs are there?"], "int8"],
  ["vit-gpt2", [""], undefined],
  ["git", [""], "int8"],
] as const)("the page of %s, prompts %j, %s", (name, prompts, weights) => {
  test("says of pictures what the command line says, and shows where it looked", WAIT, async () => {
    const model = await withWeights(await openCheckpoint(`fixtures/captioners/${name}`), weights);
    await withPage(await renderModelPage(model), {}, async (page) => {
      await ready(page);
      const prompt = page.getByLabel(model.prompting.required ? "question" : "prompt", { exact: true });
      for (const asked of prompts) {
        await prompt.fill(asked);
        for (const [file, make] of Object.entries(PICTURES)) {
          const bytes = await make();
          await choose(page, file, bytes);
          const { data } = await loadImage({ name: file, bytes }, model.preparation);
          const captioner = createCaptioner(model, { prompt: asked });
          const [caption] = await captioner.caption([data]);
          expect(await said(page), `${file}, ${asked}`).toBe(caption!.text);
          const words = model.tokenizer.words(caption!.generation.tokens).map(({ text }) => text);
          const shown = page.getByRole("radiogroup", { name: "words of the caption" }).getByRole("radio");
          expect(await shown.locator(".text").allTextContents()).toEqual(words);
        }
      }
      await page.getByLabel("search").selectOption("1");
      await prompt.press("Enter");
      await finished(page);
      const bytes = await Object.values(PICTURES).at(-1)!();
      const { data } = await loadImage({ name: "last", bytes }, model.preparation);
      const [greedy] = await createCaptioner(model, {
        prompt: prompts.at(-1)!,
        decoding: { method: "greedy" },
      }).caption([data]);
      expect(await said(page)).toBe(greedy!.text);
    });
  });
});
