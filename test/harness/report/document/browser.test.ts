import { mkdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { chromium, withPage } from "../../../browser.js";
import { Scratch } from "../../cli/run-cli.js";
import { CAPTIONS, makeRun, writeCaptionData } from "../../compare/runs.js";
import { captionRuns, writeReport } from "./world.js";

const HOSTILE = [
  '<img src=x onerror="window.hacked=1">',
  "</script><script>window.hacked=2</script>",
  "<!--<!--/simvlm-section--></section><h1 id=injected>hi</h1>",
  '"><svg onload=window.hacked=3>',
];

describe.runIf(chromium)("a report in a browser", () => {
  test.each([1280, 390])(
    "opens offline at %i px: plots drawn, tables filter, contents lead on",
    { timeout: 60_000 },
    async (width) => {
      const page = await writeReport(await captionRuns(), ["good", "poor"], { examples: 5 });
      await withPage(page, { width }, async (tab) => {
        await tab.waitForSelector("#domains .main-svg");
        await tab.waitForSelector("#wins .tabulator-row");
        expect(await tab.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
        const rows = () => tab.locator("#wins .tabulator-row").count();
        const before = await rows();
        await tab.locator("#wins input").first().fill("snow");
        await expect.poll(rows).toBeLessThan(before);
        expect(await rows()).toBeGreaterThan(0);
        await tab.getByRole("link", { name: "Manifests" }).click();
        expect(await tab.evaluate(() => location.hash)).toBe("#manifests");
        await tab.getByText("good", { exact: true }).last().click();
        expect(await tab.locator("#manifests details[open] pre").count()).toBe(1);
      });
    },
  );

  test("without scripts the numbers stand there all the same", async () => {
    const page = await writeReport(await captionRuns(), ["good", "poor"]);
    await withPage(page.replaceAll(/<script>.*?<\/script>/gs, ""), {}, async (tab) => {
      expect(await tab.locator("#summary td").count()).toBeGreaterThan(0);
      expect(await tab.locator("#wins tbody tr").count()).toBe(2);
      expect(await tab.locator("#paper").innerText()).toContain("SimVLM huge");
    });
  });

  test("texts that are markup or scripts are shown and never run", { timeout: 60_000 }, async () => {
    const scratch = new Scratch();
    const captions = CAPTIONS.map((caption, i) => (i < HOSTILE.length ? HOSTILE[i]! : caption));
    writeCaptionData(scratch, { captions });
    mkdirSync(scratch.at("runs"));
    await makeRun(scratch, "runs/plain", (_, place) => CAPTIONS[(place + 5) % CAPTIONS.length]);
    await makeRun(scratch, "runs/<img src=y onerror=window.hacked=4>", (_, place) => captions[place], {
      label: "</script><script>window.hacked=5</script>",
    });
    const names = ["runs/plain", "runs/<img src=y onerror=window.hacked=4>"];
    const page = await writeReport(scratch, names, { title: "<script>window.hacked=6</script>", examples: 20 });
    await withPage(page, {}, async (tab) => {
      await tab.waitForSelector("#wins .tabulator-row");
      expect(await tab.evaluate(() => (window as { hacked?: number }).hacked)).toBeUndefined();
      expect(await tab.locator("#injected").count()).toBe(0);
      for (const caption of HOSTILE) {
        await tab.locator("#wins input").first().fill(caption);
        await expect
          .poll(() => tab.locator("#wins .tabulator-row").allInnerTexts())
          .toEqual([expect.stringContaining(caption)]);
      }
      expect(await tab.title()).toBe("<script>window.hacked=6</script>");
    });
  });
});
