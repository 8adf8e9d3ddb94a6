import { expect, test } from "vitest";
import { chromium, withPage } from "../../../browser.js";
import { CAPTIONS, makeRun } from "../../compare/runs.js";
import { captionRuns, writeReport } from "./world.js";

const LABELS = Array.from({ length: 12 }, (_, i) => `a long label of ${"x".repeat(40)}, run ${i}`);
/** What is between the margins of an A4 page, in pixels. */
const PAPER = 680;

test.runIf(chromium)(
  "of many runs with long labels nothing is cut, on a phone or on paper: tables stand in parts that say what their rows and columns are",
  { timeout: 120_000 },
  async () => {
    const scratch = await captionRuns();
    for (const [i, label] of LABELS.entries()) {
      await makeRun(scratch, `run-${i}`, (_, place) => CAPTIONS[(place * i) % CAPTIONS.length], { label });
    }
    const page = await writeReport(
      scratch,
      LABELS.map((_, i) => `run-${i}`),
      { examples: 1 },
    );
    await withPage(page, { width: PAPER }, async (tab) => {
      await tab.waitForSelector("#wins .tabulator-row");
      await tab.setViewportSize({ width: 390, height: 800 });
      expect(await tab.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
      await tab.setViewportSize({ width: PAPER, height: 900 });
      await tab.emulateMedia({ media: "print" });
      await tab.waitForSelector("#summary .on-paper");
      expect(await tab.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PAPER);
      for (const section of ["#summary", "#settings"]) {
        const parts = await tab
          .locator(`${section} table.plain:visible`)
          .evaluateAll((tables) =>
            tables.map((table) => [...table.querySelectorAll("thead th")].map(({ textContent }) => textContent!)),
          );
        const ofRuns = parts.filter((titles) => !titles.includes("all runs"));
        expect(ofRuns.length).toBeGreaterThan(1);
        expect(new Set(ofRuns.map(([first]) => first)).size).toBe(1);
        expect(ofRuns.flatMap(([, ...others]) => others)).toEqual(LABELS);
      }
      const printed = await tab
        .locator(":is(#scores, #wins) .printed table")
        .evaluateAll((tables) => tables.map((table) => [...table.querySelectorAll("th")].map((th) => th.textContent!)));
      expect(printed.filter((titles) => !titles.includes("run"))).toEqual([]);
      // A section whose parts are all folded says so.
      const folded = tab.locator(".simvlm-why").first();
      expect(await folded.evaluate((view) => getComputedStyle(view, "::before").content)).toContain("folded");
    });
  },
);
