/// <reference lib="dom" />
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Finding {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** What axe finds in a page, of any impact, a text each. */
export async function findByAxe(page: Page): Promise<string[]> {
  await page.evaluate(AXE); // as the debugger's own, which no policy forbids
  const found = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run: () => Promise<{ violations: Finding[] }> } }; // defined by its source
    return (await axe.run()).violations.map(({ id, nodes }) => ({ id, nodes }));
  });
  return found.map(({ id, nodes }) =>
    [id, ...nodes.slice(0, 3).map(({ html, failureSummary }) => `${html} ${failureSummary}`)].join("\n"),
  );
}
