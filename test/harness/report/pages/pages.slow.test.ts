import { describe, expect, test } from "vitest";
import { findByAxe } from "../../../axe.js";
import { chromium } from "../../../browser.js";
import { MANY_ROWS, PAGES, withKind } from "./kinds.js";

describe.runIf(chromium).each(Object.keys(PAGES))("a page of the kind %s", (kind) => {
  test.each([1280, 390])("axe finds nothing at %i px, light or dark", { timeout: 120_000 }, async (width) => {
    await withKind(kind, { width }, async (page) => {
      const told = await findByAxe(page);
      await page.emulateMedia({ colorScheme: "dark" });
      await page.waitForTimeout(300);
      expect([...told, ...(await findByAxe(page))]).toEqual([]);
      expect(await page.locator("main").count()).toBe(1);
      expect(await page.locator("h1").count()).toBe(1);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    });
  });

  test("printed it is light, whole and without controls", { timeout: 120_000 }, async () => {
    await withKind(kind, { colorScheme: "dark" }, async (page) => {
      await page.setViewportSize({ width: 680, height: 900 });
      await page.emulateMedia({ media: "print" });
      expect(await page.locator(":is(button, input, select, .modebar, .tabulator, nav):visible").count()).toBe(0);
      const colours = await page.evaluate(() => {
        const { backgroundColor, color } = getComputedStyle(document.documentElement);
        return [backgroundColor, color];
      });
      expect(colours).toEqual(["rgb(255, 255, 255)", "rgb(27, 27, 31)"]);
      // Nothing hides a part of itself, and nothing is wider than the paper.
      const cut = await page.evaluate(() =>
        [...document.querySelectorAll<HTMLElement>("main *")].flatMap((element) => {
          const { overflowX, overflowY, display } = getComputedStyle(element);
          const isCut =
            (overflowX !== "visible" && element.scrollWidth > element.clientWidth + 1) ||
            (overflowY !== "visible" && element.scrollHeight > element.clientHeight + 1);
          return element.clientWidth > 0 && display !== "inline" && isCut ? [element.outerHTML.slice(0, 120)] : [];
        }),
      );
      expect(cut).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(680);
      if (kind === "table" || kind === "notebook") {
        const tables = page.locator(".printed table");
        const parts = await tables.evaluateAll((all) =>
          all.map((one) => ({
            first: one.querySelector("th")?.textContent,
            rows: one.querySelectorAll("tbody tr").length,
            points: (parseFloat(getComputedStyle(one).fontSize) * 72) / 96,
          })),
        );
        expect(parts.length).toBeGreaterThan(1);
        expect(parts.map(({ first, rows }) => [first, rows])).toEqual(parts.map(() => ["id", MANY_ROWS]));
        expect(Math.min(...parts.map(({ points }) => points))).toBeGreaterThanOrEqual(6.5);
        const titles = await tables.locator("thead th").allTextContents();
        expect(new Set(titles).size).toBe(28);
      }
      const pdf = await page.pdf({ format: "A4" });
      expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
    });
  });
});
