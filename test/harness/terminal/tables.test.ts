import { describe, expect, test } from "vitest";
import { drawBlocks, drawTable } from "../../../harness/terminal/draw-table.js";
import { escapeLatex, toLatex } from "../../../harness/terminal/latex.js";
import { formatProbability, leastProbability } from "../../../harness/terminal/numbers.js";
import { printable } from "../../../harness/terminal/printable.js";
import type { Table } from "../../../harness/terminal/tables.js";
import { displayWidth, outputWidth, wrapText } from "../../../harness/terminal/text-width.js";

const LABELS = [
  "a-run-with-a-very-long-label/of-its-own",
  "猫の写真を説明する言語モデルの長い名前",
  "short",
  "👩🏽‍💻 🇩🇪 🫠 emoji",
];
const NUMBERS = ["0.1234", "-12.3456", "[+0.1000, +0.2000]", "1,234,567", "< 0.001", "0.5"];
const TABLE: Table = {
  title: "title",
  head: ["", "run", "a score", "another", "95 % interval", "examples", "p (bootstrap)", "x"],
  rows: LABELS.map((label, i) => [i === 0 ? "out-domain" : "", label, ...NUMBERS]),
  textColumns: 2,
  rules: "groups",
};

const widthsOf = (text: string) => text.split("\n").map((line) => displayWidth(line.replace(/\u200e/g, "")));
const linesOf = (text: string) => text.split("\n").filter((line) => /[│┌├└]/.test(line));

describe.each([40, 60, 80, 100, 120, 200])("%i columns", (width) => {
  const drawn = drawTable(TABLE, width);

  test("no line is longer, and the lines of a part are all as long", () => {
    expect(Math.max(...widthsOf(drawn))).toBeLessThanOrEqual(width);
    for (const part of drawn.split(/(?=┌)/).slice(1)) {
      expect(new Set(widthsOf(linesOf(part).join("\n"))).size).toBe(1);
    }
  });

  test("no number is cut, no text is lost", () => {
    for (const number of NUMBERS.flatMap((text) => text.split(" "))) expect(drawn).toContain(number);
    const letters = (text: string) => text.replace(/[^\p{L}]/gu, "");
    const cellsOf = (column: number) =>
      linesOf(drawn.split(/(?=┌)/)[1]!)
        .map((line) => line.split("│")[column + 1] ?? "")
        .join("");
    for (const label of LABELS) expect(letters(cellsOf(1))).toContain(letters(label));
  });

  test("every part says what its rows are of", () => {
    for (const part of drawn.split(/(?=┌)/).slice(1)) expect(part).toContain("out-");
  });
});

test("a width that is told, the terminal's, or none for a pipe", () => {
  expect(outputWidth({ isTTY: true, columns: 80 }, undefined)).toBe(80);
  expect(outputWidth({ isTTY: true, columns: 80 }, "120")).toBe(120);
  expect(outputWidth({ isTTY: false, columns: 80 }, undefined)).toBe(Number.POSITIVE_INFINITY);
  expect(outputWidth({ isTTY: false, columns: 80 }, "72")).toBe(72);
  for (const told of ["", "0", "-3", "wide", "1e9", "80.5"]) {
    expect(outputWidth({ isTTY: false, columns: 80 }, told)).toBe(Number.POSITIVE_INFINITY);
    expect(outputWidth({ isTTY: true, columns: 90 }, told)).toBe(90);
  }
  expect(outputWidth({ isTTY: true, columns: 0 }, undefined)).toBe(Number.POSITIVE_INFINITY);
});

test("a table that fits stays as it is, also without a width", () => {
  const table: Table = { head: ["a", "b c"], rows: [["猫", "1\n[2, 3]"]] };
  const text = "┌────┬────────┐\n│ a  │    b c │\n├────┼────────┤\n│ 猫 │      1 │\n│    │ [2, 3] │\n└────┴────────┘";
  expect(drawTable(table)).toBe(text);
  expect(drawTable(table, 15)).toBe(text);
  expect(drawBlocks(["before", table], 15)).toBe(`before\n\n${text}`);
});

test("a table that almost fits is not split: its texts are wrapped", () => {
  const table: Table = { head: ["", "x", "y"], rows: [["near-domain", "0.1234", "0.5678"]] };
  expect(drawTable(table, 30)).toBe(
    [
      "┌──────────┬────────┬────────┐",
      "│          │      x │      y │",
      "├──────────┼────────┼────────┤",
      "│ near-    │ 0.1234 │ 0.5678 │",
      "│ domain   │        │        │",
      "└──────────┴────────┴────────┘",
    ].join("\n"),
  );
});

test("a table is rather split than a word broken", () => {
  const table: Table = { head: ["", "x", "y"], rows: [["un-supervised", "0.1234", "0.5678"]] };
  expect(drawTable(table, 33).match(/┌/g)).toHaveLength(1);
  const split = drawTable(table, 31);
  expect(split.match(/┌/g)).toHaveLength(2);
  expect(split.match(/supervised/g)).toHaveLength(2);
});

test("long labels are wrapped where the table then needs fewer parts", () => {
  const head = ["run", ...Array.from({ length: 6 }, (_, i) => `score ${i}`)];
  const numbers = Array.from({ length: 6 }, () => "1.35880123456789");
  const partsOf = (label: string, width: number) =>
    drawTable({ head, rows: [[label, ...numbers]] }, width).match(/┌/g)!.length;
  const long = "a long label of a run that says how it was trained and on what, with 100k steps";
  expect(partsOf("short", 80)).toBe(2);
  expect(partsOf(long, 80)).toBe(3);
  expect(partsOf(long, 120)).toBe(2);
});

test("numbers overrun a width that has no room for them", () => {
  expect(drawTable({ head: ["a", "b"], rows: [["x", "123456789"]] }, 5)).toContain("123456789");
});

test.each([
  ["猫", 2],
  ["🫠", 2],
  ["👍🏽", 2],
  ["🇩🇪", 2],
  ["ที่", 1],
  ["שָׁלוֹם", 4],
  ["é", 1],
  ["हिन्दी", 5],
])("%s takes %i places", (text, width) => {
  expect(displayWidth(text)).toBe(width);
  expect(displayWidth(`${text}x`)).toBe(displayWidth(text) + 1);
});

test("texts are broken between words, long words between characters, pairs of surrogates never", () => {
  expect(wrapText("two words", 5)).toEqual(["two", "words"]);
  expect(wrapText("runs/zero-shot/second", 10)).toEqual(["runs/zero-", "shot/", "second"]);
  expect(wrapText("猫猫猫", 4)).toEqual(["猫猫", "猫"]);
  for (const part of wrapText("🫠🫠🫠🫠", 5)) expect(part).toMatch(/^(🫠)+$/u);
});

test("numbers stay where they are beside texts from right to left, and only a table's own marks are printed", () => {
  const drawn = drawTable({ head: ["run", "x"], rows: [["שלום", "0.5"]] });
  expect(drawn).toContain("│ \u200eשלום\u200e │ 0.5 │");
  expect(printable(drawn)).toBe(drawn);
  expect(printable("a\u200eb\u202e")).toBe("a\ufffdb\ufffd");
});

test("p-values say no more than so many resamples can tell", () => {
  const say = (p: number, resamples: number) => formatProbability(p, leastProbability({ resamples }));
  expect(say(1 / 1001, 1000)).toBe("< 0.001");
  expect(say(2 / 1001, 1000)).toBe("0.0020");
  expect(say(1 / 3001, 3000)).toBe("< 0.0004");
  expect(say(1 / 20_001, 20_000)).toBe("< 0.00005");
  expect(say(1 / 51, 50)).toBe("< 0.02");
  expect(formatProbability(0.00001)).toBe("< 0.0001");
});

test("LaTeX: booktabs' rules, and texts that do nothing", () => {
  const evil = '\\input{/etc/passwd} & 100% $x$ #1 a_b ~ ^ <|> "q" `';
  expect(escapeLatex(evil)).toBe(
    "\\textbackslash{}input\\{/etc/passwd\\} \\& 100\\% \\$x\\$ \\#1 a\\_b \\textasciitilde{} \\textasciicircum{} \\textless{}\\textbar{}\\textgreater{} \\char34{}q\\char34{} \\textasciigrave{}",
  );
  expect(escapeLatex("[-0.1, +0.2]")).toBe("{[}$-$0.1, +0.2]");
  const text = toLatex([TABLE, "one\ntwo"]);
  expect(text).toContain("\\begin{tabular}{llrrrrrr}\n\\toprule\n & run & a score");
  expect(text).toMatch(/\\midrule\nout-domain & .* \\\\\n/);
  expect(text).toMatch(/\\bottomrule\n\\end\{tabular\}\n\\end\{table\}\n\n% one\n% two$/);
});
