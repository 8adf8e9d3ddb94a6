/// <reference lib="dom" />
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

/** A busy machine is slow. */
const PATIENCE = { timeout: 20_000 };

describe.runIf(chromium)("tables in a browser", () => {
  test("a table without rows says so, and has no empty box and nothing to filter", { timeout: 60_000 }, async () => {
    const view = await tableView([], { columns: [{ key: "id" }, { key: "CIDEr", kind: "number" }], note: "None." });
    await withPage(pageOf(view), {}, async (page) => {
      await page.waitForSelector(".simvlm-table[data-alive=yes]");
      expect(await page.locator(".simvlm-table :is(input, button, .frame)").count()).toBe(0);
      const told = await page.locator(".simvlm-table").innerText();
      expect(told).toContain("No rows.");
      expect(told).toContain("None.");
    });
  });

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
      await expect.poll(() => count.innerText(), PATIENCE).toBe("60 rows");

      await header("CIDEr").locator(".tabulator-col-title").click();
      const falling = (await column(3)).map(Number);
      expect(falling).toEqual([...falling].sort((a, b) => b - a));
      expect(falling[0]).toBe(1.98);
      await header("CIDEr").locator(".tabulator-col-title").press("Enter");
      expect((await column(3)).map(Number)[0]).toBe(0);

      await header("CIDEr").locator("input").fill("0.5–1");
      await expect.poll(() => count.innerText(), PATIENCE).toBe("16 of 60 rows");
      for (const value of (await column(3)).map(Number)) expect(value >= 0.5 && value <= 1).toBe(true);
      await header("CIDEr").locator("input").fill("> 1.9");
      await expect.poll(() => count.innerText(), PATIENCE).toBe("3 of 60 rows");
      await header("CIDEr").locator("input").fill("nonsense");
      expect(await header("CIDEr").locator("input").getAttribute("aria-invalid")).toBe("true");
      await header("CIDEr").locator("input").fill("");
      await expect.poll(() => count.innerText(), PATIENCE).toBe("60 rows");

      await header("domain").locator("select").selectOption("out-domain");
      await expect.poll(() => count.innerText(), PATIENCE).toBe("20 of 60 rows");
      await header("caption").locator("input").fill("DOG red");
      await expect.poll(() => count.innerText(), PATIENCE).toBe("5 of 60 rows");
      await table.locator(".bar input").fill("number 32");
      await expect.poll(() => count.innerText(), PATIENCE).toBe("1 of 60 rows");
      await table.locator("button", { hasText: "Clear" }).click();
      await expect.poll(() => count.innerText(), PATIENCE).toBe("60 rows");
      expect(await page.locator(".simvlm-table").nth(1).locator(".count").innerText()).toBe("60 rows");
    });
  });

  test("thousands of rows are scrolled and filtered without lag, for few of them are drawn", async () => {
    const view = await tableView(rows(5000));
    await withPage(pageOf(view), {}, async (page) => {
      const table = page.locator(".simvlm-table[data-alive=yes]");
      await table.locator(".tabulator-row").first().waitFor();
      const drawn = await table.locator(".tabulator-row").count();
      expect(drawn).toBeGreaterThan(10);
      expect(drawn).toBeLessThan(200);
      const holder = table.locator(".tabulator-tableholder");
      await holder.evaluate((box) => box.scrollTo(0, box.scrollHeight));
      await table.getByText("number 4999").waitFor();
      expect(await table.locator(".tabulator-row").count()).toBeLessThan(200);
      await table.locator(".bar input").fill("number 4998");
      await expect.poll(() => table.locator(".count").innerText(), PATIENCE).toBe("1 of 5,000 rows");
    });
  });

  test("what is filtered can be downloaded", async () => {
    const [first, second] = rows(2);
    const hostile = { ...first!, caption: 'says "a, b"\n<script>alert(1)</script>' };
    const view = await tableView([hostile, second!], { title: "My scores: 1/2" });
    await withPage(pageOf(view), {}, async (page) => {
      const table = page.locator(".simvlm-table[data-alive=yes]");
      await table.locator(".bar input").fill("says");
      await expect.poll(() => table.locator(".count").innerText(), PATIENCE).toBe("1 of 2 rows");
      const [file] = await Promise.all([
        page.waitForEvent("download"),
        table.locator("button", { hasText: "CSV" }).click(),
      ]);
      expect(file.suggestedFilename()).toBe("my-scores-1-2.csv");
      expect(readFileSync(await file.path(), "utf8")).toBe(
        "\ufeffid,domain,caption,CIDEr,SPICE,SPICE low,SPICE high\r\n" +
          '0,in-domain,"says ""a, b""\n<script>alert(1)</script>",0,0,-0.01,0.01\r\n',
      );
    });
  });

  test("texts with markup in them are shown as they are, in cells, titles, filters and pictures", async () => {
    const evil = '<img src=x onerror="window.broken = true"><script>window.broken = true</script>';
    const picture = await thumbnail({ width: 4, height: 4, data: new Uint8Array(48) });
    const many = Array.from({ length: 8 }, (_, i) => ({ [evil]: evil, kind: i % 2 ? evil : "b", picture }));
    const view = await tableView(many, {
      title: evil,
      note: evil,
      columns: [
        { key: evil, hint: evil, kind: "text" },
        { key: "kind", title: `${evil}.x`, kind: "category" },
        { key: "picture" },
      ],
    });
    await withPage(pageOf(view), {}, async (page) => {
      const table = page.locator(".simvlm-table[data-alive=yes]");
      await table.locator(".tabulator-row").first().waitFor();
      expect(await table.locator(".tabulator-cell").first().innerText()).toBe(evil);
      expect(await table.locator("img").count()).toBe(8);
      expect(await table.locator("option").allInnerTexts()).toEqual(["all", `b (4)`, `${evil} (4)`]);
      await table.locator("select").selectOption(evil);
      await expect.poll(() => table.locator(".count").innerText(), PATIENCE).toBe("4 of 8 rows");
      expect(await page.evaluate(() => "broken" in window)).toBe(false);
    });
  });

  test("a phone scrolls the table, not the page; the keyboard reaches everything", async () => {
    const view = await tableView(rows(40), { title: "Scores", note: "a|signature|without|spaces|".repeat(6) });
    await withPage(pageOf(view), { width: 390, height: 800 }, async (page) => {
      await page.locator(".simvlm-table[data-alive=yes] .tabulator-row").first().waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
      const reached: string[] = [];
      const describeFocus = () =>
        page.evaluate(() => {
          const at = document.activeElement!;
          return `${at.getAttribute("role") ?? at.tagName} ${at.getAttribute("aria-label") ?? at.textContent}`;
        });
      for (let i = 0; i < 20; i++) {
        await page.keyboard.press("Tab");
        const focus = await describeFocus();
        reached.push(focus);
        if (focus === "button CIDEr") break;
      }
      expect(reached).toEqual(
        expect.arrayContaining(["INPUT Search", "BUTTON CSV", "SELECT Filter domain", "button CIDEr"]),
      );
      const values = async () =>
        (await page.locator('.tabulator-cell[tabulator-field="3"]').allInnerTexts()).slice(0, 5).map(Number);
      await page.keyboard.press("Enter");
      const falling = await values();
      expect(falling).toEqual([...falling].sort((a, b) => b - a));
      await page.keyboard.press(" ");
      const rising = await values();
      expect(rising).toEqual([...rising].sort((a, b) => a - b));
      expect(rising).not.toEqual(falling);
    });
  });

  test("without its library the table stays as it is", async () => {
    const view = await tableView(rows(40));
    await withPage(renderPage([view.markup], { title: "test" }), {}, async (page) => {
      await page.waitForTimeout(300);
      expect(await page.locator(".simvlm-static tbody tr").count()).toBe(12);
      expect(await page.getByText("The first 12 of 40 rows.").isVisible()).toBe(true);
    });
  });
});
