import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { type AttentionFigure, drawFigure } from "../../../harness/attention/attention-figure.js";
import { viridis } from "../../../harness/attention/colours.js";
import { overlayMap } from "../../../harness/attention/panel.js";
import { drawText, fitText, measureText, wrapText } from "../../../harness/attention/typeset.js";

const picture = { width: 4, height: 2, data: new Uint8Array(24).fill(128) };
const word = (text: string, map: number[]) => ({
  text,
  start: 0,
  end: 1,
  map: Float32Array.from(map),
  image: 0.75,
  prompt: 0.25,
  suffix: 0,
});
const figure: AttentionFigure = {
  picture,
  caption: "a dog",
  words: [word("a", [0.1, 0.2, 0.3, 0.4]), word("dog", [0.4, 0.3, 0.2, 0.1])],
  grid: 2,
  imageSize: 96,
  keys: 5,
  prompt: "a picture of",
  notes: ["a note"],
};

describe("type", () => {
  test("no font of the machine is used: text is outlines", () => {
    const path = drawText("Ein Hund läuft", 10, 20, { size: 12, colour: "#000" });
    expect(path).toMatch(/^<path fill="#000" d="[MLQCZ\d.\- ]+"\/>$/);
    expect(path.match(/M/g)!.length).toBeGreaterThan(12);
  });

  test("scripts without a glyph of their own show U+FFFD, the others do not", () => {
    const replacement = measureText("\ufffd", 10);
    expect(measureText("猫", 10)).toBe(replacement);
    for (const text of ["ß", "ł", "λ", "Ж"]) expect(measureText(text, 10)).not.toBe(replacement);
    expect(measureText("o\u0308", 10)).toBe(measureText("ö", 10));
  });

  test("all coordinates are numbers, wherever the text begins", () => {
    const lines = "langsam Baum sitzt einem unter Bank geht lächelnd";
    for (let x = 0; x < 40; x++) expect(drawText(lines, x, 54, { size: 26, colour: "#000" })).not.toContain("NaN");
  });

  test("anchors", () => {
    const left = (anchor: "start" | "middle" | "end") =>
      Number(/M(-?[\d.]+)/.exec(drawText("dog", 100, 0, { size: 20, colour: "#000", anchor }))![1]);
    const width = measureText("dog", 20);
    expect(left("start") - left("end")).toBeCloseTo(width, 1);
    expect(left("start") - left("middle")).toBeCloseTo(width / 2, 1);
  });

  test("long words are cut, long captions broken into lines", () => {
    const cut = fitText("a".repeat(1000), 18, 100);
    expect(cut).toMatch(/^a+…$/);
    expect(measureText(cut, 18)).toBeLessThanOrEqual(100);
    expect(fitText("dog", 18, 100)).toBe("dog");
    expect(wrapText("one two three four", 20, measureText("one two", 20) + 1, 4)).toEqual(["one two", "three", "four"]);
    const [, last] = wrapText("one two three four", 20, measureText("one two", 20) + 1, 2);
    expect(last).toMatch(/…$/);
  });
});

test("viridis runs from dark blue to yellow, and its lightness only rises", () => {
  expect(viridis(0)).toEqual([68, 1, 84]);
  expect(viridis(1)).toEqual([253, 231, 37]);
  expect(viridis(-1)).toEqual(viridis(0));
  const lightness = Array.from({ length: 101 }, (_, i) => {
    const [red, green, blue] = viridis(i / 100);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  });
  for (let i = 1; i < lightness.length; i++) expect(lightness[i]!).toBeGreaterThan(lightness[i - 1]! - 0.5);
});

test("a map lies over the picture the right way round", async () => {
  const grey = { width: 40, height: 20, data: new Uint8Array(40 * 20 * 3).fill(128) };
  const { data } = await overlayMap(grey, Float32Array.of(0, 1, 0, 0), 2, { least: 0, most: 1 });
  const green = (x: number, y: number) => data[3 * (y * 40 + x) + 1]!;
  expect(green(38, 1)).toBeGreaterThan(180);
  for (const [x, y] of [
    [1, 1],
    [1, 18],
    [38, 18],
  ] as const) {
    expect(green(x, y)).toBeLessThan(70);
  }
});

describe("the figure", () => {
  const images = (svg: string) => [...svg.matchAll(/<image x="([\d.]+)" y="([\d.]+)" [^>]*href="([^"]+)"/g)];

  test("has the picture and a panel a word, from left to right, and can be drawn", async () => {
    const svg = await drawFigure(figure);
    const [original, first, second] = images(svg).map(([, x]) => Number(x));
    expect(original!).toBeLessThan(first!);
    expect(first!).toBeLessThan(second!);
    expect(images(svg)).toHaveLength(3);
    const { width, height } = await sharp(Buffer.from(svg)).metadata();
    expect([width! > 600, height! > 200]).toEqual([true, true]);
  });

  test("the same values have the same colours in all panels", async () => {
    const same = { ...figure, words: [figure.words[0]!, figure.words[0]!] };
    const [, a, b] = images(await drawFigure(same)).map(([, , , href]) => href);
    const [, , c] = images(await drawFigure(figure)).map(([, , , href]) => href);
    expect(a).toBe(b);
    expect(c).not.toBe(a);
  });

  test("whatever a caption says, it stays a picture", async () => {
    const nasty = '</svg><script>alert("&")</script>';
    const svg = await drawFigure({ ...figure, caption: nasty, prompt: nasty, words: [word(nasty, [0, 0, 0, 0])] });
    expect(svg).not.toMatch(/script|alert|&/);
    expect(svg.match(/<\/svg>/g)).toHaveLength(1);
  });

  const shares = { classToken: 0.05, image: 0.25, prompt: 0.4, suffix: 0.3 };
  const full = figure.words.map((each) => ({ ...each, ...shares }));
  // Outlines have no words in them: what is written is known by its shape, wherever it stands.
  const shapeOf = (path: string) => path.replace(/[-\d.]+/g, "").replace(/ +/g, " ");
  const writes = (svg: string, text: string, size = 13) => {
    const line = shapeOf(/ d="([^"]+)"/.exec(drawText(text, 0, 0, { size, colour: "#000" }))![1]!);
    return [...svg.matchAll(/<path fill="[^"]+" d="([^"]+)"/g)].some(([, path]) => shapeOf(path!) === line);
  };

  test("class token, prompt and own text are numbers below each panel, in lines that fit", async () => {
    const svg = await drawFigure({ ...figure, words: full, prompt: "what is it?" });
    expect(writes(svg, "picture 25.0 %, class token 5.0 %")).toBe(true);
    expect(writes(svg, "question 40.0 %, own text 30.0 %")).toBe(true);
    expect(writes(svg, "30.0 % of all attention went to the model’s own text.")).toBe(true);
    const plain = await drawFigure(figure);
    expect(writes(plain, "picture 75.0 %, prefix 25.0 %")).toBe(true);
    expect(writes(plain, "Own text is the start token and the words before.")).toBe(false);
  });

  test("what is said of a prompt is true: looked at, gone on from, asked, or none", async () => {
    const alone = figure.words.map((each) => ({ ...each, image: 1, prompt: 0 }));
    const none = "There was no text beside the picture.";
    const begun = "The model’s text began with “a picture of”; cross attention sees the picture only.";
    const told = [none, begun, "There was no prompt beside the picture."];
    const cases = [
      [{ words: alone, prompt: "" }, [true, false, false]],
      [{ words: alone }, [false, true, false]],
      [{ words: figure.words }, [false, false, false]],
      [{ words: alone, through: "question", prompt: "why?" }, [false, false, false]],
      [{ words: full.map((each) => ({ ...each, prompt: 0 })), prompt: "" }, [false, false, true]],
    ] as const;
    for (const [changed, expected] of cases) {
      const svg = await drawFigure({ ...figure, ...changed });
      expect(told.map((sentence) => writes(svg, sentence))).toEqual(expected);
    }
  });

  test("no line reaches beyond the sheet, however narrow", async () => {
    const svg = await drawFigure({ ...figure, words: full, prompt: "what is it?" });
    const width = Number(/width="(\d+)"/.exec(svg)![1]);
    const boxes = [...svg.matchAll(/<path fill="[^"]+" d="([^"]+)"/g)].map(([, path]) => {
      const numbers = path!.match(/-?\d+\.\d+/g)!.map(Number);
      return Math.max(...numbers.filter((_, index) => index % 2 === 0));
    });
    for (const right of boxes) expect(right).toBeLessThanOrEqual(width);
  });

  test("no words, no prompt, odd proportions", async () => {
    const long = { width: 3000, height: 2, data: new Uint8Array(18000) };
    for (const each of [
      { ...figure, words: [], prompt: "", caption: "" },
      { ...figure, picture: long },
    ]) {
      await expect(
        sharp(Buffer.from(await drawFigure(each)))
          .png()
          .toBuffer(),
      ).resolves.toBeDefined();
    }
  });

  test("the same figure has the same bytes", async () => {
    expect(await drawFigure(figure)).toBe(await drawFigure(figure));
  });
});
