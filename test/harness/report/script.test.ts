import { expect, test } from "vitest";
import { html } from "../../../harness/report/html.js";
import {
  browserFile,
  browserScript,
  browserStyle,
  shareScripts,
  type ViewKind,
} from "../../../harness/report/script.js";
import { stackViews } from "../../../harness/report/stack.js";
import type { View } from "../../../harness/report/view.js";

const KINDS = ["table", "plot", "explorer"] as const;

test.each(KINDS)("the script of a %s is one function that needs nothing but a browser", (kind) => {
  const { markup } = browserFile(kind, "js");
  expect(markup).toMatch(/^"use strict";\(\(\) ?=> ?\{.*\}\)\(\);$/s);
  expect(markup).not.toMatch(/<\/script|^\s*(\/\/|\*|\/\*)|\b(require|import|process|Buffer)\b/m);
  expect(() => new Function(markup)).not.toThrow();
});

test("several views keep the first of each style and the last of each script", () => {
  const view = (name: string, kind: ViewKind) =>
    html`<div>${browserStyle("plot")}${name}${browserScript(kind)}</div>`.markup;
  const shared = shareScripts(view("a", "plot") + view("b", "table") + view("c", "plot"));
  const order = [...shared.matchAll(/<style|<script|[abc](?=<)/g)].map(([part]) => part);
  expect(order).toEqual(["<style", "a", "b", "<script", "c", "<script"]);
  expect(shareScripts("<script>own</script><script>own</script>")).toBe("<script>own</script><script>own</script>");
});

test("a stack has the libraries of all, the texts of all and the first picture", () => {
  const views: View[] = [
    { markup: html`<i>a</i>`, libraries: ["tabulator"], text: "a" },
    { markup: html`<i>b</i>`, libraries: ["plotly", "tabulator"], text: "b", picture: Uint8Array.of(1) },
  ];
  const stack = stackViews(views, "Both <");
  expect(stack.libraries).toEqual(["plotly", "tabulator"]);
  expect(stack.text).toBe("Both <\n\na\n\nb");
  expect(stack.picture).toEqual(Uint8Array.of(1));
  expect(stack.markup.markup).toContain("<b>Both &lt;</b>");
});

test("the script that scores a report anew has less than 150 kB", () => {
  expect(Buffer.byteLength(browserFile("check", "js").markup)).toBeLessThan(150_000);
});
