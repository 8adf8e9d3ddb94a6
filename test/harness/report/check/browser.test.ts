import { beforeAll, describe, expect, test } from "vitest";
import { chromium, withPage } from "../../../browser.js";
import { captionRuns, writeReport } from "../document/world.js";

describe.runIf(chromium)("a report checks its scores in a browser", () => {
  let page: string;
  beforeAll(async () => {
    page = await writeReport(await captionRuns(), ["good", "poor"], { correct: "holm" });
  });

  test.each([1280, 390])("as it was written, every number is equal; at %i px", { timeout: 60_000 }, async (width) => {
    await withPage(page, { width }, async (tab) => {
      await tab.getByRole("button", { name: "Check the scores" }).click();
      await tab.waitForSelector("#check [data-verdict]");
      expect(await tab.locator("#check [role=status]").innerText()).toMatch(/^All \d[\d,]* numbers are equal/);
      expect(await tab.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      if (process.env.SHOTS)
        await tab.locator("#check").screenshot({ path: `${process.env.SHOTS}/check-${width}.png` });
    });
  });
});
