import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { hasTag, type Notebook, readNotebook } from "../../harness/notebook/runner/notebook-file.js";
import { renderNotebook } from "../../harness/notebook/runner/notebook-page.js";
import { chromium, withPage } from "../browser.js";
import { codeCells, folder, names, readText } from "./notebooks.js";

/** Each table that a cell shows brings its own style and script, 18,000 bytes. */
const MOST_BYTES = 400_000;
/** A picture's data may hold anything. */
const BASE64 = /[A-Za-z0-9+/=]{100,}/g;
const MACHINE_PATH = /(?:^|[\s"'`(=:])(?:\/(?:tmp|home|root|work|usr|var|Users)\/|[A-Z]:\\\\)/;

const open = (name: string): Promise<Notebook> => readNotebook(join(folder, name));

test("there are eight, in their order", () => {
  expect(names.map((name) => name.slice(0, 2))).toEqual(["01", "02", "03", "04", "05", "06", "07", "08"]);
});

test("the README names every one, and the command that runs them all", () => {
  const readme = readText("README.md");
  for (const name of names) expect(readme).toContain(`(${name})`);
  expect(readme).toContain("npx simvlm notebook run notebooks/*.ipynb");
});

describe.each(names)("%s", (name) => {
  test("is a notebook of the format 4.5 for our kernel, with an id a cell", async () => {
    const stored = JSON.parse(readText(name)) as { nbformat_minor: number; cells: { id?: string }[] };
    expect(stored.nbformat_minor).toBe(5);
    const ids = stored.cells.map(({ id }) => id);
    expect(ids.every((id) => /^[\w-]{1,64}$/.test(id ?? ""))).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
    const { metadata } = await open(name);
    expect(metadata.kernelspec).toEqual({
      display_name: "SimVLM (TypeScript)",
      language: "typescript",
      name: "simvlm",
    });
  });

  test("begins with a heading, and its first code cell takes the parameters", async () => {
    const notebook = await open(name);
    expect(notebook.cells[0]).toMatchObject({ cell_type: "markdown", source: expect.stringMatching(/^# \d · /) });
    const [first, ...others] = codeCells(notebook);
    expect(hasTag(first!, "parameters")).toBe(true);
    expect(others.some((cell) => hasTag(cell, "parameters"))).toBe(false);
    expect(notebook.cells.some((cell) => hasTag(cell, "injected-parameters"))).toBe(false);
  });

  test("names the paper's section where it says what the paper does", async () => {
    const prose = (await open(name)).cells.filter(({ cell_type }) => cell_type === "markdown");
    const text = prose.map(({ source }) => source).join("\n");
    expect(name.startsWith("07") || /§\d/.test(text)).toBe(true);
  });

  test("was run from top to bottom, and every cell went well", async () => {
    const cells = codeCells(await open(name));
    expect(cells.map(({ execution_count }) => execution_count)).toEqual(cells.map((_, i) => i + 1));
    const outputs = cells.flatMap((cell) => cell.outputs);
    expect(outputs.length).toBeGreaterThan(4);
    // What is shown is a display: no prints, no errors.
    expect(outputs.map(({ output_type }) => output_type)).toEqual(outputs.map(() => "display_data"));
  });

  test(`is smaller than ${MOST_BYTES} bytes, and names no folder of the machine that it ran on`, () => {
    const text = readText(name);
    expect(Buffer.byteLength(text)).toBeLessThan(MOST_BYTES);
    const seen = MACHINE_PATH.exec(text.replace(BASE64, ""));
    expect(seen?.input.slice(seen.index - 40, seen.index + 80)).toBeUndefined();
  });

  test.runIf(chromium)("its page opens offline, comes to life, and fits a telephone", async () => {
    const html = renderNotebook(await open(name), { title: name, folder: dirname(join(folder, name)) });
    await withPage(html, { width: 390 }, async (page) => {
      await page.waitForFunction(() => {
        const views = [...document.querySelectorAll("[data-simvlm-libraries]")];
        return views.every((view) => view.querySelector(".tabulator, .js-plotly-plot"));
      });
      const [content, visible] = await page.evaluate(() => {
        const { scrollWidth, clientWidth } = document.documentElement;
        return [scrollWidth, clientWidth] as const;
      });
      expect(content).toBeLessThanOrEqual(visible);
    });
  });
});
