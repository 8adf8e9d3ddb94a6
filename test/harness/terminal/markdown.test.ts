import markdownIt from "markdown-it";
import { expect, test } from "vitest";
import { escapeMarkdown, toMarkdown } from "../../../harness/terminal/markdown.js";

const markdown = markdownIt({ html: true, linkify: true });

/** Texts that would do something in Markdown, of any kind that there is. */
const EVIL = [
  "a | b",
  "<img src=x onerror=alert(1)>",
  "<!-- -->",
  "[a link](http://example.org)",
  "![a picture](http://example.org/a.png)",
  "http://example.org/x www.example.org",
  "**bold** _it_ ~~no~~ `code` $x$",
  "# heading",
  "- item",
  "+ item",
  "1. item",
  "2) item",
  "> quote",
  "---",
  "===",
  "```",
  "[low, high]: 95 %",
  "&lt;b&gt; &amp; \\ \\| \\\\|",
  "@somebody #12",
  "| a | b |",
  "[-0.1, +0.2]",
  "-0.1",
];

const textOf = (html: string) =>
  html
    .replace(/<[^>]*>/g, "")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, "&");

test.each(EVIL)("%s is shown as it is, in a paragraph and in a cell", (text) => {
  expect(markdown.render(escapeMarkdown(text))).toBe(
    markdown.render("x").replace("x", () => markdown.utils.escapeHtml(text)),
  );
  const table = markdown.render(toMarkdown([{ head: ["a", "b"], rows: [[text, "1"]] }]));
  const tags = new Set([...table.matchAll(/<\/?(\w+)/g)].map(([, tag]) => tag));
  expect([...tags].sort()).toEqual(["table", "tbody", "td", "th", "thead", "tr"]);
  expect(textOf(/<td[^>]*>(.*?)<\/td>/s.exec(table)![1]!)).toBe(text);
});

test("mentions, and addresses that GitHub finds by itself, are no source of anything", () => {
  expect(escapeMarkdown("@user www.a.org http://b.org")).toBe("&#64;user www&#46;a.org http&#58;//b.org");
});

test("lines, titles and what stands below a table", () => {
  const text = toMarkdown([
    { title: "a_b", head: ["", "x"], rows: [["all", "0.1\n[0, 1]"]], remarks: ["so"] },
    "one\ntwo",
  ]);
  expect(text).toBe("**a\\_b**\n\n|  | x |\n| :-- | --: |\n| all | 0.1 \\[0, 1\\] |\n\nso\n\none  \ntwo");
});
