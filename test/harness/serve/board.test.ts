import { mkdirSync, rmSync } from "node:fs";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { buildReport } from "../../../harness/report/document/build.js";
import { renderReport } from "../../../harness/report/document/report-page.js";
import { findByAxe } from "../../axe.js";
import { chromium, withSite } from "../../browser.js";
import { Scratch } from "../cli/run-cli.js";
import { CAPTIONS, makeRun, type RunOptions, writeCaptionData } from "../compare/runs.js";
import { serveHere } from "./ask.js";

const say = (_: string, place: number) => CAPTIONS[place];
const wrong = (_: string, place: number) => (place % 2 === 0 ? CAPTIONS[place] : "something else");

async function world() {
  const scratch = new Scratch();
  writeCaptionData(scratch);
  writeCaptionData(scratch, { folder: "more", captions: CAPTIONS.slice(0, 5) });
  mkdirSync(scratch.at("runs"));
  const run = (name: string, speak = say, options?: RunOptions) => makeRun(scratch, `runs/${name}`, speak, options);
  await run("zero-shot base of a rather long name, as people call their runs", wrong);
  await run("supervised base");
  await run("c", say, { data: "more" });
  await run("going on", (id, place) => (place < 3 ? say(id, place) : undefined), { unfinished: true });
  const served = await serveHere([scratch.at("runs")]);
  return { ...served, run, scratch };
}

const shots = process.env.SIMVLM_SHOTS;
async function shoot(page: Page, name: string): Promise<void> {
  if (shots) await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
}

describe.runIf(chromium)("in Chromium", () => {
  test.each([
    ["", 1280, "light"],
    ["", 390, "dark"],
    ["history", 390, "light"],
    ["history", 1280, "dark"],
  ] as const)("the page “%s” can be read by anybody at %i px, %s", async (name, width, colorScheme) => {
    const { address } = await world();
    await withSite(address, { width, colorScheme }, async (page) => {
      if (name === "history") {
        await page.getByRole("link", { name: "Scores over time" }).click();
        await page.locator(".simvlm-plot[data-alive=yes]").first().waitFor();
      }
      await shoot(page, `${name || "board"}-${width}-${colorScheme}`);
      const ground = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
      expect(ground).toBe(colorScheme === "dark" ? "rgb(23, 25, 30)" : "rgb(255, 255, 255)");
      expect(await page.locator("h1").count()).toBe(1);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      expect(await findByAxe(page)).toEqual([]);
    });
  });

  test("runs are chosen, ticked in an order and compared", async () => {
    const { address, asked, scratch } = await world();
    await withSite(address, {}, async (page) => {
      await page.getByLabel("Data", { exact: true }).selectOption("data");
      await page.waitForURL(/data=data/);
      expect(page.url()).not.toMatch(/task=|q=/); // only what is chosen
      await expect.poll(() => page.locator("#board table").count()).toBe(2);
      expect(await page.locator(".ticked button").isDisabled()).toBe(true);
      await page.getByLabel("Compare zero-shot base").check();
      await page.getByLabel("Compare supervised base").check();
      expect(await page.locator(".ticked [role=status]").textContent()).toBe("2 ticked");
      await page.getByRole("button", { name: "Compare" }).click();
      await page.waitForURL(/compare\?run=/);
      expect(await page.textContent("body")).toContain("report of 2");
      const zero = scratch.at("runs/zero-shot base of a rather long name, as people call their runs");
      expect(asked).toEqual([[zero, scratch.at("runs/supervised base")]]);
      await page.goBack();
      expect(await page.getByLabel("Compare supervised base").isChecked()).toBe(true);
    });
  });

  test("a report comes to life under the server's policy", async () => {
    const { scratch } = await world();
    const makeReport = async (folders: readonly string[]) =>
      renderReport(await buildReport(folders, { resamples: 3, explore: 0 }));
    const { address } = await serveHere([scratch.at("runs")], { makeReport });
    await withSite(address, {}, async (page) => {
      await page.getByRole("link", { name: "supervised base" }).click();
      await page.locator("#scores .simvlm-table[data-alive=yes]").first().waitFor();
      await shoot(page, "run");
      expect(page.url()).toMatch(/run\/\w+$/);
    });
  });

  test("what is new appears by itself; what is ticked and where one is stay so", async () => {
    const { address, run, scratch } = await world();
    await withSite(address, {}, async (page) => {
      const box = page.getByLabel("Compare supervised base");
      await box.focus();
      await page.keyboard.press("Space");
      expect((await page.getByText("3 of 14").count()) + (await page.getByText("14 of 14").count())).toBe(1);
      rmSync(scratch.at("runs/going on"), { recursive: true });
      await run("going on");
      await page.getByRole("link", { name: "going on" }).waitFor({ timeout: 60_000 });
      expect(await box.isChecked()).toBe(true);
      expect(await box.evaluate((element) => element === document.activeElement)).toBe(true);
      expect(await page.locator("#silent").isVisible()).toBe(false);
    });
  });

  test("a server that is gone is said to be so", async () => {
    const { address, close } = await world();
    await expect(
      withSite(address, {}, async (page) => {
        await close();
        await page.locator("#silent:visible").waitFor({ timeout: 60_000 });
        await shoot(page, "gone");
        throw new Error("seen");
      }),
    ).rejects.toThrow("seen"); // the failed requests are what the page would be blamed for
  });
});
