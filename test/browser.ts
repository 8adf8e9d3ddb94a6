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

/** Chromium's own graphics processor, for WebGPU. */
const IN_SOFTWARE = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];

/** One for all pages of a test file. */
let browser: Promise<Browser> | undefined;

afterAll(async () => {
  await (await browser)?.close();
});

/**
 * Opens a page as a file in headless Chromium, offline, and closes it after use.
 * @throws Error with what the page complained of or asked the network for
 */
export async function withPage(html: string, size: PageSize, use: (page: Page) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "simvlm-page-"));
  const file = join(folder, "page.html");
  writeFileSync(file, html);
  try {
    await withFile(file, size, use);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * {@link withPage} of a file that is there, with others beside it perhaps.
 * @throws Error with what the page complained of or asked the network for
 */
export function withFile(file: string, size: PageSize, use: (page: Page) => Promise<void>): Promise<void> {
  return withUrl({ url: pathToFileURL(file).href, isAllowed: (url) => NO_NETWORK.test(url), offline: true }, size, use);
}

/**
 * Opens a page of a server on this machine in headless Chromium, and closes it after use.
 * @param address which everything that the page asks for must begin with
 * @throws Error with what the page complained of or asked others for
 */
export function withSite(address: string, size: PageSize, use: (page: Page) => Promise<void>): Promise<void> {
  const isAllowed = (url: string) => url.startsWith(address) || /^(?:data|blob):/.test(url);
  return withUrl({ url: address, isAllowed, offline: false }, size, use);
}

interface Visit {
  readonly url: string;
  readonly isAllowed: (url: string) => boolean;
  readonly offline: boolean;
}

async function withUrl(
  { url, isAllowed, offline }: Visit,
  { width = 1280, height = 900, colorScheme = "light" }: PageSize,
  use: (page: Page) => Promise<void>,
): Promise<void> {
  browser ??= launcher.launch({ executablePath: path, args: ["--no-sandbox", ...IN_SOFTWARE] });
  const context = await (await browser).newContext({ offline, viewport: { width, height }, colorScheme });
  try {
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("request", (request) => {
      if (!isAllowed(request.url())) complaints.push(`asked for ${request.url()}`);
    });
    await page.goto(url);
    await use(page);
    if (complaints.length > 0) throw new Error(`The page complained:\n${complaints.join("\n")}`);
  } finally {
    await context.close();
  }
}
