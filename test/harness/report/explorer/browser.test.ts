import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import type { Exploration } from "../../../../harness/attention/explore.js";
import { type ExplorerOptions, explorerView } from "../../../../harness/report/explorer/index.js";
import { renderPage } from "../../../../harness/report/view.js";
import { chromium, withPage } from "../../../browser.js";
import { makeExploration } from "./made.js";

interface Opening extends ExplorerOptions {
  readonly width?: number;
}

/** Opens a page with one explorer, and waits until it lives. */
async function withExplorer(
  explorations: readonly Exploration[],
  { width = 1280, ...options }: Opening,
  use: (page: Page) => Promise<void>,
): Promise<void> {
  const page = renderPage([await explorerView(explorations, { word: 1, picture: false, ...options })], {
    title: "explorer",
  });
  await withPage(page, { width }, async (opened) => {
    await opened.waitForSelector(".live");
    await use(opened);
  });
}

/** The overlay's pixels, of the first pane or another. */
async function pixelsOf(page: Page, pane = 0): Promise<string> {
  return page
    .locator(".seen canvas[role]")
    .nth(pane)
    .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
}

/** The colour in the middle of a patch. */
async function colourAt(page: Page, patch: number, grid: number): Promise<number[]> {
  return page
    .locator(".seen canvas[role]")
    .first()
    .evaluate(
      (node, [at, side]) => {
        const canvas = node as HTMLCanvasElement;
        const x = ((at! % side!) + 0.5) * (canvas.width / side!);
        const y = (Math.floor(at! / side!) + 0.5) * (canvas.height / side!);
        return [...canvas.getContext("2d")!.getImageData(x, y, 1, 1).data].slice(0, 3);
      },
      [patch, grid],
    );
}

const word = (page: Page, index: number) => page.locator(".pane").first().locator(".word").nth(index);
const select = (page: Page, name: string) => page.locator(".pane").first().getByLabel(name, { exact: true });

describe.runIf(chromium)("the explorer in a browser", () => {
  test("clicking a word shows its map: the brightest patch is where the numbers say", async () => {
    const exploration = makeExploration();
    await withExplorer([exploration], { layer: 2, head: 1 }, async (page) => {
      // Full colours, so that they can be read.
      await page.getByLabel("opacity").fill("1");
      await page.getByLabel("one colour range for all words").uncheck();
      const seen = new Set<string>();
      for (const token of [0, 1, 3]) {
        await word(page, token).click();
        const row = exploration.attention.data.subarray(((2 * 2 + 1) * 5 + token) * 18).subarray(0, 16);
        expect(await colourAt(page, row.indexOf(Math.max(...row)), 4)).toEqual([253, 231, 37]);
        expect(await colourAt(page, row.indexOf(Math.min(...row)), 4)).toEqual([68, 1, 84]);
        expect(await word(page, token).getAttribute("aria-checked")).toBe("true");
        seen.add(await pixelsOf(page));
      }
      // The word that comes twice has its own map each time.
      expect(seen.size).toBe(3);
    });
  });

  test("clicking a patch marks the words that looked at it, and says how much", async () => {
    const exploration = makeExploration();
    await withExplorer([exploration], { layer: 0, head: 0 }, async (page) => {
      const canvas = page.locator(".seen canvas[role]");
      const box = (await canvas.boundingBox())!;
      // Row 2, column 3 of 4 × 4: patch 6.
      await canvas.click({ position: { x: (2.5 * box.width) / 4, y: (1.5 * box.height) / 4 } });
      const expected = [0, 1, 2, 3, 4].map((token) => exploration.attention.data[token * 18 + 6]!);
      const marks = await page.locator(".word .mark").allTextContents();
      marks.forEach((mark, token) => {
        expect(Math.abs(Number.parseFloat(mark) / 100 - expected[token]!)).toBeLessThan(0.01);
      });
      const strengths = await page
        .locator(".word .mark")
        .evaluateAll((nodes) =>
          nodes.map((node) => Number((node as HTMLElement).style.getPropertyValue("--strength"))),
        );
      expect(strengths.indexOf(1)).toBe(expected.indexOf(Math.max(...expected)));
      expect(await page.locator(".readout").textContent()).toContain("row 2, column 3");
      const framed = await pixelsOf(page);
      await canvas.click({ position: { x: (2.5 * box.width) / 4, y: (1.5 * box.height) / 4 } });
      expect((await page.locator(".word .mark").allTextContents()).join("")).toBe("");
      expect(await pixelsOf(page)).not.toBe(framed);
    });
  });

  test("method, layer and head change the map, and rollout has neither layer nor head", async () => {
    await withExplorer([makeExploration()], {}, async (page) => {
      const seen = [await pixelsOf(page)];
      await select(page, "layer").selectOption("1");
      seen.push(await pixelsOf(page));
      await select(page, "head").selectOption("1");
      seen.push(await pixelsOf(page));
      await select(page, "layer").selectOption("all");
      await select(page, "head").selectOption("all");
      expect(await pixelsOf(page)).toBe(seen[0]);
      for (const method of ["maximum", "rollout", "gradient × attention"]) {
        await select(page, "method").selectOption(method);
        seen.push(await pixelsOf(page));
        for (const name of ["layer", "head"]) {
          expect(await select(page, name).isDisabled()).toBe(method === "rollout");
        }
      }
      expect(new Set(seen).size).toBe(6);
    });
  });

  test("a small map of the grid chooses its layer and head, and lets go of them", async () => {
    await withExplorer([makeExploration()], {}, async (page) => {
      const before = await pixelsOf(page);
      const cells = page.locator(".grid button");
      expect(await cells.count()).toBe(6);
      await page.getByRole("button", { name: "layer 2, head 1" }).click();
      expect(await select(page, "layer").inputValue()).toBe("2");
      expect(await select(page, "head").inputValue()).toBe("1");
      expect(await page.locator('.grid [aria-pressed="true"]').count()).toBe(1);
      const chosen = await pixelsOf(page);
      expect(chosen).not.toBe(before);
      await page.getByRole("button", { name: "layer 2, head 1" }).click();
      expect(await pixelsOf(page)).toBe(before);
      const maps = await cells
        .locator("canvas")
        .evaluateAll((nodes) => nodes.map((node) => (node as HTMLCanvasElement).toDataURL()));
      expect(new Set(maps).size).toBe(6);
    });
  });

  test("randomised weights are one click away and back", async () => {
    await withExplorer([makeExploration()], {}, async (page) => {
      const learned = await pixelsOf(page);
      const control = page.getByRole("button", { name: "randomised weights" });
      await control.click();
      expect(await control.getAttribute("aria-pressed")).toBe("true");
      expect(await pixelsOf(page)).not.toBe(learned);
      await control.click();
      expect(await pixelsOf(page)).toBe(learned);
    });
  });

  test("a 12-layer model's control has no heads to choose, and says so", async () => {
    const large = makeExploration({ layers: 12, heads: 12, grid: 14 });
    await withExplorer([large], { layer: 5, head: 7 }, async (page) => {
      expect(await page.locator(".grid button").count()).toBe(144);
      await page.getByRole("button", { name: "randomised weights" }).click();
      expect(await select(page, "head").isDisabled()).toBe(true);
      expect(await select(page, "layer").isDisabled()).toBe(false);
      expect(await page.locator(".grid button").count()).toBe(12);
      expect(await page.locator(".layers .note").textContent()).toContain("heads are averaged here");
    });
  });

  test("each word says what share of its attention went to the text prefix", async () => {
    const exploration = makeExploration();
    await withExplorer([exploration], { layer: 1, head: 0 }, async (page) => {
      const shares = await page.locator(".word .share").allTextContents();
      shares.forEach((text, token) => {
        const row = exploration.attention.data.subarray(((1 * 2 + 0) * 5 + token) * 18);
        expect(text).toMatch(/^prefix [\d.]+\s%$/);
        expect(Math.abs(Number.parseFloat(text.slice(7)) / 100 - row[16]! - row[17]!)).toBeLessThan(0.006);
      });
    });
    await withExplorer([makeExploration({ promptKeys: 0 })], {}, async (page) => {
      expect((await page.locator(".word .share").allTextContents()).join("")).toBe("");
    });
  });

  test("a captioner's own text and question are numbers beside its words, and the lack of a control is said", async () => {
    const { control: _, ...exploration } = makeExploration({ published: true });
    const asked = { ...exploration, prompt: "what <b>is</b> it?" };
    await withExplorer([asked], { layer: 0, head: 1, word: 2 }, async (page) => {
      const row = exploration.attention.data.subarray(5 * 24).subarray(2 * 24, 3 * 24);
      const sum = (from: number, to: number) => 100 * row.subarray(from, to).reduce((a, b) => a + b, 0);
      const shares = await word(page, 2).locator(".share").allTextContents();
      expect(shares.map((text) => text.replace(/ [\d.]+\s%$/, ""))).toEqual(["question", "own text"]);
      const [question, text] = shares.map((share) => Number(/[\d.]+(?=\s%)/.exec(share)![0]));
      expect(Math.abs(question! - sum(17, 19))).toBeLessThan(0.6);
      expect(Math.abs(text! - sum(19, 24))).toBeLessThan(0.6);
      const readout = (await page.locator(".readout").textContent())!;
      expect(readout).toMatch(/picture .*%, class token .*%, question “what <b>is<\/b> it\?” .*%, own text .*%\./);
      expect(await page.locator(".selectors").textContent()).toContain("no randomised weights to compare with");
      expect(await page.locator(".live > .note").textContent()).toContain("There are no maps of randomised weights");
    });
  });

  test("opacity, smoothness and the colours' range", async () => {
    await withExplorer([makeExploration()], { word: 0 }, async (page) => {
      const seen = [await pixelsOf(page)];
      const legend = async () => (await page.locator(".legend span").allTextContents()).join();
      const together = await legend();
      expect(together).toMatch(/^[\d.]+\s%,[\d.]+\s%$/);
      await page.getByLabel("smooth").check();
      seen.push(await pixelsOf(page));
      await page.getByLabel("opacity").fill("0.2");
      seen.push(await pixelsOf(page));
      await page.getByLabel("one colour range for all words").uncheck();
      seen.push(await pixelsOf(page));
      expect(new Set(seen).size).toBe(4);
      expect(await legend()).not.toBe(together);
    });
  });

  test("two models: selectors go together until they are unlocked", async () => {
    const other = makeExploration({ layers: 2, words: ["the", "cat", "sees", "a", "dog"] }, 2);
    await withExplorer([makeExploration(), other], {}, async (page) => {
      const second = page.locator(".pane").nth(1);
      const chosen = async () => second.locator('.word[aria-checked="true"] .text').textContent();
      await word(page, 4).click();
      expect(await chosen()).toBe("cat");
      await select(page, "layer").selectOption("1");
      expect(await second.getByLabel("layer", { exact: true }).inputValue()).toBe("1");
      // It has no layer 2: all of them then.
      await select(page, "layer").selectOption("2");
      expect(await second.getByLabel("layer", { exact: true }).inputValue()).toBe("-1");
      await page.getByRole("button", { name: "randomised weights" }).first().click();
      expect(await page.locator('.control[aria-pressed="true"]').count()).toBe(2);
      // By itself: one range of both would change with the other's method.
      await page.getByLabel("one colour range for all words").uncheck();
      const before = await pixelsOf(page, 1);
      await page.getByLabel("selectors locked together").uncheck();
      await select(page, "method").selectOption("max");
      await word(page, 1).click();
      expect(await pixelsOf(page, 1)).toBe(before);
      expect(await chosen()).toBe("cat");
      await page.getByLabel("selectors locked together").check();
      expect(await second.getByLabel("method", { exact: true }).inputValue()).toBe("max");
      expect(await chosen()).toBe("dog");
    });
  });

  test("two models have one colour range, while they are asked for one and show the same kind of maps", async () => {
    const other = makeExploration({ layers: 2, words: ["the", "cat", "sees", "a", "dog"] }, 2);
    await withExplorer([makeExploration(), other], {}, async (page) => {
      const ranges = async () =>
        Promise.all(
          (await page.locator(".legend").all()).map(async (legend) =>
            (await legend.locator("span").allTextContents()).join(),
          ),
        );
      const [first, second] = await ranges();
      expect(second).toBe(first);
      await page.getByLabel("one colour range for all words").uncheck();
      const [own, others] = await ranges();
      expect(others).not.toBe(own);
      await page.getByLabel("one colour range for all words").check();
      await page.getByLabel("selectors locked together").uncheck();
      await select(page, "method").selectOption("gradient");
      const [gradient, mean] = await ranges();
      expect(gradient).not.toBe(mean);
    });
  });

  test("two pictures are enlarged and moved in step, by wheel, mouse and keys", async () => {
    await withExplorer([makeExploration(), makeExploration({ grid: 8 }, 2)], {}, async (page) => {
      const views = page.locator(".view");
      const places = () =>
        views.evaluateAll((all) => all.map(({ scrollLeft, scrollTop }) => [scrollLeft, scrollTop].map(Math.round)));
      const near = (place: readonly number[]) => place.map((number) => expect.closeTo(number, -0.5));
      expect(await views.evaluateAll((all) => all.every((view) => view.scrollWidth <= view.clientWidth))).toBe(true);
      await page.getByLabel("zoom").fill("3");
      const [middle, same] = await places();
      expect(middle![0]).toBeGreaterThan(100);
      expect(same).toEqual(near(middle!));
      await views.first().hover();
      await page.mouse.wheel(120, 60);
      await expect.poll(async () => (await places())[1]).toEqual(near([middle![0]! + 120, middle![1]! + 60]));
      const box = (await views.nth(1).boundingBox())!;
      await page.mouse.move(box.x + 100, box.y + 100);
      await page.mouse.down();
      await page.mouse.move(box.x + 160, box.y + 130, { steps: 4 });
      await page.mouse.up();
      await expect.poll(async () => (await places())[0]).toEqual(near([middle![0]! + 60, middle![1]! + 30]));
      // Dragging chooses no patch.
      expect(await page.locator(".readout").first().textContent()).toContain("Choose a patch");
      await page.locator(".view canvas").first().focus();
      await page.keyboard.press("ArrowUp");
      await page.keyboard.press("Home");
      await expect.poll(places).toEqual([
        [0, 0],
        [0, 0],
      ]);
    });
  });

  test("two models of different grids: the same place of the picture", async () => {
    await withExplorer([makeExploration(), makeExploration({ grid: 8 }, 2)], {}, async (page) => {
      const canvas = page.locator(".seen canvas[role]").first();
      const box = (await canvas.boundingBox())!;
      await canvas.click({ position: { x: (2.5 * box.width) / 4, y: (1.5 * box.height) / 4 } });
      const [first, second] = await page.locator(".readout").allTextContents();
      expect(first).toContain("row 2, column 3");
      expect(second).toContain("row 4, column 6");
    });
  });

  test("put into a page as a notebook does: markup first, its scripts again and elsewhere", async () => {
    const { markup } = await explorerView([makeExploration()]);
    await withPage("<!doctype html><div id='output'></div>", {}, async (page) => {
      await page.evaluate((text) => {
        const output = document.querySelector("#output")!;
        output.innerHTML = text;
        for (const old of output.querySelectorAll("script:not([type])")) {
          const script = document.createElement("script");
          script.textContent = old.textContent;
          output.append(script);
          script.remove();
        }
      }, markup.markup);
      await page.waitForSelector(".live");
      expect(await page.locator(".word").count()).toBe(5);
      expect(await page.locator(".rest").count()).toBe(0);
    });
  });

  test("by keyboard alone: words, patches, the grid", async () => {
    await withExplorer([makeExploration()], { word: 0 }, async (page) => {
      // A notebook would take arrow keys for a move to another cell.
      await page.evaluate(() => document.addEventListener("keydown", (event) => console.error(`leaked ${event.key}`)));
      await page.evaluate(() => document.querySelector<HTMLElement>(".word")!.focus());
      const focused = () => page.evaluate(() => document.activeElement?.textContent ?? "");
      expect(await focused()).toContain("a");
      await page.keyboard.press("ArrowRight");
      expect(await focused()).toContain("dog");
      expect(await word(page, 1).getAttribute("aria-checked")).toBe("true");
      expect(await word(page, 1).evaluate((node) => getComputedStyle(node).outlineStyle)).toBe("solid");
      await page.keyboard.press("End");
      expect(await focused()).toContain("cat");
      await page.keyboard.press("ArrowRight");
      expect(await focused()).toContain("cat");
      // method, layer, head, randomised weights, then the picture.
      for (let stop = 0; stop < 5; stop++) await page.keyboard.press("Tab");
      expect(await page.evaluate(() => document.activeElement?.getAttribute("role"))).toBe("application");
      await page.keyboard.press("ArrowDown");
      const place = async () =>
        /row (\d), column (\d)/
          .exec((await page.locator(".readout").textContent())!)!
          .slice(1)
          .map(Number);
      await page.keyboard.press("Home");
      expect(await place()).toEqual([1, 1]);
      await page.keyboard.press("ArrowLeft");
      expect(await place()).toEqual([1, 1]);
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("ArrowDown");
      expect(await place()).toEqual([2, 2]);
      await page.keyboard.press("Escape");
      expect(await page.locator(".readout").textContent()).not.toContain("row");
      await page.keyboard.press("Tab");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      expect([await select(page, "layer").inputValue(), await select(page, "head").inputValue()]).toEqual(["1", "0"]);
    });
  });

  test("every control has a name, and the picture says what it shows", async () => {
    await withExplorer([makeExploration(), makeExploration({}, 2)], {}, async (page) => {
      const nameless = await page.locator("button, select, input, canvas[tabindex]").evaluateAll(
        (nodes) =>
          nodes.filter((node) => {
            const label = node.getAttribute("aria-label") ?? node.closest("label")?.textContent ?? node.textContent;
            return !label?.trim();
          }).length,
      );
      expect(nameless).toBe(0);
      expect(await page.locator(".seen canvas[role]").first().getAttribute("aria-label")).toMatch(
        /“dog”, mean, all layers, all heads/,
      );
    });
  });

  test("saved as PNG: a picture of what is shown", async () => {
    await withExplorer([makeExploration()], {}, async (page) => {
      const save = async () => {
        const [file] = await Promise.all([page.waitForEvent("download"), page.getByText("save as PNG").click()]);
        return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
      };
      const { name, bytes } = await save();
      expect(name).toBe("attention-dog.png");
      const { format, width, height } = await sharp(bytes).metadata();
      expect([format, width! > 1000, height! > 800]).toEqual(["png", true, true]);
      expect((await sharp(bytes).stats()).entropy).toBeGreaterThan(2);
      await word(page, 2).click();
      const other = await save();
      expect(other.name).toBe("attention-sees.png");
      expect(other.bytes.equals(bytes)).toBe(false);
    });
  });

  test.each([1280, 390])("%i pixels wide: nothing runs over", async (width) => {
    const long = ["Donaudampfschifffahrtsgesellschaftskapitänsmütze", "x".repeat(90), "a"];
    for (const explorations of [
      [makeExploration({ layers: 12, heads: 12, grid: 14 })],
      [makeExploration(), makeExploration({ words: long }, 2)],
      [{ ...makeExploration({ words: long }), source: "/folder".repeat(40) }],
      [{ ...makeExploration({ published: true }), prompt: `what ${"x".repeat(90)} is it?` }],
    ]) {
      await withExplorer(explorations, { width }, async (page) => {
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
        const box = (await page.locator(".seen canvas[role]").first().boundingBox())!;
        expect(box.width).toBeGreaterThan(280);
      });
    }
  });

  test("markup in captions and prompts is shown as text", async () => {
    const nasty = '</script><img src="x" onerror="document.title = 1"><script>document.title = 2</script>';
    const exploration = makeExploration({ words: [nasty, "<b>dog</b>"] });
    await withExplorer([{ ...exploration, prompt: nasty, source: nasty, caption: nasty }], {}, async (page) => {
      expect(await word(page, 0).locator(".text").textContent()).toBe(nasty);
      expect(await page.locator(".simvlm-explorer img, .simvlm-explorer b").count()).toBe(0);
      expect(await page.title()).toBe("explorer");
    });
  });

  test("the same explorer twice in a page, and one without words", async () => {
    const view = await explorerView([makeExploration()]);
    const silent = await explorerView([makeExploration({ words: [] })]);
    await withPage(renderPage([view, view, silent], { title: "three" }), {}, async (page) => {
      await expect.poll(() => page.locator(".live").count()).toBe(3);
      expect(await page.locator(".readout").last().textContent()).toBe("The caption has no words.");
      const [first, second] = [await pixelsOf(page, 0), await pixelsOf(page, 1)];
      expect(first).toBe(second);
      await page.locator(".pane").first().locator(".word").nth(3).click();
      expect(await pixelsOf(page, 0)).not.toBe(first);
      expect(await pixelsOf(page, 1)).toBe(second);
    });
  });
});
