import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { buildReport } from "../../../../harness/report/document/build.js";
import { renderReport } from "../../../../harness/report/document/report-page.js";
import { chromium, withPage } from "../../../browser.js";
import type { Scratch } from "../../cli/run-cli.js";
import { captionRuns, FEW, writeReport } from "../document/world.js";

const COUNT = 40_000;
const ROW = ".simvlm-examples .rows > [role=row]";
const HOSTILE = '<img src=x onerror="window.hacked=1">';

const PATIENCE = { timeout: 120_000 } as const;
/** Pictures of it, for people: where an environment variable says. */
const picture = async (tab: Page, name: string) => {
  const folder = process.env.SIMVLM_PICTURES;
  if (folder) await tab.locator("#every-example").screenshot({ path: `${folder}/examples-${name}.png` });
};

let page: string;

/** A report whose runs say something of 40,000 examples: the table is made of what they say, not of the data files. */
async function makePage(): Promise<string> {
  const scratch: Scratch = await captionRuns();
  const { data } = await buildReport([scratch.at("good"), scratch.at("poor")], FEW);
  const ids = Array.from({ length: COUNT }, (_, i) => `image ${i}`);
  const say = (text: (i: number) => string) => ids.map((id, i) => ({ id, prediction: text(i) }));
  const [good, poor] = data.runs;
  const runs = [
    { ...good!, outcomes: say((i) => `a red dog number ${i} in the snow`) },
    { ...poor!, outcomes: say((i) => (i === 7 ? HOSTILE : `a big dog number ${i} in snow`)) },
  ];
  const values = [0, 1].map((run) => ids.map((_, i) => ((i * (run + 3)) % 1000) / 1000));
  const kinds = { domain: ids.map((_, i) => (i % 10 === 0 ? "out-domain" : "in-domain")) };
  const listing = { images: ids.map((_, i) => [`${i}.jpg`]), kinds };
  const examples = { score: "CIDEr", ids, values };
  return renderReport({ data: { ...data, runs, examples, listing }, figures: new Map() });
}

describe.runIf(chromium)("the table of every example in a browser", () => {
  beforeAll(async () => {
    page = await makePage();
  }, 120_000);

  const count = (tab: Page) => tab.locator(".simvlm-examples .count").innerText();
  const rows = (tab: Page) => tab.locator(ROW);
  const hash = (tab: Page) => tab.evaluate(() => decodeURIComponent(location.hash).replaceAll("+", " "));

  test.each([1280, 390])(
    "40,000 of them at %i px: few stand in the page, all are found",
    { timeout: 180_000 },
    async (width) => {
      await withPage(page, { width }, async (tab) => {
        await tab.waitForSelector(ROW, { timeout: 120_000 });
        expect(await count(tab)).toBe("40,000 examples");
        expect(await rows(tab).count()).toBeLessThan(100);
        expect(await tab.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
        await tab.getByLabel("Search all examples").fill("39999 red");
        await expect.poll(() => count(tab), { timeout: 30_000 }).toBe("1 of 40,000 examples");
        await rows(tab).first().click();
        const open = tab.locator(".simvlm-examples .example");
        expect(await open.locator("h3").innerText()).toBe("Example image 39999");
        expect(await open.locator("del").allInnerTexts()).toEqual(["red", "the"]);
        expect(await open.locator("ins").allInnerTexts()).toEqual(["big"]);
        expect(await hash(tab)).toBe("#example=image 39999&search=39999 red");
        await tab.getByLabel("Search all examples").fill("onerror");
        await expect.poll(() => rows(tab).first().innerText(), { timeout: 30_000 }).toContain(HOSTILE);
        expect(await tab.evaluate(() => (window as { hacked?: number }).hacked)).toBeUndefined();
      });
    },
  );

  test("an address shows the same again; arrows go on, and filters stay in the address", {
    timeout: 180_000,
  }, async () => {
    await withPage(page, {}, async (tab) => {
      await tab.waitForSelector(ROW, { timeout: 120_000 });
      const address = new URLSearchParams({ example: "image 20", sort: "-Δ poor", "only.domain": "out-domain" });
      await tab.evaluate((to) => {
        location.hash = to;
      }, address.toString());
      await expect.poll(() => count(tab), { timeout: 30_000 }).toBe("4,000 of 40,000 examples");
      const open = tab.locator(".simvlm-examples .example h3");
      await expect.poll(() => open.innerText()).toBe("Example image 20");
      const chosen = tab.locator(`${ROW}.chosen`);
      expect(await chosen.innerText()).toContain("image 20");
      const differences = await rows(tab).locator(".difference").allInnerTexts();
      expect(differences.map(Number)).toEqual(differences.map(Number).toSorted((a, b) => b - a));
      await tab.locator(".simvlm-examples .grid").focus();
      await tab.keyboard.press("Home");
      const first = await open.innerText();
      await tab.keyboard.press("ArrowDown");
      expect(await open.innerText()).not.toBe(first);
      await tab.keyboard.press("ArrowUp");
      expect(await open.innerText()).toBe(first);
      expect(await hash(tab)).toBe(`#example=${first.replace("Example ", "")}&sort=-Δ poor&only.domain=out-domain`);
      await tab.keyboard.press("Escape");
      expect(await tab.locator(".simvlm-examples .example").isVisible()).toBe(false);
      await tab.locator(".simvlm-examples").getByRole("button", { name: "Clear filters" }).click();
      await expect.poll(() => count(tab)).toBe("40,000 examples");
    });
  });

  describe("of a report that holds what it was scored with", () => {
    let few: string;
    beforeAll(async () => {
      few = await writeReport(await captionRuns(), ["good", "poor"]);
    }, 60_000);
    const open = (tab: Page) => tab.locator(".simvlm-examples .example");

    test("references stand beside what was said, in the table too, and are searched", PATIENCE, async () => {
      await withPage(few, {}, async (tab) => {
        const references = rows(tab).locator(".reference");
        await expect.poll(() => references.first().innerText(), { timeout: 50_000 }).not.toMatch(/^…?$/);
        await tab.getByLabel("Search all examples").fill("dog today");
        await expect.poll(() => count(tab)).toMatch(/ of /);
        await rows(tab).first().click();
        const told = open(tab).locator("dd");
        expect(await told.allInnerTexts()).toEqual(expect.arrayContaining(["a red dog in the snow today"]));
      });
    });

    test("until references are there, something stands in their place, and time alone fills it", PATIENCE, async () => {
      await withPage(few, {}, async (tab) => {
        await tab.addInitScript(() => {
          const post = Worker.prototype.postMessage;
          Worker.prototype.postMessage = function (this: Worker, message: unknown) {
            const send = () => post.call(this, message);
            if ((message as { kind?: string }).kind !== "references") send();
            else Object.assign(window, { letGo: send });
          };
          location.hash = "#example=102&sort=-CIDEr, good";
        });
        await tab.reload();
        const references = rows(tab).locator(".reference");
        await expect.poll(() => references.first().innerText(), { timeout: 50_000 }).toBe("…");
        expect(new Set(await references.allInnerTexts())).toEqual(new Set(["…"]));
        expect(await open(tab).locator("dd").allInnerTexts()).toContain("…");
        await tab.evaluate(() => (window as unknown as { letGo: () => void }).letGo());
        await expect.poll(() => references.first().innerText()).not.toMatch(/^…?$/);
        expect(await references.allInnerTexts()).not.toContain("…");
        expect(await open(tab).locator("dd").allInnerTexts()).not.toContain("…");
      });
    });

    test(
      "why an example has its scores is worked out when it is asked, and for the next one too",
      PATIENCE,
      async () => {
        for (const width of [1280, 390]) {
          await withPage(few, { width }, async (tab) => {
            await rows(tab).first().click({ timeout: 50_000 });
            await open(tab).getByText("Why these scores?").click();
            const why = open(tab).locator(".simvlm-why > details");
            await expect.poll(() => why.count(), { timeout: 50_000 }).toBe(2);
            const text = await why.first().innerText();
            for (const part of ["CIDEr", "ROUGE-L", "Bleu"]) expect(text).toContain(part);
            expect(await why.first().locator("svg[role=img]").count()).toBeGreaterThan(0);
            await picture(tab, `why-${width}`);
            expect(await tab.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
            const first = await open(tab).locator("h3").innerText();
            expect(await hash(tab)).toBe(`#example=${first.replace("Example ", "")}&why=yes`);
            await tab.locator(".simvlm-examples .grid").focus();
            await tab.keyboard.press("ArrowDown");
            await expect.poll(() => why.count(), { timeout: 50_000 }).toBe(2);
            expect(await why.first().locator("summary").innerText()).not.toBe(text.split("\n")[0]);
          });
        }
      },
    );

    test("another score of each example is shown, sorted by, and kept in the address", PATIENCE, async () => {
      await withPage(few, {}, async (tab) => {
        await rows(tab).first().click({ timeout: 50_000 });
        const before = await rows(tab).locator(".score").allInnerTexts();
        await tab.getByLabel("Score of each example").selectOption("ROUGE_L");
        const title = tab.getByRole("columnheader").getByRole("button", { name: "ROUGE_L, poor" });
        await title.click({ timeout: 50_000 });
        const after = await rows(tab).locator(".score").allInnerTexts();
        expect(after).not.toEqual(before);
        for (const cell of after) expect(Number(cell)).toBeLessThanOrEqual(1);
        expect(await hash(tab)).toContain("score=ROUGE_L&sort=-ROUGE_L, poor");
        const address = await tab.evaluate(() => location.hash);
        await tab.evaluate(() => {
          location.hash = "example=104";
        });
        await expect.poll(() => rows(tab).locator(".score").allInnerTexts()).toEqual(before);
        await tab.evaluate((to) => {
          location.hash = to;
        }, address);
        await expect.poll(() => rows(tab).locator(".score").allInnerTexts(), { timeout: 50_000 }).toEqual(after);
      });
    });

    test("where the references are left out there is nothing to explain with", PATIENCE, async () => {
      const left = await writeReport(await captionRuns(), ["good", "poor"], { withoutReferences: true });
      await withPage(left, {}, async (tab) => {
        await rows(tab).first().click({ timeout: 50_000 });
        expect(await open(tab).getByText("Why these scores?").count()).toBe(0);
        expect(await tab.getByLabel("Score of each example").count()).toBe(0);
        expect(await rows(tab).locator(".reference").count()).toBe(0);
      });
    });
  });

  test("without scripts and on paper the page says what it said, and how many there are", async () => {
    await withPage(page.replaceAll(/<script[ >].*?<\/script>/gs, ""), {}, async (tab) => {
      expect(await tab.locator("#every-example").innerText()).toContain("40,000 examples");
      await tab.emulateMedia({ media: "print" });
      expect(await tab.locator("#every-example").isVisible()).toBe(false);
      expect(await tab.locator("#wins tbody tr").count()).toBeGreaterThan(0);
    });
  });
});
