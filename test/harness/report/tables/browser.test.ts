import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { tableView } from "../../../../harness/report/tables/table-view.js";
import { thumbnail } from "../../../../harness/report/tables/thumbnails.js";
import { renderPage, type View } from "../../../../harness/report/view.js";
import { chromium, withPage } from "../../../browser.js";

const pageOf = (...views: View[]) => renderPage(views, { title: "test" });
const DOMAINS = ["in-domain", "near-domain", "out-domain"];

const rows = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    id: i,
    domain: DOMAINS[i % 3],
    caption: `a ${["red", "blue", "green", "grey"][i % 4]} dog number ${i}`,
    CIDEr: ((i * 37) % 100) / 50,
    SPICE: { value: i / 1000, low: i / 1000 - 0.01, high: i / 1000 + 0.01 },
  }));

describe.runIf(chromium)("tables in a browser", () => {
  test("sorting, filters of each kind, the search box and the count of rows", async () => {
    const view = await tableView(rows(60), { title: "Scores" });
    await withPage(pageOf(view, view), {}, async (page) => {
      await page.waitForSelector(".simvlm-table[data-alive=yes] .tabulator-row");
      expect(await page.locator(".simvlm-table[data-alive=yes]").count()).toBe(2);
      const table = page.locator(".simvlm-table").first();
      const column = (place: number) =>
        table.locator(`.tabulator-row .tabulator-cell[tabulator-field="${place}"]`).allInnerTexts();
      const header = (title: string) => table.locator(".tabulator-col", { hasText: title });
      const count = table.locator(".count");
      await expect.poll(() => count.innerText()).toBe("60 rows");

      await header("CIDEr").locator(".tabulator-col-title").click();
      const falling = (await column(3)).map(Number);
      expect(falling).toEqual([...falling].sort((a, b) => b - a));
      expect(falling[0]).toBe(1.98);
      await header("CIDEr").locator(".tabulator-col-title").press("Enter");
      expect((await column(3)).map(Number)[0]).toBe(0);

      await header("CIDEr").locator("input").fill("0.5–1");
      await expect.poll(() => count.innerText()).toBe("16 of 60 rows");
      for (const value of (await column(3)).map(Number)) expect(value >= 0.5 && value <= 1).toBe(true);
      await header("CIDEr").locator("input").fill("> 1.9");
      await expect.poll(() => count.innerText()).toBe("3 of 60 rows");
      await header("CIDEr").locator("input").fill("nonsense");
      expect(await header("CIDEr").locator("input").getAttribute("aria-invalid")).toBe("true");
      await header("CIDEr").locator("input").fill("");
      await expect.poll(() => count.innerText()).toBe("60 rows");

      await header("domain").locator("select").selectOption("out-domain");
      await expect.poll(() => count.innerText()).toBe("20 of 60 rows");
      await header("caption").locator("input").fill("DOG red");
      await expect.poll(() => count.innerText()).toBe("5 of 60 rows");
      await table.locator(".bar input").fill("number 32");
      await expect.poll(() => count.innerText()).toBe("1 of 60 rows");
      await table.locator("button", { hasText: "Clear" }).click();
      await expect.poll(() => count.innerText()).toBe("60 rows");
      expect(await page.locator(".simvlm-table").nth(1).locator(".count").innerText()).toBe("60 rows");
    });
  });
});
