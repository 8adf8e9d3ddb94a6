/// <reference lib="dom" />
import { readFileSync } from "node:fs";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { scoreDistributionView } from "../../../../harness/report/plots/distribution.js";
import { labelCurveView } from "../../../../harness/report/plots/label-curve-plot.js";
import { lossCurveView } from "../../../../harness/report/plots/loss-curve.js";
import { pairedDifferencesView } from "../../../../harness/report/plots/paired-differences.js";
import { scoresByDomainView } from "../../../../harness/report/plots/scores-by-domain.js";
import { renderPage } from "../../../../harness/report/view.js";
import { chromium, withPage } from "../../../browser.js";
import { comparisonOf } from "./comparison.js";

const points = Array.from({ length: 80 }, (_, step) => ({ step, loss: 5 - step / 50, learningRate: step / 1000 }));

/** A busy machine is slow. */
const PATIENCE = { timeout: 20_000 };

describe.runIf(chromium)("plots in a browser", () => {
  test.each([1280, 390])("all of them are drawn and fit a page of %i pixels", async (width) => {
    const views = [
      await scoresByDomainView(comparisonOf(["zero-shot", "fine-tuned"])),
      await lossCurveView(points),
      await scoreDistributionView([{ name: "a", values: [0, 1, 2, 2] }]),
      await pairedDifferencesView({ name: "a", values: [1, 2, 3] }, { name: "b", values: [2, 1, 1] }),
      await labelCurveView([10, 100].map((x) => ({ series: "a", x, value: x, low: x / 2, high: x * 2 }))),
    ];
    await withPage(renderPage([...views, views[0]!], { title: "plots" }), { width }, async (page) => {
      await expect
        .poll(() => page.locator(".simvlm-plot[data-alive=yes] .main-svg").count(), PATIENCE)
        .toBeGreaterThan(6);
      const drawn = page.locator(".simvlm-plot");
      expect(await drawn.count()).toBe(6);
      for (const plot of await drawn.all()) {
        expect(await plot.locator(".scatterlayer .trace").count()).toBeGreaterThan(0);
        expect(await plot.locator(".simvlm-static").count()).toBe(0);
      }
      // Two runs with four parts each: a whisker for each.
      expect(await drawn.first().locator(".errorbar").count()).toBe(8);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    });
  });

  test("long labels are all shown at 390 pixels, within the plot, and whole again where there is room", {
    timeout: 60_000,
  }, async () => {
    const comparison = comparisonOf(["a"]);
    const long = (subset: string) => (subset === "all" ? subset : `${subset} of length`);
    const scores = comparison.scores.map((row) => ({ ...row, subset: long(row.subset) }));
    const view = await scoresByDomainView({ ...comparison, scores });
    await withPage(renderPage([view], { title: "plots" }), { width: 390 }, async (page) => {
      const labels = () =>
        page.locator(".simvlm-plot .xtick text").evaluateAll((all) => {
          const { left, right, bottom } = document.querySelector(".chart")!.getBoundingClientRect();
          return all.map((text) => {
            const box = text.getBoundingClientRect();
            const isInside = box.left >= left && box.right <= right && box.bottom <= bottom;
            return isInside && getComputedStyle(text).opacity !== "0" && box.height > 0 ? text.textContent : "hidden";
          });
        });
      await expect
        .poll(async () => (await labels()).filter((text) => /…|^all/.test(text ?? "")).length, PATIENCE)
        .toBe(4);
      await page.setViewportSize({ width: 1280, height: 900 });
      const whole = new Set(scores.map(({ subset, examples }) => `${subset} (${examples})`));
      await expect.poll(async () => new Set(await labels()), PATIENCE).toEqual(whole);
    });
  });

  test("a plot is saved as PNG", async () => {
    const view = await lossCurveView(points, { title: "Loss & rate" });
    await withPage(renderPage([view], { title: "plots" }), {}, async (page) => {
      await page.locator(".simvlm-plot[data-alive=yes] .main-svg").first().waitFor();
      await page.locator(".chart").hover();
      const [file] = await Promise.all([
        page.waitForEvent("download"),
        page.locator('.modebar-btn[data-title="Download as PNG"]').click(),
      ]);
      expect(file.suggestedFilename()).toBe("loss-rate.png");
      const { format, width } = await sharp(readFileSync(await file.path())).metadata();
      expect([format, width]).toEqual(["png", 1800]);
    });
  });

  test("labels with markup in them are shown as they are", async () => {
    const evil =
      '<a href="https://example.com">%{x}</a><img src=x onerror="window.broken = true"></script><script>window.broken = true</script>';
    const view = await scoresByDomainView(comparisonOf([evil, "b"]), { title: evil });
    await withPage(renderPage([view], { title: "plots" }), {}, async (page) => {
      await page.locator(".simvlm-plot[data-alive=yes] .main-svg").first().waitFor();
      expect(await page.locator(".legendtext").first().textContent()).toBe(evil);
      expect(await page.locator(".simvlm-plot .view-title").innerText()).toBe(evil);
      const point = page.locator(".scatterlayer .point").first();
      const box = (await point.boundingBox())!;
      await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
      await expect.poll(() => page.locator(".hoverlayer text").first().textContent(), PATIENCE).toContain("<img src=x");
      expect(await page.locator(".simvlm-plot a[href*=example]").count()).toBe(0);
      expect(await page.evaluate(() => "broken" in window)).toBe(false);
    });
  });

  test("without its library a plot is a picture", async () => {
    const view = await lossCurveView(points);
    await withPage(renderPage([view.markup], { title: "plots" }), {}, async (page) => {
      const width = await page
        .locator("img.simvlm-static")
        .evaluate((image) => (image as HTMLImageElement).naturalWidth);
      expect(width).toBe(1080);
    });
  });
});
