import { expect, test } from "vitest";
import { completeColumns } from "../../../../harness/report/tables/columns.js";
import { tableView } from "../../../../harness/report/tables/table-view.js";
import { thumbnail } from "../../../../harness/report/tables/thumbnails.js";
import { atRest } from "../at-rest.js";

const ROWS = [
  { caption: "a dog", right: true, count: 3, CIDEr: 1.25, p: null, SPICE: { value: 0.2, low: 0.1, high: 0.3 } },
  { caption: "a cat on <b>a mat</b>", right: false, count: 12, CIDEr: 0.5, p: 0.00001, SPICE: null },
];

test("kinds and digits of columns follow from their cells", () => {
  const kinds = Object.fromEntries(completeColumns(ROWS).map(({ key, kind, decimals }) => [key, [kind, decimals]]));
  expect(kinds).toEqual({
    caption: ["text", 0],
    right: ["category", 0],
    count: ["number", 0],
    CIDEr: ["number", 2],
    p: ["number", 5],
    SPICE: ["interval", 1],
  });
  const few = ["in", "out", "in", "out", "near", "near"].map((domain) => ({ domain }));
  expect(completeColumns(few)[0]!.kind).toBe("category");
});

test("a table at rest has its first rows, numbers with the same digits, intervals, and texts as they are", async () => {
  const columns = [
    { key: "caption", title: "what it <says>", hint: 'a "hint"' },
    { key: "count" },
    { key: "CIDEr", decimals: 2, signed: true },
    { key: "p", kind: "probability" as const, decimals: 4 },
    { key: "SPICE", decimals: 2 },
  ];
  const view = await tableView([...ROWS, ...ROWS], { columns, title: "Two & two", note: "A note.", staticRows: 3 });
  expect(atRest(view)).toMatchSnapshot();
  expect(view.text).toMatchSnapshot();
  expect(view.libraries).toEqual(["tabulator"]);
  expect(
    (await tableView([...ROWS, ...ROWS], { columns, title: "Two & two", note: "A note.", staticRows: 3 })).markup,
  ).toEqual(view.markup);
});

test("pictures are in the page once, whether they are at rest, hidden or there twice", async () => {
  const shades = [10, 200].map((shade) => ({ width: 2, height: 2, data: new Uint8Array(12).fill(shade) }));
  const [first, second] = await Promise.all(shades.map((picture) => thumbnail(picture)));
  const rows = [{ picture: shades[0] }, { picture: first }, { picture: shades[1] }, { picture: [shades[0], second] }];
  const { markup } = (await tableView(rows, { staticRows: 1 })).markup;
  expect(markup.split(first!)).toHaveLength(2);
  expect(markup.split(second!)).toHaveLength(2);
  expect(markup).toContain('data-picture="0"');
});

test("addresses that would be fetched are no pictures", async () => {
  const rows = [{ picture: "https://example.com/a.png" }, { picture: 'data:image/png;base64,"onerror="alert(1)' }];
  const view = await tableView(rows, { columns: [{ key: "picture", kind: "picture" }] });
  expect(view.markup.markup).not.toMatch(/example\.com|onerror/);
});

test("a cell that is not of its column's kind is named", async () => {
  const columns = [{ key: "CIDEr", kind: "number" as const }];
  await expect(tableView([{ CIDEr: 1 }, { CIDEr: "high" }], { columns })).rejects.toMatchObject({
    code: "bad-cell",
    message: 'Row 2 has high in the column "CIDEr", which is no number.',
  });
});

test("a table without rows is a table", async () => {
  const view = await tableView([], { columns: [{ key: "id" }] });
  expect(view.markup.markup).toContain("<th");
});
