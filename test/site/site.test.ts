import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readNotebook } from "../../harness/notebook/runner/notebook-file.js";
import { checkSite } from "../../site/check-site.js";
import { relink } from "../../site/gallery.js";
import { listItems } from "../../site/gallery-items.js";
import { askWell, copyGuides } from "../../site/guides.js";
import { searchQuery } from "../../site/search-query.js";

const folder = mkdtempSync(join(tmpdir(), "simvlm-site-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("links without a file or an anchor are told, and whatever a page fetches from elsewhere", () => {
  mkdirSync(join(folder, "sub"));
  writeFileSync(join(folder, "index.html"), `<a href="sub/a.html#b">b</a> <a href="https://example.org/">out</a>`);
  const page = `<h1 id="b"></h1><script>'<a href="no.html">'</script><script src="../x.js"></script>`;
  writeFileSync(join(folder, "sub", "a.html"), page);
  writeFileSync(join(folder, "x.js"), "");
  expect(checkSite(folder)).toEqual({ pages: 2, problems: [] });
  writeFileSync(join(folder, "sub", "hierarchy.html"), `<li id="c"></li>`);
  const wrong = `<a href="gone.html">a</a><a href="#c">b</a><a href="sub/hierarchy.html#d">d</a><a href="sub">c</a><img src="//example.org/a.png"><link href="https://example.org/a.css">`;
  writeFileSync(join(folder, "wrong.html"), wrong);
  expect(checkSite(folder).problems).toEqual([
    "wrong.html fetches //example.org/a.png",
    "wrong.html fetches https://example.org/a.css",
    "wrong.html links to gone.html, which is not there",
    "wrong.html links to #c, and wrong.html has no such anchor",
    "wrong.html links to sub/hierarchy.html#d, and sub/hierarchy.html has no such anchor",
    "wrong.html links to a folder, sub",
  ]);
});

test("options are searched by their words, and signs of lunr's are left out", () => {
  expect(searchQuery("scoring")).toBe("*scoring*");
  expect(searchQuery("best  captioner")).toBe("*best* *captioner*");
  expect(searchQuery("--slice-by")).toBe("slice^10 *slice* by^10 *by*");
  expect(searchQuery("--beside CIDEr: +~^*")).toBe("*beside* *CIDEr*");
});

test("TypeDoc's script is asked so, and another script is told", () => {
  const script = readFileSync("node_modules/typedoc/static/main.js", "utf8");
  const asking = askWell(script);
  expect(asking).toContain("flatMap");
  expect(() => askWell(asking)).toThrow("TypeDoc has another search now");
});

test("TypeDoc's pages lead to the rest of the site, and a report that a guide links to stays as it is", () => {
  const [from, to] = [join(folder, "api"), join(folder, "out")];
  for (const name of ["assets", "documents", "media"]) mkdirSync(join(from, name), { recursive: true });
  cpSync("node_modules/typedoc/static/main.js", join(from, "assets", "main.js"));
  writeFileSync(join(from, "documents", "study.html"), `<head></head><div id="tsd-toolbar-links"></div>`);
  writeFileSync(join(from, "media", "report.html"), "<head></head>");
  copyGuides(from, to, { Gallery: join(folder, "gallery.html") });
  expect(readFileSync(join(to, "documents", "study.html"), "utf8")).toContain(
    `<div id="tsd-toolbar-links"><a href="../../gallery.html">Gallery</a></div>`,
  );
  expect(readFileSync(join(to, "media", "report.html"), "utf8")).toBe("<head></head>");
  writeFileSync(join(from, "modules.html"), "<head></head>");
  expect(() => copyGuides(from, to, {})).toThrow("TypeDoc has another header now");
});

test("links of notebooks lead to the site's pages, and to nothing that it does not have", () => {
  expect(relink('<a href="02-attention.ipynb">a</a> <a href="../docs/runs.md#verify">b</a>')).toBe(
    '<a href="02-attention.html">a</a> <a href="../docs/documents/runs.html#verify">b</a>',
  );
  expect(relink('<a href="../examples/study/recipe.json">c</a> <a href="https://example.org">d</a>')).toBe(
    'c <a href="https://example.org">d</a>',
  );
});

test("the gallery has each view of a notebook with its code, and its pictures are something to look at", async () => {
  const notebook = await readNotebook("notebooks/02-attention.ipynb");
  const { title, items } = await listItems(notebook, "02-attention");
  expect(title).toMatch(/attention/i);
  expect(new Set(items.flatMap(({ kinds }) => kinds))).toContain("attention explorer");
  for (const { id, heading, code, cells, picture } of items) {
    // A page of its own has a heading of its own, and no other.
    expect(cells.map(({ source, cell_type }) => (cell_type === "markdown" ? source.match(/^#.*$/gm) : null))).toEqual([
      [`# ${heading}`],
      null,
    ]);
    expect(id).toMatch(/^02-attention-\d+$/);
    expect(cells.at(-1)!.source).toBe(code);
    if (picture) expect(picture.address).toMatch(/^data:image\/(png|jpeg);base64,/);
    if (picture) expect(Math.min(picture.width, picture.height)).toBeGreaterThanOrEqual(100);
  }
  expect(items.some(({ picture }) => picture)).toBe(true);
});
