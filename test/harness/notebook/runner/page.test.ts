import { mkdirSync, symlinkSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  type Cell,
  type Notebook,
  type Output,
  readNotebook,
} from "../../../../harness/notebook/runner/notebook-file.js";
import { renderNotebook } from "../../../../harness/notebook/runner/notebook-page.js";
import { chromium, withPage } from "../../../browser.js";
import { Scratch } from "../../cli/run-cli.js";

const scratch = new Scratch();
const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

const markdown = (source: string, attachments?: Record<string, Record<string, unknown>>): Cell => ({
  ...{ cell_type: "markdown", id: "m", metadata: {}, source },
  ...(attachments && { attachments }),
});
const code = (source: string, outputs: Output[] = [], tags: string[] = []): Cell => ({
  ...{ cell_type: "code", id: "c", metadata: { tags }, source, outputs, execution_count: 3 },
});
const display = (data: Record<string, unknown>): Output => ({ output_type: "display_data", data, metadata: {} });

function render(...cells: Cell[]): string {
  const notebook: Notebook = { cells, metadata: {}, nbformat: 4, nbformat_minor: 5 };
  return renderNotebook(notebook, { title: "file-name", folder: scratch.path });
}

/** What stands between the body's style and its end. */
const body = (...cells: Cell[]) =>
  render(...cells)
    .split("</style>")
    .at(-1)!;

describe("text", () => {
  test("headings, lists, tables and code; the first heading names the page", () => {
    const page = render(markdown("# A *story*\n\n- one\n\n| a |\n|---|\n| 1 |\n\n```ts\nconst x = 1;\n```"));
    expect(page).toContain("<title>A *story*</title>");
    expect(page).toContain("<h1>A <em>story</em></h1>");
    expect(page).toContain("<li>one</li>");
    expect(page).toContain("<td>1</td>");
    expect(page).toContain('<span class="hljs-keyword">const</span>');
    expect(render(markdown("no heading"))).toContain("<title>file-name</title>");
  });

  test("tags and scripts in it are text", () => {
    const text = body(markdown('<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror="alert(1)">'));
    expect(text).not.toMatch(/<script|<img|href="javascript/);
    expect(text).toContain("&lt;script&gt;");
  });

  test.each(["%E0", "%", "a%ZZ.png", "attachment:%E0%A4", "%E0.png"])(
    "a picture at %s, whose escapes are no text, stays a link, in displays too",
    (address) => {
      const source = `before ![x](${address}) [y](${address}) after`;
      for (const page of [body(markdown(source)), body(code("", [display({ "text/markdown": source })]))]) {
        expect(page).toMatch(/<p>before <img src="[^"]*" alt="x"> .* after<\/p>/);
      }
    },
  );

  test("its pictures are inside: attachments, and files below the notebook's folder", () => {
    scratch.write("a picture.png", Buffer.from(PIXEL, "base64"));
    const attachment = { "b.png": { "image/png": PIXEL } };
    const text = body(markdown("![one](a%20picture.png) ![two](attachment:b.png)", attachment));
    expect(text.split(`src="data:image/png;base64,${PIXEL}"`)).toHaveLength(3);
    expect(body(markdown("![three](../../outside.png)"))).not.toContain("data:");
  });
});

describe("what no notebook of ours would hold", () => {
  test.each(["![x](%E0)", "![x](%)", "[x](%E0%A4%A)", "![x](a%20%ZZ.png)"])("a malformed escape in %s", (source) => {
    expect(body(markdown(source))).toContain("x");
  });

  test("pictures that are folders, devices or missing stay links", () => {
    mkdirSync(scratch.at("folder.png"));
    symlinkSync("/dev/zero", scratch.at("endless.png"));
    const text = body(markdown("![a](folder.png) ![b](endless.png) ![c](nowhere.png)"));
    expect(text).not.toContain("data:");
    expect(text.match(/<img/g)).toHaveLength(3);
  });

  test("attachments by the names of what every object has", () => {
    expect(body(markdown("![a](attachment:constructor) ![b](attachment:__proto__)", {}))).not.toContain("data:");
  });

  test("lines of an output that are no texts", () => {
    const deep: unknown = JSON.parse(`${"[".repeat(30_000)}${"]".repeat(30_000)}`);
    expect(body(code("x", [display({ "text/html": deep })]))).toContain("cannot show");
  });

  test("JSON of 30,000 levels", async () => {
    const deep = `${'{"a":'.repeat(30_000)}1${"}".repeat(30_000)}`;
    scratch.write("deep.ipynb", `{"cells": [], "metadata": {"x": ${deep}}, "nbformat": 4, "nbformat_minor": 5}`);
    await expect(readNotebook(scratch.at("deep.ipynb"))).rejects.toMatchObject({ code: "excessive-json" });
  });
});

describe("code and outputs", () => {
  test("code with its number, streams and errors without a terminal's colours", () => {
    const text = body(
      code('const a = "<b>";', [
        { output_type: "stream", name: "stderr", text: "\u001b[31mred\u001b[0m <i>" },
        { output_type: "error", ename: "E", evalue: "v", traceback: ["\u001b[1mE: v\u001b[0m", "  at x"] },
      ]),
    );
    expect(text).toContain('<span class="count">[3]</span>');
    expect(text).toContain('<span class="hljs-string">&quot;&lt;b&gt;&quot;</span>');
    expect(text).toContain('<pre tabindex="0" class="stderr">red &lt;i&gt;</pre>');
    expect(text).toContain('<pre tabindex="0" class="error">E: v\n  at x</pre>');
  });

  test("of a display the richest form it has", () => {
    expect(
      body(code("", [display({ "text/html": "<b>rich</b>", "text/plain": "plain", "image/png": PIXEL })])),
    ).toContain('<div class="display"><b>rich</b></div>');
    expect(body(code("", [display({ "image/png": `${PIXEL}\n`, "text/plain": "plain" })]))).toContain(
      `<img alt="" src="data:image/png;base64,${PIXEL}">`,
    );
    const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
    expect(body(code("", [display({ "image/svg+xml": [svg] })]))).toContain(
      `src="data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}"`,
    );
    expect(body(code("", [display({ "text/markdown": "**x**" })]))).toContain("<strong>x</strong>");
    expect(body(code("", [display({ "text/plain": "<x>" })]))).toContain('<pre tabindex="0">&lt;x&gt;</pre>');
    expect(body(code("", [display({ "application/x-own": {} })]))).toContain("cannot show application/x-own");
  });

  test("raw cells and hidden code are left out, their outputs stay", () => {
    const raw: Cell = { cell_type: "raw", id: "r", metadata: {}, source: "raw text" };
    const text = body(raw, code("secret()", [display({ "text/plain": "shown" })], ["hide-input"]));
    expect(text).not.toMatch(/raw text|secret/);
    expect(text).toContain("shown");
  });

  test("libraries that displays ask for come once, others not at all; same notebook, same bytes", () => {
    const view = code("", [display({ "text/html": '<div data-simvlm-libraries="tabulator none">x</div>' })]);
    const page = render(view, view);
    expect(page.match(/<script>/g)).toHaveLength(1);
    expect(page).toContain("Tabulator");
    expect(page).toBe(render(view, view));
    expect(render(markdown('`data-simvlm-libraries="plotly"`')).length).toBeLessThan(20_000);
  });
});

if (chromium === undefined)
  console.log("Chromium is not installed: the page of a notebook is not looked at in a browser.");

describe.runIf(chromium)("in a browser, offline", () => {
  const view = display({
    "text/html":
      '<div data-simvlm-libraries="plotly tabulator"><p>at rest</p></div>' +
      "<script>document.title = [typeof Plotly, typeof Tabulator].join(' ')</script>",
  });

  test.each([1280, 390])(
    "displays run with their libraries, and nothing is wider than the page, at %i px",
    async (width) => {
      const wide = code(`const wide = "${"x".repeat(400)}";`, [
        view,
        { output_type: "stream", name: "stdout", text: "y".repeat(400) },
      ]);
      await withPage(
        render(markdown(`# Wide\n\n\`\`\`ts\n${"z".repeat(400)}\n\`\`\``), wide),
        { width },
        async (page) => {
          expect(await page.title()).toBe("object function");
          expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
        },
      );
    },
  );
});

test.skipIf(!chromium)(
  "long outputs are read in one piece; a box of most of the screen holds very long ones",
  async () => {
    const lines = (count: number) => Array.from({ length: count }, (_, i) => `line ${i}\n`).join("");
    const stream = (name: string, count: number): Output => ({ output_type: "stream", name, text: lines(count) });
    const error: Output = { output_type: "error", ename: "E", evalue: "", traceback: lines(500).split("\n") };
    const outputs = [stream("stdout", 150), display({ "text/plain": lines(150) }), stream("stderr", 5000), error];
    await withPage(render(code("1", outputs)), {}, async (opened) => {
      const sizes = await opened.evaluate(() =>
        [...document.querySelectorAll(".outputs pre")].map(({ clientHeight, scrollHeight }) => ({
          isWhole: scrollHeight - clientHeight < 20,
          share: clientHeight / innerHeight,
        })),
      );
      expect(sizes.map(({ isWhole }) => isWhole)).toEqual([true, true, false, false]);
      for (const { share } of sizes) expect(share).toBeGreaterThan(0.7);
    });
  },
);
