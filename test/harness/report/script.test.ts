import { expect, test } from "vitest";
import { html } from "../../../harness/report/html.js";
import { browserScript, browserStyle, shareScripts } from "../../../harness/report/script.js";
import { stackViews } from "../../../harness/report/stack.js";
import type { View } from "../../../harness/report/view.js";

test("a script has no comments, no indentation, and what it defines stays inside", () => {
  const { markup } = browserScript("enliven.js", "plot.js");
  expect(markup).toMatch(/^<script data-shared>\(\(\) => \{\n/);
  expect(markup).not.toMatch(/^\s*(\/\/|\*|\/\*)/m);
  expect(() => new Function(markup.replace(/<\/?script[^>]*>/g, ""))).not.toThrow();
});

test("several views keep the first of each style and the last of each script", () => {
  const view = (name: string, script: string) =>
    html`<div>${browserStyle("plot.css")}${name}${browserScript(script)}</div>`.markup;
  const shared = shareScripts(view("a", "plot.js") + view("b", "enliven.js") + view("c", "plot.js"));
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
  expect(stack.markup.markup).toContain("<h3>Both &lt;</h3>");
});
