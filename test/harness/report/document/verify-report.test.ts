import { appendFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { buildReport } from "../../../../harness/report/document/build.js";
import type { ReportData } from "../../../../harness/report/document/data.js";
import { hashText } from "../../../../harness/report/document/embedded-file.js";
import { markFigure, readReport } from "../../../../harness/report/document/file.js";
import { renderReport } from "../../../../harness/report/document/report-page.js";
import { verifyReport } from "../../../../harness/report/document/verify-report.js";
import { html } from "../../../../harness/report/html.js";
import type { Scratch } from "../../cli/run-cli.js";
import { captionRuns, FEW } from "./world.js";

let scratch: Scratch;
let page: string;
let data: ReportData;

beforeAll(async () => {
  scratch = await captionRuns();
  const built = await buildReport([scratch.at("good"), scratch.at("poor")], FEW);
  // What the explorer draws is somebody else's test.
  const markup = html`<div>a map</div>`.markup;
  const figure = { id: "103", why: "typical", runs: ["good"], sha256: hashText(markup) };
  data = { ...built.data, attention: { figures: [figure], remarks: [] } };
  page = await renderReport({ data, figures: new Map([["map-1", markup]]) });
});

const verify = (text: string, folder?: string) => verifyReport(scratch.write("report.html", text), folder);

/** The page with a piece of text replaced where it stands first after `from`. */
function replaceAfter(from: string, old: string, fresh: string): string {
  const start = page.indexOf(from);
  const place = page.indexOf(old, start);
  expect(start, from).toBeGreaterThanOrEqual(0);
  expect(place, old).toBeGreaterThanOrEqual(0);
  return page.slice(0, place) + fresh + page.slice(place + old.length);
}

const EMBEDDED = 'id="simvlm-report"';

test("a report as it was written: everything is confirmed", async () => {
  const { confirmed, differences, notes } = await verify(page, scratch.at("data"));
  expect(differences).toEqual([]);
  expect(notes).toEqual([]);
  expect(confirmed).toEqual([
    "values",
    "sections",
    "data files",
    "attention maps",
    "scores",
    "drawing",
    scratch.at("data"),
  ]);
});

describe("changed by hand, found and named:", () => {
  test("an embedded prediction, by its id; its scores no longer follow", async () => {
    const old = JSON.stringify({ id: "104", prediction: "three green fish in the sea" });
    const { differences } = await verify(replaceAfter(EMBEDDED, old, old.replace("green", "purple")));
    expect(differences).toContainEqual(
      expect.stringMatching(/^runs\[good\]\.outcomes\[104\]\.prediction was changed .*"three purple fish in the sea"$/),
    );
    expect(differences).toContainEqual(expect.stringMatching(/^run good: .*scores\.json/));
    expect(differences).toContainEqual(expect.stringMatching(/^comparison\.scores\[good, all, .* gives /));
  });

  test("an embedded score, with what the predictions give", async () => {
    const row = data.comparison.scores.find(({ run, score }) => run === "poor" && score === "CIDEr")!;
    const changed = replaceAfter(EMBEDDED, `"score":"CIDEr","value":${row.value}`, '"score":"CIDEr","value":9.75');
    const { differences } = await verify(changed);
    expect(differences).toContainEqual(
      expect.stringMatching(/^comparison\.scores\[.*CIDEr\]\.value was changed.* 9\.75$/),
    );
    expect(differences).toContainEqual(expect.stringMatching(/CIDEr\]\.value is 9\.75, but what is embedded gives /));
  });

  test("an embedded reference", async () => {
    const { differences } = await verify(
      replaceAfter('"files":[', "a small blue bird today", "a small pink bird today"),
    );
    expect(differences).toContainEqual(expect.stringMatching(/^data\.files\[test\.json\]\.text was changed/));
    expect(differences).toContainEqual("the embedded test.json does not have the SHA-256 that the report gives for it");
    expect(differences).toContainEqual(
      expect.stringMatching(/test\.json.* is not what .*good was made from|^run good: data/),
    );
  });

  test("a setting in a manifest", async () => {
    const { differences } = await verify(replaceAfter('"manifest":', '"seed":1', '"seed":2'));
    expect(differences[0]).toMatch(/^runs\[good\]\.manifest\.seed was changed.*2$/);
  });

  test("a number that is shown, and what it should be", async () => {
    const row = data.comparison.scores.find(
      ({ run, subset, score }) => run === "poor" && subset === "all" && score === "CIDEr",
    )!;
    const shown = `<b>${row.value.toFixed(4)}</b>`;
    const { differences, confirmed } = await verify(replaceAfter('id="summary"', shown, "<b>9.7500</b>"));
    expect(differences).toEqual([
      'the section "summary" of the page was changed after it was written',
      expect.stringMatching(/the section "summary" of the page says "9\.7500", where the embedded data say "/),
    ]);
    expect(confirmed).toEqual(["values", "data files", "attention maps", "scores"]);
  });

  test("a caption in a table", async () => {
    const { differences } = await verify(
      replaceAfter('id="wins"', "two big cats on the sand", "two pig cats on the sand"),
    );
    expect(differences).toContainEqual(expect.stringContaining('section "wins" of the page says "pig"'));
  });

  test("an attention map", async () => {
    const { differences } = await verify(page.replace("a map", "another map"));
    expect(differences).toContainEqual("the attention maps of 103 were changed after they were drawn");
  });

  test("what stands around the sections", async () => {
    const { differences } = await verify(page.replace("it opens offline", "it opens anywhere"));
    expect(differences).toEqual(["the page was changed after it was written, outside of its sections"]);
  });

  test("values that were removed", async () => {
    const { differences } = await verify(
      replaceAfter('"outcomes":', '{"id":"104","prediction":"three green fish in the sea"},', ""),
    );
    expect(differences).toContain("2 values of the embedded data were removed");
  });
});

test("a seal that was made anew over other numbers does not hide them", async () => {
  const comparison = {
    ...data.comparison,
    scores: data.comparison.scores.map((row, i) => (i === 0 ? { ...row, value: 0.123456 } : row)),
  };
  const forged = await renderReport({ data: { ...data, comparison }, figures: readReport(page, "").figures });
  const { differences } = await verify(forged);
  expect(differences).toEqual([
    expect.stringMatching(/^comparison\.scores\[.*\]\.value is 0\.123456, but what is embedded gives /),
  ]);
});

test("data at hand that are others now are named, and so are missing ones", async () => {
  const other = await captionRuns();
  appendFileSync(other.at("data/test.json"), "\n");
  const { differences } = await verify(page, other.at("data"));
  expect(differences).toEqual([`${other.at("data/test.json")} is not what the report was made from`]);
  const missing = await verify(page, scratch.at("nowhere"));
  expect(missing.differences).toHaveLength(2);
});

test("what another version drew is not drawn again, and that is said", async () => {
  const older = await renderReport({
    data: { ...data, code: { version: "0.0.1" } },
    figures: readReport(page, "").figures,
  });
  const { differences, notes, confirmed } = await verify(older);
  expect(differences).toEqual([]);
  expect(notes).toEqual([expect.stringMatching(/0\.0\.1.*not drawn again/)]);
  expect(confirmed).not.toContain("drawing");
});

test("files that are no reports, and embedded names that lead elsewhere", async () => {
  await expect(verify("<p>hello</p>")).rejects.toMatchObject({ code: "not-a-report" });
  await expect(verify(page.replace('id="simvlm-report">{', 'id="simvlm-report">{,'))).rejects.toMatchObject({
    code: "not-json",
  });
  await expect(verify(page.replace('"format":1,"title"', '"format":2,"title"'))).rejects.toMatchObject({
    code: "wrong-schema",
  });
  const { differences } = await verify(
    replaceAfter('"data":{"folder":"data","images"', '"path":"test.json"', '"path":"../../test.json"'),
  );
  expect(differences).toContainEqual(expect.stringContaining("would lie outside"));
});

test("ids and captions cannot end a mark or an element", () => {
  expect(markFigure("--><script>", "x").markup).not.toContain("--><script>");
});
