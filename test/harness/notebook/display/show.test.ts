import { describe, expect, test, vi } from "vitest";
import { openDisplay, show } from "../../../../harness/notebook/display/show.js";
import { Html } from "../../../../harness/report/html.js";
import { lossCurveView } from "../../../../harness/report/plots/loss-curve.js";
import { renderPage } from "../../../../harness/report/view.js";
import { chromium, withPage } from "../../../browser.js";
import { beInNotebook } from "./fake-kernel.js";

const ROWS = [{ id: "1", prediction: "a dog" }];
const POINTS = [1, 2, 3].map((step) => ({ step, loss: 1 / step }));

test("outside a notebook a value is printed, harmless for the terminal", async () => {
  const write = vi.spyOn(process.stdout, "write").mockImplementation((...given: unknown[]) => {
    const done = given.at(-1);
    if (typeof done === "function") done();
    return true;
  });
  try {
    await show("a dog\u001b[2J");
    await openDisplay().update([{ id: 1 }]);
    const printed = write.mock.calls.map(([text]) => String(text)).join("");
    expect(printed).toContain("a dog\ufffd[2J\n");
    expect(printed).toMatch(/│ id │/);
  } finally {
    write.mockRestore();
  }
});

describe("in a notebook", () => {
  const sent = beInNotebook();

  test("a view is one output with markup and text, and the libraries it needs by name", async () => {
    await show(ROWS);
    const { data, id, update } = sent.at(-1)!;
    expect(Object.keys(data)).toEqual(["text/html", "text/plain"]);
    expect(data["text/html"]).toContain('data-simvlm-libraries="tabulator"');
    expect(data["text/html"]).toContain("simvlm notebook run --html");
    expect(data["text/plain"]).toContain("a dog");
    expect([id, update]).toEqual([undefined, false]);
  });

  test("a library is brought once, and its script is taken out of the notebook again", async () => {
    await show(ROWS);
    await show(ROWS);
    expect(sent).toHaveLength(4);
    const [library, note, view] = sent;
    expect(library!.data["text/html"]!.length).toBeGreaterThan(100_000);
    expect([note!.id, note!.update]).toEqual([library!.id, true]);
    expect(JSON.stringify(note!.data).length).toBeLessThan(300);
    expect(view!.data["text/html"]).toContain("simvlm-table");
    const kept = sent.slice(1).reduce((size, { data }) => size + JSON.stringify(data).length, 0);
    expect(kept).toBeLessThan(60_000); // two views, each with its own small script
  });

  test("a plot brings its picture along", async () => {
    await show(await lossCurveView(POINTS));
    const { data } = sent.at(-1)!;
    expect(Object.keys(data)).toEqual(["text/html", "image/png", "text/plain"]);
    expect(Buffer.from(data["image/png"]!, "base64").subarray(1, 4).toString()).toBe("PNG");
  });

  test("a picture is a JPEG, and what is no view is text", async () => {
    await show({ width: 20, height: 10, data: new Uint8Array(600) });
    expect(Object.keys(sent.at(-1)!.data)).toEqual(["image/jpeg", "text/plain"]);
    expect(sent.at(-1)!.data["text/plain"]).toBe("picture 20 × 10");
    await show("<script>alert(1)</script>");
    expect(sent.at(-1)!.data["text/html"]).toBe("<pre>&lt;script&gt;alert(1)&lt;/script&gt;</pre>");
  });

  test("a display shows one value after another in one place", async () => {
    const display = openDisplay();
    await display.update("first");
    await display.update("second");
    expect(sent.map(({ data, update }) => [data["text/plain"], update])).toEqual([
      ["first", false],
      ["second", true],
    ]);
    expect(sent[1]!.id).toBe(sent[0]!.id);
    expect(sent[0]!.id).toMatch(/^[0-9a-f]{16}$/);
  });

  test.runIf(chromium)("a page that has the libraries from the start is alive", async () => {
    await show(ROWS);
    await show(await lossCurveView(POINTS));
    const outputs = sent.map(({ data }) => data["text/html"]!).join("");
    const views = { markup: new Html(outputs), libraries: ["plotly", "tabulator"] as const, text: "" };
    await withPage(renderPage([views], { title: "notebook" }), {}, async (tab) => {
      await tab.locator(".simvlm-table[data-alive=yes] .tabulator-row").first().waitFor();
      await tab.locator(".simvlm-plot[data-alive=yes] .main-svg").first().waitFor();
      expect(await tab.locator("[data-simvlm-hint]").count()).toBe(0);
    });
  });

  test.runIf(chromium)("a page to which the library comes after the view, beside require.js, is alive", async () => {
    await show(ROWS);
    await show(await lossCurveView(POINTS));
    const [table, , view, plotly, , plot] = sent.map(({ data }) => data["text/html"]!);
    const page = renderPage([], { title: "notebook", isServed: true }).replace(
      "</body>",
      () => `<script>window.define = Object.assign(() => { throw new Error("define"); }, { amd: true });</script>
${view}${plot}${table}${plotly}</body>`,
    );
    await withPage(page, {}, async (tab) => {
      await tab.locator(".simvlm-table[data-alive=yes] .tabulator-row").first().waitFor();
      await tab.locator(".simvlm-plot[data-alive=yes] .main-svg").first().waitFor();
      expect(await tab.locator("[data-simvlm-hint]").count()).toBe(0);
    });
  });

  test.runIf(chromium)(
    "a library's style outlasts the output that brought it: headers stand side by side",
    async () => {
      await show([{ first: "a", second: "b" }]);
      const [library, note, view] = sent.map(({ data }) => data["text/html"]!);
      const page = `<!doctype html><body><div id="library">${library}</div>${view}</body>`;
      await withPage(page, {}, async (tab) => {
        await tab.evaluate((text) => {
          document.querySelector("#library")!.innerHTML = text;
        }, note!);
        const headers = tab.locator(".tabulator-col");
        await headers.nth(1).waitFor();
        const [first, second] = [await headers.nth(0).boundingBox(), await headers.nth(1).boundingBox()];
        expect(second!.y).toBe(first!.y);
        expect(second!.x).toBeGreaterThanOrEqual(first!.x + first!.width);
      });
    },
  );
});
