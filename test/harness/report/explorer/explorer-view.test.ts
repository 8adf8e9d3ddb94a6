import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { meanWords } from "../../../../harness/report/explorer/describe-pane.js";
import { explorerView } from "../../../../harness/report/explorer/index.js";
import { makeExploration } from "./made.js";

const twelve = "a brown dog with a red ball runs along the sunny beach".split(" ");

test("a base-size picture with 12 words stays under 1 MB, gradient, rollout and control included", async () => {
  expect(twelve).toHaveLength(12);
  const base = { layers: 12, heads: 12, grid: 14, words: twelve, promptKeys: 4, width: 448, height: 448 };
  const { markup } = await explorerView([makeExploration(base)]);
  expect(Buffer.byteLength(markup.markup)).toBeLessThan(1_000_000);
  // Too little would be no maps.
  expect(Buffer.byteLength(markup.markup)).toBeGreaterThan((12 * 12 * 12 * 196 * 4) / 3);
});

test("at rest: the picture, and for each word its map and shares", async () => {
  const view = await explorerView([makeExploration()]);
  const rest = normalise(view.markup.markup);
  expect(rest).toMatchSnapshot();
  expect(view.libraries).toEqual([]);
  expect(view.text).toMatchSnapshot();
  const { width, height, format } = await sharp(view.picture).metadata();
  expect([format, width, height! > 160]).toEqual(["jpeg", 720, true]);
});

test("a report's explorer has no picture beside its markup", async () => {
  const plain = await explorerView([makeExploration()], { picture: false });
  expect(plain).not.toHaveProperty("picture");
  expect(plain.markup).toEqual((await explorerView([makeExploration()])).markup);
});

test("same explorations, same bytes; others, another id", async () => {
  const [first, again, other] = await Promise.all(
    [1, 1, 2].map(async (seed) => (await explorerView([makeExploration({}, seed)])).markup.markup),
  );
  expect(first).toBe(again);
  const id = (markup: string) => /data-explorer="([^"]+)"/.exec(markup)![1];
  expect(id(first!)).not.toBe(id(other!));
});

test("two models have a picture and a text each", async () => {
  const view = await explorerView([makeExploration(), { ...makeExploration({}, 2), source: "another" }]);
  expect(view.markup.markup.match(/<image class="picture"/g)).toHaveLength(2);
  expect(view.text).toContain("(made)");
  expect(view.text).toContain("(another)");
  const one = await explorerView([makeExploration()]);
  const height = async (picture: Uint8Array) => (await sharp(picture).metadata()).height!;
  expect(await height(view.picture!)).toBe(2 * (await height(one.picture!)));
});

test("a captioner's four kinds of keys are numbers in the markup, in the text, and named in the data", async () => {
  const { control: _, ...plain } = makeExploration({ published: true, words: ["bus", "red"] });
  const { markup, text } = await explorerView([{ ...plain, prompt: "what color is it?" }]);
  const words = meanWords(plain);
  const share = (value: number) => `${(100 * value).toFixed(1)} %`;
  for (const { image, classToken, prompt, suffix } of words) {
    const parts = [
      `picture ${share(image)}`,
      `class token ${share(classToken!)}`,
      `question ${share(prompt)}`,
      `own text ${share(suffix)}`,
    ];
    for (const part of parts) expect(markup.markup).toContain(`<small>${part}</small>`);
    expect(text).toContain(parts.join(", "));
    expect(image + classToken! + prompt + suffix).toBeCloseTo(1, 5);
  }
  const { panes, caution } = JSON.parse(/<script type="application\/json">(.*?)<\/script>/s.exec(markup.markup)![1]!);
  expect(panes[0].keys).toEqual({ class: 1, patch: 16, prompt: 2, text: 2 });
  expect(caution).toContain("There are no maps of randomised weights");
  expect(text).toContain("Own text is the start token and the words before.");
});

test("a prompt that nothing looks at is no share: a text gone on from, a question between", async () => {
  const begun = { ...makeExploration({ promptKeys: 0 }), prompt: "a <b>picture</b> of" };
  const first = await explorerView([begun]);
  expect(first.text).not.toContain("prefix");
  expect(first.text).toContain("The model’s text began with “a <b>picture</b> of”");
  expect(first.markup.markup).toContain("The model’s text began with “a &lt;b&gt;picture&lt;/b&gt; of”");
  const asked = { ...begun, prompt: "why?", attention: { ...begun.attention, through: "question" as const } };
  const second = await explorerView([asked]);
  expect(second.text).not.toContain("question 0");
  expect(second.text).toContain("Words looked at the question “why?”");
});

describe("whatever a caption says", () => {
  const nasty = '</script><img src=x onerror="alert(1)">';

  test("it is text: escaped in markup, harmless in data", async () => {
    const exploration = makeExploration({ words: [nasty, "</style>"] });
    const { markup } = await explorerView([{ ...exploration, prompt: nasty, source: nasty }]);
    expect(markup.markup).not.toContain("<img");
    expect(markup.markup.match(/<\/script>/g)).toHaveLength(2);
    expect(markup.markup.match(/<\/style>/g)).toHaveLength(1);
  });

  test("what turns the direction of a page around is not in it", async () => {
    const { markup, text } = await explorerView([makeExploration({ words: ["a\u202eb", "c"] })]);
    expect(markup.markup + text).not.toContain("\u202e");
  });
});

test("a caption without words, and a model without control, gradient and rollout", async () => {
  const { control, gradient, rollout, ...plain } = makeExploration();
  expect([control, gradient, rollout].every(Boolean)).toBe(true);
  const { markup } = await explorerView([plain]);
  expect(
    JSON.parse(/<script type="application\/json">(.*?)<\/script>/s.exec(markup.markup)![1]!).panes[0],
  ).not.toHaveProperty("control");
  const silent = await explorerView([makeExploration({ words: [] })]);
  expect(silent.text).toBe("  (made)");
});

test.each([0, 3])("%i explorations are refused", async (count) => {
  await expect(explorerView(Array.from({ length: count }, () => makeExploration()))).rejects.toThrow(
    `not ${count}. Give one or two`,
  );
});

/** Without what is not for reading: style, data, scripts and the bytes of pictures. */
function normalise(markup: string): string {
  return markup
    .replace(/<(style|script)([^>]*)>.*?<\/\1>/gs, "<$1$2>…</$1>")
    .replace(/base64,[A-Za-z0-9+/=]+/g, "base64,…")
    .replace(/explorer-[0-9a-f]{12}/g, "explorer-…");
}
