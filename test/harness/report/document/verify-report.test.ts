import { appendFileSync } from "node:fs";
import sharp from "sharp";
import { beforeAll, describe, expect, test } from "vitest";
import { hashText } from "../../../../harness/files/hash.js";
import { buildReport } from "../../../../harness/report/document/build.js";
import { chooseExamples } from "../../../../harness/report/document/choose-examples.js";
import type { ReportData } from "../../../../harness/report/document/data.js";
import { formatSeal, markFigure, readReport, sealPage } from "../../../../harness/report/document/file.js";
import { renderReport } from "../../../../harness/report/document/report-page.js";
import { sealValues } from "../../../../harness/report/document/seal.js";
import { verifyReport } from "../../../../harness/report/document/verify-report.js";
import { explorerView } from "../../../../harness/report/explorer/index.js";
import type { Scratch } from "../../cli/run-cli.js";
import { makeExploration } from "../explorer/made.js";
import { withData } from "./edit-data.js";
import { captionRuns, FEW } from "./world.js";

let scratch: Scratch;
let page: string;
let data: ReportData;
let markup: string;

beforeAll(async () => {
  scratch = await captionRuns();
  const built = await buildReport([scratch.at("good"), scratch.at("poor")], FEW);
  const { examples } = built.data;
  const [choice] = chooseExamples(examples!, ["good"], [examples!.values[0]!], 1);
  const caption = captionOf(built.data, choice!.id);
  const exploration = { ...makeExploration({ words: caption.split(" ") }), source: "good" };
  markup = (await explorerView([exploration])).markup.markup;
  data = { ...built.data, attention: { figures: [figureOf(markup, choice!)], remarks: [] } };
  page = await renderReport({ data, figures: new Map([["map-1", markup]]) });
});

const figureOf = (drawn: string, { id, why }: { id: string; why: string }) => {
  return { id, why, runs: ["good"], sha256: hashText(drawn) };
};

function captionOf(report: ReportData, id: string): string {
  const outcome = report.runs[0]!.outcomes.find((one) => one.id === id);
  return outcome && "prediction" in outcome ? outcome.prediction : "";
}

/** The page with a seal made anew: whoever changes it can do that, too. */
function reseal(changed: string): string {
  const { unsealed, data: embedded } = readReport(changed, "");
  const empty = '<script type="application/json" id="simvlm-seal">';
  const place = unsealed.lastIndexOf(empty) + empty.length;
  return unsealed.slice(0, place) + formatSeal(sealPage(unsealed, sealValues(embedded))) + unsealed.slice(place);
}

/** The report with other data, drawn and sealed as if they were its own. */
const forge = (change: Partial<ReportData>, figures = readReport(page, "").figures) =>
  renderReport({ data: { ...data, ...change }, figures });

const verify = (text: string, folder?: string) => verifyReport(scratch.write("report.html", text), folder);

/** A text with a piece of it replaced where it stands first after `from`. */
function replaceIn(text: string, from: string, old: string, fresh: string): string {
  const start = text.indexOf(from);
  const place = text.indexOf(old, start);
  expect(start, from).toBeGreaterThanOrEqual(0);
  expect(place, old).toBeGreaterThanOrEqual(0);
  return text.slice(0, place) + fresh + text.slice(place + old.length);
}

/** The page with a piece of it replaced. */
const replaceAfter = (from: string, old: string, fresh: string) => replaceIn(page, from, old, fresh);

/** The page with a piece of its data replaced. */
const replaceInData = (from: string, old: string, fresh: string) =>
  withData(page, (json) => replaceIn(json, from, old, fresh));

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
    const { differences } = await verify(await replaceInData('"outcomes":', old, old.replace("green", "purple")));
    expect(differences).toContainEqual(
      expect.stringMatching(/^runs\[good\]\.outcomes\[104\]\.prediction was changed .*"three purple fish in the sea"$/),
    );
    expect(differences).toContainEqual(expect.stringMatching(/^run good: .*scores\.json/));
    expect(differences).toContainEqual(expect.stringMatching(/^comparison\.scores\[good, all, .* gives /));
  });

  test("an embedded score, with what the predictions give", async () => {
    const row = data.comparison.scores.find(({ run, score }) => run === "poor" && score === "CIDEr")!;
    const changed = await replaceInData(
      '"scores":',
      `"score":"CIDEr","value":${row.value}`,
      '"score":"CIDEr","value":9.75',
    );
    const { differences } = await verify(changed);
    expect(differences).toContainEqual(
      expect.stringMatching(/^comparison\.scores\[.*CIDEr\]\.value was changed.* 9\.75$/),
    );
    expect(differences).toContainEqual(expect.stringMatching(/CIDEr\]\.value is 9\.75, but what is embedded gives /));
  });

  test("an embedded reference", async () => {
    const { differences } = await verify(
      await replaceInData('"files":[', "a small blue bird today", "a small pink bird today"),
    );
    expect(differences).toContainEqual(expect.stringMatching(/^data\.files\[test\.json\]\.text was changed/));
    expect(differences).toContainEqual("the embedded test.json does not have the SHA-256 that the report gives for it");
    expect(differences).toContainEqual(
      expect.stringMatching(/test\.json.* is not what .*good was made from|^run good: data/),
    );
  });

  test("a setting in a manifest", async () => {
    const { differences } = await verify(await replaceInData('"manifest":', '"seed":1', '"seed":2'));
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
    const { differences } = await verify(page.replaceAll("where the model looked for", "where nobody looked for"));
    expect(differences).toContainEqual(expect.stringMatching(/^the attention maps of \d+ were changed after/));
  });

  test("what stands around the sections", async () => {
    const { differences } = await verify(page.replace("it opens offline", "it opens anywhere"));
    expect(differences).toEqual([
      "the page was changed after it was written, outside of its sections",
      expect.stringMatching(/^the page, before its sections, says ".*anywhere/),
    ]);
  });

  test("values that were removed", async () => {
    const { differences } = await verify(
      await replaceInData('"outcomes":', '{"id":"104","prediction":"three green fish in the sea"},', ""),
    );
    expect(differences).toContain("2 values of the embedded data were removed");
  });
});

describe("a seal that was made anew hides nothing:", () => {
  test("other numbers in the data", async () => {
    const comparison = {
      ...data.comparison,
      scores: data.comparison.scores.map((row, i) => (i === 0 ? { ...row, value: 0.123456 } : row)),
    };
    const { differences } = await verify(await forge({ comparison }));
    expect(differences).toEqual([
      expect.stringMatching(/^comparison\.scores\[.*\]\.value is 0\.123456, but what is embedded gives /),
    ]);
  });

  const SECTION = "<!--simvlm-section extra--><section>CIDEr 9.87</section><!--/simvlm-section-->";
  test.each<[string, string, string]>([
    ["a number in the header", "<p>caption, ", "<p>CIDEr 9.87, caption, "],
    ["a number in the table of contents", "In short</a>", "In short: CIDEr 9.87</a>"],
    ["a script in the head", "</head>", "<script>window.hacked=1</script></head>"],
    ["a script at the end", "</body>", "<script>window.hacked=1</script></body>"],
    [
      "a script between the data and the seal",
      '<script type="application/json" id="simvlm-seal">',
      '<script>window.hacked=1</script><script type="application/json" id="simvlm-seal">',
    ],
    ["no policy", "Content-Security-Policy", "Content-Security-Nothing"],
    ["a handler", "<header>", "<header onclick=alert(1)>"],
    ["an address that is fetched", "</header>", "<img src=http://example.org/x></header>"],
    ["another style", "<style>", "<style>#summary{display:none}"],
    ["a part of a library", "Tabulator v6", "Tabulator v7"],
    ["another language", 'lang="en"', 'lang="de"'],
    ["another title of the window", "<title>", "<title>CIDEr 9.87 "],
    ["a further section", "<!--simvlm-section summary-->", `${SECTION}<!--simvlm-section summary-->`],
    [
      "a section without marks",
      "<!--simvlm-section summary-->",
      "<section>CIDEr 9.87</section><!--simvlm-section summary-->",
    ],
    ["something after the page", "</html>\n", "</html>\n<p>CIDEr 9.87</p>"],
    [
      "other data before the data",
      "<header>",
      '<script type="application/json" id="simvlm-report">{}</script><header>',
    ],
  ])("%s", async (_, old, fresh) => {
    expect(page).toContain(old);
    const { differences } = await verify(reseal(page.replace(old, () => fresh)));
    expect(differences).toContainEqual(expect.stringMatching(/^the (page|section)\b.* says "/));
  });

  test("a page that says it was drawn by another version", async () => {
    for (const code of [{ version: "0.0.1" }, { version: "0.1.0" }, { version: "9.0.0", commit: "abcdef0123" }]) {
      const changed = (await forge({ code })).replace("<header>", "<header><h1>CIDEr 9.87</h1>");
      const { differences } = await verify(reseal(changed));
      expect(differences).toContainEqual(expect.stringMatching(/^the page, before its sections, says "/));
    }
    const { differences } = await verify(
      reseal((await forge({ code: { version: "0.1.0" } })).replace("</head>", "<script>1</script></head>")),
    );
    expect(differences).toContainEqual(expect.stringContaining("script>1</script>"));
    const lie = await verify(await forge({ code: { version: "0.1.0: CIDEr 9.87" } })).catch((error) => error);
    expect(lie).toMatchObject({ code: "wrong-schema" });
  });

  test("rows that are left out, whatever version is said to have drawn it", async () => {
    for (const version of [data.code.version, "0.1.0", "0.0.1"]) {
      const comparison = { ...data.comparison, scores: data.comparison.scores.slice(1), notes: ["All is well."] };
      const { differences } = await verify(await forge({ comparison, code: { ...data.code, version } }));
      expect(differences).toContainEqual(expect.stringMatching(/^comparison\.scores.* is nothing, but/));
      expect(differences).toContainEqual(expect.stringMatching(/^comparison\.notes.*All is well/));
    }
  });

  test("remarks that nobody made, and a reason that does not hold", async () => {
    const remarks = ["The scores were confirmed: CIDEr 9.87."];
    expect((await verify(await forge({ remarks }))).differences).toContainEqual(expect.stringContaining("remarks"));
    const [figure] = data.attention.figures;
    const attention = { figures: [{ ...figure!, why: "best: CIDEr 9.87" }], remarks: [] };
    expect((await verify(await forge({ attention }))).differences).toContainEqual(
      expect.stringContaining('CIDEr 9.87", but is'),
    );
  });

  test.each<[string, string, string, RegExp]>([
    [
      "a script in an explorer",
      "</div>\n<script type",
      "</div><script>window.hacked=1</script>\n<script type",
      /says "/,
    ],
    ["an explorer's own script", "<script>", "<script>window.hacked=1;", /says "/],
    ["a share in an explorer", "<small>picture ", "<small>picture 9", /says "/],
    ["maps of another size", '"grid":4', '"grid":5', /expected maps of the sizes/],
    ["a range that the maps have not", '"range":[0.0', '"range":[0.9', /expected the range/],
    ["a picture from somewhere", "data:image/jpeg;base64,", "http://example.org/", /have not one picture/],
    ["another caption", '"caption":"', '"caption":"no ', /did not say|says "/],
    ["no data at all", "application/json", "application/jsonp", /have no data/],
  ])("%s", async (_, old, fresh, said) => {
    expect(markup).toContain(old);
    const drawn = markup.replaceAll(old, () => fresh);
    const attention = { figures: [figureOf(drawn, data.attention.figures[0]!)], remarks: [] };
    for (const version of [data.code.version, "0.1.0"]) {
      const forged = await forge({ attention, code: { ...data.code, version } }, new Map([["map-1", drawn]]));
      const { differences } = await verify(forged);
      expect(differences).toContainEqual(expect.stringMatching(said));
      expect(differences).toContainEqual(expect.stringMatching(/attention maps of /i));
    }
  });

  test("maps of another example or another run", async () => {
    const other = data.examples!.ids.find((id) => id !== data.attention.figures[0]!.id)!;
    const [figure] = data.attention.figures;
    for (const change of [{ id: other }, { runs: ["poor"] }, { runs: ["nobody"] }]) {
      const { differences } = await verify(
        await forge({ attention: { figures: [{ ...figure!, ...change }], remarks: [] } }),
      );
      expect(differences).not.toEqual([]);
    }
  });
});

test("corrected p-values and a report without the paper's tables are made again as they were", async () => {
  const options = { resamples: 20, explore: 0, correct: "holm", paper: false } as const;
  const report = await buildReport([scratch.at("good"), scratch.at("poor")], options);
  const written = await renderReport(report);
  expect(written).not.toContain("The paper: ");
  expect(written).toContain("p (bootstrap, Holm)");
  expect((await verify(written)).differences).toEqual([]);
  const { comparison } = report.data;
  const [row, ...rows] = comparison.differences;
  const differences = [{ ...row!, holm: { ...row!.holm, pBootstrap: 0.5 } }, ...rows];
  const forged = await renderReport({
    data: { ...report.data, comparison: { ...comparison, differences } },
    figures: new Map(),
  });
  expect((await verify(forged)).differences).toContainEqual(expect.stringMatching(/holm\.pBootstrap is 0\.5, but/));
});

test("data at hand that are others now are named, and so are missing ones", async () => {
  const other = await captionRuns();
  appendFileSync(other.at("data/test.json"), "\n");
  const { differences } = await verify(page, other.at("data"));
  expect(differences).toEqual([`${other.at("data/test.json")} is not what the report was made from`]);
  const missing = await verify(page, scratch.at("nowhere"));
  expect(missing.differences).toHaveLength(2);
});

test("what another version is said to have drawn is confirmed if this one draws the same", async () => {
  const { differences, confirmed } = await verify(await forge({ code: { version: "0.0.1" } }));
  expect(differences).toEqual([]);
  expect(confirmed).toContain("drawing");
});

test("pictures that another machine packed in other bytes are the same pictures", async () => {
  const [, base64] = /src="data:image\/png;base64,([^"]+)"/.exec(page)!;
  const repacked = await sharp(Buffer.from(base64!, "base64")).png({ compressionLevel: 1 }).toBuffer();
  const other = repacked.toString("base64");
  expect(other).not.toBe(base64);
  expect((await verify(reseal(page.replace(base64!, other)))).differences).toEqual([]);
  const negated = (await sharp(repacked).negate({ alpha: false }).png().toBuffer()).toString("base64");
  expect((await verify(reseal(page.replace(base64!, negated)))).differences).not.toEqual([]);
});

test("files that are no reports, and embedded names that lead elsewhere", async () => {
  await expect(verify("<p>hello</p>")).rejects.toMatchObject({ code: "not-a-report" });
  await expect(verify(await withData(page, (json) => json.replace("{", "{,")))).rejects.toMatchObject({
    code: "not-json",
  });
  await expect(
    verify(await withData(page, (json) => json.replace('"format":1,"title"', '"format":2,"title"'))),
  ).rejects.toMatchObject({
    code: "wrong-schema",
  });
  const { differences } = await verify(
    await replaceInData('"data":{"folder":"data","images"', '"path":"test.json"', '"path":"../../test.json"'),
  );
  expect(differences).toContainEqual(expect.stringContaining("would lie outside"));
});

test("ids and captions cannot end a mark or an element", () => {
  expect(markFigure("--><script>", "x").markup).not.toContain("--><script>");
});
