import { explanationOf } from "@simvlm/metrics";
import { expect, test } from "vitest";
import { viewOf } from "../../../harness/notebook/display/recognize.js";
import { explanationsView, explanationView } from "../../../harness/report/explanation/index.js";
import { renderPage } from "../../../harness/report/view.js";
import { chromium, withPage } from "../../browser.js";

const NASTY = "<img src=x onerror=alert(1)>\u001b[31m";

const ALL = explanationOf(
  {
    kind: "alignment",
    title: "The best of 2 references, number 1",
    prediction: ["a", "large", "dog", "next", "to", NASTY],
    reference: ["a", "big", "hound", "beside"],
    links: [
      { prediction: { start: 0, length: 1 }, reference: { start: 0, length: 1 }, by: "exact" },
      { prediction: { start: 1, length: 1 }, reference: { start: 1, length: 1 }, by: "synonym" },
      { prediction: { start: 3, length: 2 }, reference: { start: 3, length: 1 }, by: "paraphrase" },
    ],
  },
  {
    kind: "marked-text",
    text: `a dog and ${NASTY}`,
    marks: [{ start: 2, end: 5, verdict: "wrong", note: "dog: not there" }],
  },
  { kind: "terms", columns: ["n-gram", "adds"], rows: [[NASTY, 0.5]], bars: "adds", rest: "and 2 more" },
  {
    kind: "tuples",
    sides: [
      { name: "prediction", tuples: [{ words: ["dog", "on", NASTY], matched: true }] },
      { name: "references", tuples: [{ words: ["hound"], matched: false }] },
    ],
  },
  { kind: "note", text: NASTY },
);

test("links are told by a line of their own kind and in words, and so is what has none", () => {
  const { markup } = explanationView(ALL);
  for (const way of ["way-0", "way-2", "way-3"]) expect(markup.markup).toContain(`class="${way}"`);
  expect(markup.markup).toContain('aria-label="a – a (exact); large – big (synonym); next to – beside (paraphrase)"');
  expect(markup.markup).toMatch(/synonym: <bdi>large – big<\/bdi>/);
  expect(markup.markup).toMatch(/only in the reference: <bdi>hound<\/bdi>/);
});

test("no text of somebody's is markup, or reaches a terminal as more than text", () => {
  const { markup, text } = explanationView(ALL);
  expect(markup.markup).not.toContain("<img");
  expect(text).not.toContain("\u001b");
  expect(text).toContain("[dog ✗ dog: not there]");
  expect(text).toContain("next to");
});

test("a notebook shows the explanation of a metric's result as it is drawn in reports", async () => {
  expect((await viewOf(ALL)).markup).toEqual(explanationView(ALL).markup);
});

test("examples are folded, each with its metrics' scores", () => {
  const example = {
    run: "ours",
    id: NASTY,
    prediction: "a dog",
    metrics: [{ metric: "METEOR", scores: { METEOR: 0.5 }, parts: ALL.parts }],
  };
  const { markup } = explanationsView([example, example]);
  expect(markup.markup.match(/<details>/g)).toHaveLength(2);
  expect(markup.markup).toContain("METEOR 0.5000");
});

test.skipIf(!chromium).each([
  [390, "light"],
  [1000, "dark"],
] as const)(
  "in a page %i pixels wide, %s, nothing sticks out, and the words stand on their lines",
  async (width, colorScheme) => {
    const html = renderPage([explanationView(ALL)], { title: "Why" });
    await withPage(html, { width, colorScheme }, async (page) => {
      const found = await page.evaluate(() => {
        const svg = document.querySelector(".simvlm-why svg")!.getBoundingClientRect();
        return {
          overflow: document.documentElement.scrollWidth - innerWidth,
          outside: [...document.querySelectorAll(".simvlm-why svg text")].filter((text) => {
            const { left, right } = text.getBoundingClientRect();
            return left < svg.left - 1 || right > svg.right + 1;
          }).length,
          images: document.querySelectorAll("img").length,
        };
      });
      expect(found).toEqual({ overflow: 0, outside: 0, images: 0 });
    });
  },
);
