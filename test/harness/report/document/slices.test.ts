import { beforeAll, describe, expect, test } from "vitest";
import { buildReport } from "../../../../harness/report/document/build.js";
import type { ReportData } from "../../../../harness/report/document/data.js";
import { renderReport } from "../../../../harness/report/document/report-page.js";
import { verifyReport } from "../../../../harness/report/document/verify-report.js";
import { listExamples } from "../../../../harness/report/examples/example-table.js";
import { chromium, withPage } from "../../../browser.js";
import type { Scratch } from "../../cli/run-cli.js";
import { CAPTIONS, idOf } from "../../compare/runs.js";
import { captionRuns, FEW } from "./world.js";

const HOSTILE = "<img src=x onerror=alert(1)>";
const SLICES = {
  by: ["domain", "caption-length:5", "word:sand"],
  tables: [
    {
      name: "some.csv",
      ids: [...CAPTIONS.map((_, place) => `000${idOf(place)}`), "later"],
      columns: {
        [HOSTILE]: [...CAPTIONS.map((_, place) => (place % 2 ? "</script>" : "all")), ""],
        size: [...CAPTIONS.map((_, place) => (place < 12 ? String(place / 2) : "")), "3"],
      },
    },
  ],
};

let scratch: Scratch;
let data: ReportData;
let page: string;

const build = (options = {}) =>
  buildReport([scratch.at("poor"), scratch.at("good")], { ...FEW, slices: SLICES, baseline: "good", ...options });
const verify = (text: string) => verifyReport(scratch.write("report.html", text));
const forge = (change: Partial<ReportData>) => renderReport({ data: { ...data, ...change }, figures: new Map() });

beforeAll(async () => {
  scratch = await captionRuns();
  const report = await build({ correct: "holm" });
  data = report.data;
  page = await renderReport(report);
});

test("the baseline is the first run, and slices are columns of the table of all examples", () => {
  expect(data.runs.map(({ label }) => label)).toEqual(["good", "poor"]);
  const { columns, rows } = listExamples(data);
  const titles = columns.map(({ title }) => title);
  expect(titles.slice(0, 8)).toEqual([
    "id",
    "domain",
    "caption-length:5",
    "word:sand",
    HOSTILE,
    "size",
    "good",
    "poor",
  ]);
  expect(rows[1]!.slice(0, 6)).toEqual(["102", "near-domain", "above 5", "with sand", "</script>", "0 to 1"]);
  expect(rows.at(-1)![5]).toBeNull();
});

test("a report with slices is verified from nothing but itself", async () => {
  expect(await verify(page)).toMatchObject({ differences: [], notes: [] });
  const { data: one } = await buildReport([scratch.at("good")], { ...FEW, slices: SLICES });
  expect(one.comparison.slices!.differences).toEqual([]);
  expect((await verify(await renderReport({ data: one, figures: new Map() }))).differences).toEqual([]);
});

test("without its references it is verified with the data", async () => {
  const report = await build({ withoutReferences: true });
  const path = scratch.write("withheld.html", await renderReport(report));
  expect((await verifyReport(path, scratch.at("data"))).differences).toEqual([]);
});

describe("what was changed is named", () => {
  test.each([
    [
      "a score",
      (slices: Slices) => ({ ...slices, scores: [{ ...slices.scores[0]!, value: 2 }, ...slices.scores.slice(1)] }),
    ],
    ["a row that was left out", (slices: Slices) => ({ ...slices, differences: slices.differences.slice(1) })],
    [
      "a slice's name",
      (slices: Slices) => ({ ...slices, by: slices.by.map((one) => ({ ...one, about: "anything" })) }),
    ],
  ])("%s", async (_, change) => {
    const { comparison } = data;
    const forged = await forge({ comparison: { ...comparison, slices: change(comparison.slices!) } });
    const { differences } = await verify(forged);
    expect(differences.join("\n")).toMatch(/comparison\.slices.* what is embedded gives/);
  });

  test("a cell of the table that slices are made by", async () => {
    const [table] = data.sliced!.tables!;
    const columns = { ...table!.columns, size: table!.columns.size!.map((cell) => (cell === "0" ? "5" : cell)) };
    const { differences } = await verify(await forge({ sliced: { ...data.sliced, tables: [{ ...table!, columns }] } }));
    expect(differences.join("\n")).toMatch(/comparison\.slices/);
  });
});
type Slices = NonNullable<ReportData["comparison"]["slices"]>;

test("the same slices give the same bytes", async () => {
  expect(await renderReport(await build({ correct: "holm" }))).toBe(page);
});

describe.runIf(chromium)("in a browser", () => {
  test("every number of the slices is computed again, and equals what the page shows", {
    timeout: 120_000,
  }, async () => {
    await withPage(page, { width: 390 }, async (tab) => {
      await tab.getByRole("button", { name: "Check the scores" }).click();
      await tab.waitForSelector('#check [data-verdict="equal"]', { timeout: 100_000 });
      const rows = await tab.locator("#check tbody tr").allInnerTexts();
      expect(rows).toContainEqual(expect.stringMatching(/^slices\s+[\d,]{3,}\s+0$/));
      await tab.locator("#check summary").click();
      const save = tab.waitForEvent("download");
      await tab.getByRole("button", { name: "Download all as CSV" }).click();
      const chunks: Buffer[] = [];
      for await (const chunk of await (await save).createReadStream()) chunks.push(chunk as Buffer);
      const shown = Buffer.concat(chunks).toString();
      for (const view of [
        "“Slices”, CIDEr of poor on size 0 to 1",
        "“Slices”, good, size, 0 to 1: CIDEr",
        "“Differences on slices from good”, CIDEr, poor, size, 0 to 1: difference",
      ])
        expect(shown).toContain(view);
      for (const width of [1280, 390]) {
        await tab.setViewportSize({ width, height: 900 });
        expect(await tab.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      }
      expect(await tab.locator("#slices img[src=x]").count()).toBe(0);
    });
  });
});
