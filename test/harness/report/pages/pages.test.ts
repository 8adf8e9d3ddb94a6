import { describe, expect, test } from "vitest";
import { chromium } from "../../../browser.js";
import { PAGES, withKind } from "./kinds.js";

describe.runIf(chromium).each(Object.keys(PAGES))("a page of the kind %s", (kind) => {
  test("no control leaves the page: every button, link, field and form is used", { timeout: 120_000 }, async () => {
    await withKind(kind, {}, async (page) => {
      const left: string[] = [];
      page.context().on("page", () => left.push("a window was opened"));
      page.on("framenavigated", (frame) => left.push(frame.url()));
      page.on("dialog", (dialog) => {
        left.push(dialog.message());
        void dialog.dismiss();
      });
      const address = page.url();
      const count = await page.evaluate(() => {
        const used = new Set<Element>();
        const selector = "a, button, input, select, summary, form, [role=button], [data-attr], [data-title]";
        // What a control opens may have controls.
        for (let round = 0; round < 3; round++) {
          for (const control of document.querySelectorAll<HTMLElement>(selector)) {
            if (used.has(control)) continue;
            used.add(control);
            if (control instanceof HTMLFormElement) control.requestSubmit();
            else control.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
          }
        }
        return used.size;
      });
      await page.waitForTimeout(300);
      expect(count).toBeGreaterThan(kind === "notebook" ? 5 : 3);
      expect(left.filter((url) => url.split("#")[0] !== address)).toEqual([]);
      expect(await page.locator("text=/share chart|edit in chart studio|cloud/i").count()).toBe(0);
      expect(await page.locator('[data-title*="hare"], [data-title*="loud"]').count()).toBe(0);
    });
  });
});

describe.runIf(chromium)("dark and light", () => {
  test("a plot takes the colours of the page, also when they change", { timeout: 60_000 }, async () => {
    await withKind("plots", { colorScheme: "dark" }, async (page) => {
      const colours = () =>
        page.evaluate(() => {
          const fill = (selector: string) => getComputedStyle(document.querySelector(selector)!).fill;
          const ground = getComputedStyle(document.querySelector(".main-svg")!).backgroundColor;
          return [ground, fill(".xtick text"), fill(".legendtext")];
        });
      await expect.poll(colours).toEqual(["rgb(23, 25, 30)", "rgb(230, 231, 235)", "rgb(230, 231, 235)"]);
      await page.emulateMedia({ colorScheme: "light" });
      await expect.poll(colours).toEqual(["rgb(255, 255, 255)", "rgb(27, 27, 31)", "rgb(27, 27, 31)"]);
    });
  });

  test("a table keeps its first columns in sight, and a shadow says that it goes on", { timeout: 60_000 }, async () => {
    for (const width of [1280, 390]) {
      await withKind("table", { width }, async (page) => {
        const first = page.locator(".tabulator-row .tabulator-cell").first();
        const before = (await first.boundingBox())!.x;
        expect(await page.locator(".frame.goes-on:not(.begun)").count()).toBe(1);
        await page.locator(".tabulator-tableholder").evaluate((holder) => holder.scrollTo({ left: 5000 }));
        await expect.poll(() => page.locator(".frame.begun:not(.goes-on)").count()).toBe(1);
        expect((await first.boundingBox())!.x).toBeCloseTo(before, 0);
      });
    }
  });
});
