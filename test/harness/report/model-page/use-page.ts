import type { Page } from "playwright-core";

/** What a test in a browser may take. */
export const WAIT = { timeout: 120_000 };

/** Waits until the model of a page has started. */
export async function ready(page: Page): Promise<void> {
  await page.waitForFunction(
    () => document.querySelector(".status")?.textContent === "The model is ready.",
    null,
    WAIT,
  );
}

/** Chooses a picture and waits for what is said of it. */
export async function choose(page: Page, name: string, buffer: Buffer): Promise<void> {
  const mimeType = `image/${name.endsWith("jpg") ? "jpeg" : name.split(".")[1]}`;
  await page.setInputFiles("#picture", { name, mimeType, buffer });
  await page.waitForSelector(`img[alt="${name}"]`, WAIT);
  await finished(page);
}

/** Waits until the model has said a text and shown where it looked. */
export async function finished(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector("[data-model]:not([aria-busy])"), null, WAIT);
}

/** The text that the model has said. */
export async function said(page: Page): Promise<string> {
  return (await page.textContent(".said")) ?? "";
}
