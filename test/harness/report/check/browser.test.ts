import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import type { ReportData } from "../../../../harness/report/document/data.js";
import { chromium, withPage } from "../../../browser.js";
import { withData } from "../document/edit-data.js";
import { captionRuns, writeReport } from "../document/world.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PATIENCE = { timeout: 120_000 } as const;

const status = (tab: Page) => tab.locator("#check [role=status]").innerText();
const differing = (tab: Page) => tab.locator('#check [aria-label="What differs"] tbody tr').allInnerTexts();
/** Pictures of it, for people: where an environment variable says. */
const picture = async (tab: Page, name: string) => {
  const folder = process.env.SIMVLM_PICTURES;
  if (folder) await tab.locator("#check").screenshot({ path: `${folder}/check-${name}.png` });
};

async function check(tab: Page): Promise<string> {
  await tab.getByRole("button", { name: /^Check the/ }).click();
  await tab.waitForSelector("#check [data-verdict]", { timeout: 60_000 });
  await expect.poll(() => status(tab), { timeout: 60_000 }).toMatch(/It took/);
  return status(tab);
}

describe.runIf(chromium)("a report checks its scores in a browser", () => {
  let page: string;
  beforeAll(async () => {
    page = await writeReport(await captionRuns(), ["good", "poor"], { correct: "holm" });
  });

  test(
    "as it was written every number is equal, at two widths, dark and on paper, with the keyboard alone",
    PATIENCE,
    async () => {
      await withPage(page, { width: 1280 }, async (tab) => {
        const button = tab.getByRole("button", { name: "Check the scores" });
        await button.focus();
        await tab.keyboard.press("Enter");
        await tab.waitForSelector('#check [data-verdict="equal"]', { timeout: 60_000 });
        expect(await status(tab)).toMatch(/^All \d,\d+ numbers are equal to the last bit\. It took/);
        expect(await tab.locator("#check tbody tr").allInnerTexts()).toContainEqual(
          expect.stringMatching(/^as the page shows them\s+\d+\s+0$/),
        );
        await tab.locator("#check summary").click();
        await tab.waitForSelector('#check [aria-label="Every number"]');
        for (const width of [1280, 390]) {
          await tab.setViewportSize({ width, height: 900 });
          await picture(tab, `equal-${width}`);
          expect(await tab.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
        }
        // What tests put into the page is stopped by the page's policy; axe is evaluated from outside.
        await tab.evaluate(AXE);
        for (const colorScheme of ["light", "dark"] as const) {
          await tab.emulateMedia({ colorScheme });
          const found = await tab.evaluate(async () => {
            const { axe } = window as unknown as {
              axe: { run: (at: string) => Promise<{ violations: { id: string }[] }> };
            }; // defined by its source
            return (await axe.run("#check")).violations.map(({ id }) => id);
          });
          expect(found, colorScheme).toEqual([]);
          await picture(tab, colorScheme);
        }
        await tab.emulateMedia({ media: "print" });
        await picture(tab, "print");
        expect(await tab.locator("#check button").first().isVisible()).toBe(false);
        expect(await tab.locator("#check [role=status]").isVisible()).toBe(true);
      });
    },
  );

  test("a prediction that was changed is named, with the numbers that differ", PATIENCE, async () => {
    const old = JSON.stringify({ id: "104", prediction: "a yellow car at night" });
    const changed = await withData(page, (json) => {
      expect(json).toContain(old);
      return json.replace(old, old.replace("yellow", "green"));
    });
    await withPage(changed, { width: 390 }, async (tab) => {
      expect(await check(tab)).toMatch(/^1 value was changed after the report was written; \d.* numbers differ\./);
      await picture(tab, "changed-390");
      expect(await tab.locator("#check p.differs").allInnerTexts()).toEqual([
        'runs[poor].outcomes[104].prediction was changed after the report was written: it is "a green car at night"',
      ]);
      expect(await differing(tab)).toContainEqual(expect.stringMatching(/^Bleu_1 of poor on all examples: value\s/));
    });
  });

  test("a number that was changed: in the data, in the text of the page, in one of its tables", PATIENCE, async () => {
    const changed = await withData(page, (json) =>
      json.replace(/("run":"poor","subset":"all","examples":\d+,"score":"CIDEr","value":)[\d.]+/, "$19.75"),
    );
    expect(changed).not.toBe(page);
    await withPage(changed, {}, async (tab) => {
      expect(await check(tab)).toMatch(/^1 value was changed after the report was written; 1 of .* differs/);
      expect(await differing(tab)).toEqual([expect.stringMatching(/^CIDEr of poor on all examples: value\s+9\.75\s/)]);
    });
    await withPage(page, {}, async (tab) => {
      await tab.evaluate(() => {
        document.querySelector("#summary table.plain td:last-child b")!.textContent = "9.7500";
        const script = document.querySelector('#scores .simvlm-table script[type="application/json"]')!;
        const table = JSON.parse(script.textContent!);
        table.rows[0][table.columns.findIndex(({ key }: { key: string }) => key === "CIDEr")][1] = 0.125;
        script.textContent = JSON.stringify(table);
      });
      expect(await check(tab)).toMatch(/^2 of .* differ\./);
      expect(await differing(tab)).toEqual([
        expect.stringMatching(/^“In short”, CIDEr of poor\s+9\.7500/),
        expect.stringMatching(/^“Scores”, good, .*: CIDEr\s+\[[\d.]+,0\.125,/),
      ]);
    });
  });

  test(
    "a number where none follows differs, and a slice and an explanation are told by their hashes",
    PATIENCE,
    async () => {
      const edit = (change: (data: ReportData) => void) =>
        withData(page, (json) => {
          const data = JSON.parse(json);
          change(data);
          return JSON.stringify(data);
        });
      const placed = await edit(({ comparison }) => {
        const { columns, ours } = comparison.paper[0]!;
        const place = columns.findIndex(({ ours }) => ours === undefined);
        expect(ours[0]!.values[place]).toBeNull();
        Object.assign(ours[0]!.values, { [place]: 99 });
      });
      await withPage(placed, {}, async (tab) => {
        expect(await check(tab)).toMatch(
          /^1 value was changed after the report was written; 1 of .* numbers differs\./,
        );
        expect(await differing(tab)).toEqual([expect.stringMatching(/, good: .*\s99\s+none\s+differs$/)]);
      });
      const explained = await edit(({ explanations }) => {
        Object.assign(explanations![0]!.metrics[0]!.scores, { Bleu_1: 0.123 });
      });
      await withPage(explained, {}, async (tab) => {
        expect(await check(tab)).toMatch(
          /^1 value was changed after the report was written; none of the [\d,]+ numbers computed here differs\./,
        );
        await picture(tab, "explained");
        expect(await tab.locator("#check").innerText()).toContain("Compared by their hashes alone: in which slice");
      });
    },
  );

  test.each([
    ["no predictions", ({ runs }: ReportData) => Object.assign(runs[0]!, { outcomes: null }), "outcomes was changed"],
    [
      "a prediction that is no text",
      ({ runs }: ReportData) => Object.assign(runs[0]!.outcomes[0]!, { prediction: { a: 1 } }),
      "prediction.a was changed",
    ],
    ["no files", ({ data }: ReportData) => Object.assign(data, { files: null }), "data.files was changed"],
    ["no comparison", (data: ReportData) => Object.assign(data, { comparison: null }), "comparison was changed"],
  ])("data that are no report's: %s", PATIENCE, async (_, spoil, told) => {
    const spoilt = await withData(page, (json) => {
      const data = JSON.parse(json);
      spoil(data);
      return JSON.stringify(data);
    });
    await withPage(spoilt, { width: 390 }, async (tab) => {
      expect(await check(tab)).toMatch(
        /^\d.* changed after the report was written; the scores cannot be computed of such data\. It took/,
      );
      expect(await tab.locator("#check p.differs").allInnerTexts()).toContainEqual(expect.stringContaining(told));
      await picture(tab, told.split(" ")[0]!);
    });
  });

  test("it can be stopped, and started again", PATIENCE, async () => {
    await withPage(page, {}, async (tab) => {
      // Both clicks before the worker can answer.
      await tab.evaluate(() => {
        const button = document.querySelector<HTMLButtonElement>("#check button")!;
        button.click();
        button.click();
      });
      await expect.poll(() => status(tab), { timeout: 60_000 }).toContain("it was stopped");
      expect(await tab.locator("#check [data-verdict]").count()).toBe(0);
      expect(await check(tab)).toMatch(/^All/);
    });
  });

  test("no script runs but those that were written into the page", PATIENCE, async () => {
    expect(page).toMatch(/script-src (?:&#39;sha256-[\w+/]{43}=&#39; ?)+; worker-src blob:;/);
    expect(page).not.toMatch(/script-src[^;]*unsafe|connect-src/);
    const injected = page.replace("</main>", "<script>window.hacked = 1</script></main>");
    const opened = withPage(injected, {}, async (tab) => {
      expect(await tab.evaluate(() => (window as { hacked?: number }).hacked)).toBeUndefined();
    });
    await expect(opened).rejects.toThrow(/Content Security Policy/);
  });

  test("where the references are left out, hashes are looked at, and that is said", PATIENCE, async () => {
    const left = await writeReport(await captionRuns(), ["good", "poor"], { withoutReferences: true });
    await withPage(left, { width: 390 }, async (tab) => {
      expect(await check(tab)).toMatch(/^All [\d,]+ values have the hashes that they were written with\./);
      await picture(tab, "withheld-390");
      expect(await tab.locator("#check").innerText()).toContain("its scores were not computed");
    });
    const changed = await withData(left, (json) => json.replace("a yellow car at night", "a green car at night"));
    await withPage(changed, {}, async (tab) => {
      expect(await check(tab)).toMatch(/^\d+ values? w(?:as|ere) changed after the report was written\./);
    });
  });
});
