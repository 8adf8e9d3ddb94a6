import { expect, test } from "vitest";
import { html, jsonForScript } from "../../../harness/report/html.js";
import { renderPage, type View } from "../../../harness/report/view.js";

test("what is put into markup is escaped, markup is not, and lists are joined", () => {
  const words = ["<b>", 'a "quote"'].map((word) => html`<i title="${word}">${word}</i>`);
  expect(html`<p>${words}${null}${false}${3}</p>`.markup).toBe(
    '<p><i title="&lt;b&gt;">&lt;b&gt;</i><i title="a &quot;quote&quot;">a &quot;quote&quot;</i>3</p>',
  );
});

test("JSON in a script element cannot end it and reads back", () => {
  const value = { caption: "</script><script>alert(1)</script> <!-- \u2028" };
  const { markup } = jsonForScript(value);
  expect(markup).not.toMatch(/[<\u2028]/);
  expect(JSON.parse(markup)).toEqual(value);
});

test("a page brings each library once, by name, and asks for nothing", () => {
  const view: View = { markup: html`<div>a view</div>`, libraries: ["tabulator"], text: "a view" };
  const page = renderPage([html`<h1>${"<title>"}</h1>`, view, view], { title: "a & b" });
  expect(page).toContain("<title>a &amp; b</title>");
  expect(page).toContain("<h1>&lt;title&gt;</h1>");
  expect(page.split("<div>a view</div>")).toHaveLength(3);
  expect(page.match(/<script>/g)).toHaveLength(1);
  expect(page).toContain("default-src &#39;none&#39;");
  expect(page).toBe(renderPage([html`<h1>${"<title>"}</h1>`, view, view], { title: "a & b" }));
});
