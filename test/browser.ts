/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium as launcher, type Page } from "playwright-core";
import { afterAll } from "vitest";

const path = process.env.SIMVLM_CHROMIUM ?? "/usr/bin/chromium";

/** Where Chromium is; undefined where it is not, and tests that need it are skipped. */
export const chromium: string | undefined = existsSync(path) ? path : undefined;

if (!chromium) console.log(`Skipped: tests in a browser, for there is no ${path}; SIMVLM_CHROMIUM says where one is.`);

export interface PageSize {
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: "light" | "dark";
}

const NO_NETWORK = /^(?:file|data|blob):/;

/** One for all pages of a test file. */
let browser: Promise<Browser> | undefined;

afterAll(async () => {
  await (await browser)?.close();
});

/**
 * Opens a page as a file in headless Chromium, offline, and closes it after use.
 * @throws Error with what the page complained of or asked the network for
 */
export async function withPage(
  html: string,
  { width = 1280, height = 900, colorScheme = "light" }: PageSize,
  use: (page: Page) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "simvlm-page-"));
  const file = join(folder, "page.html");
  writeFileSync(file, html);
  browser ??= launcher.launch({ executablePath: path, args: ["--no-sandbox"] });
  const context = await (await browser).newContext({ offline: true, viewport: { width, height }, colorScheme });
  try {
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("request", (request) => {
      if (!NO_NETWORK.test(request.url())) complaints.push(`asked for ${request.url()}`);
    });
    await page.goto(pathToFileURL(file).href);
    await use(page);
    if (complaints.length > 0) throw new Error(`The page complained:\n${complaints.join("\n")}`);
  } finally {
    await context.close();
    rmSync(folder, { recursive: true });
  }
}
