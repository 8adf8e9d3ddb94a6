import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { compareRuns } from "../../../../harness/compare/compare-runs.js";
import { hashText } from "../../../../harness/files/hash.js";
import { buildReport } from "../../../../harness/report/document/build.js";
import type { ReportData } from "../../../../harness/report/document/data.js";
import { embedFile, extractFiles } from "../../../../harness/report/document/embedded-file.js";
import { openReport, readReport } from "../../../../harness/report/document/file.js";
import { renderReport } from "../../../../harness/report/document/report-page.js";
import { verifyReport } from "../../../../harness/report/document/verify-report.js";
import { loadThumbnails } from "../../../../harness/report/tables/index.js";
import { verifyRun } from "../../../../harness/runs/verify-run.js";
import { completeSettings } from "../../../../harness/tasks/task.js";
import { findTask } from "../../../../harness/tasks/task-registry.js";
import { editJson } from "../../../broken-folders.js";
import { Scratch } from "../../cli/run-cli.js";
import { CAPTIONS, makeRun, writeCaptionData } from "../../compare/runs.js";
import { sealAnew } from "../../runs/seal-anew.js";
import { withData } from "./edit-data.js";
import { captionRuns, FEW } from "./world.js";

let scratch: Scratch;
let data: ReportData;
let page: string;

beforeAll(async () => {
  scratch = await captionRuns();
  data = (await buildReport([scratch.at("good"), scratch.at("poor")], FEW)).data;
  page = await renderReport({ data, figures: new Map() });
});

const draw = (change: Partial<ReportData>) => renderReport({ data: { ...data, ...change }, figures: new Map() });
const left = () => readdirSync(tmpdir()).filter((name) => name.startsWith(`simvlm-report-${process.pid}-`));

describe("files that would fill the memory or the disk", () => {
  const bomb = gzipSync(Buffer.alloc(2 ** 26)).toString("base64");

  test("six of them are refused, and nothing is left of them", async () => {
    const files = Array.from({ length: 6 }, (_, i) => ({ path: `bomb-${i}.json`, sha256: "0".repeat(64), gzip: bomb }));
    const text = await draw({ data: { ...data.data, files: [...data.data.files, ...files] } });
    const { differences } = await verifyReport(scratch.write("report.html", text));
    expect(differences).toContainEqual(expect.stringMatching(/bomb-0\.json cannot be unpacked: it is far longer/));
    expect(left()).toEqual([]);
  });

  test("what a process that was killed had unpacked is removed by the next", async () => {
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    const folder = join(tmpdir(), `simvlm-report-${pid}-killed`);
    mkdirSync(join(folder, "runs"), { recursive: true });
    await verifyReport(scratch.write("report.html", page));
    expect(existsSync(folder)).toBe(false);
  });

  test("data that pack well are embedded so that they can be had back", () => {
    for (const bytes of [Buffer.alloc(2 ** 24, "a"), Buffer.from(CAPTIONS.join("\n").repeat(5000))]) {
      const file = embedFile("data.json", bytes);
      expect(hashText(extractFiles([file])[0]!)).toBe(hashText(bytes));
    }
  });
});

describe("pages that no version has written", () => {
  test.each([
    ["marks of sections that never end", "<!--simvlm-section a-->".repeat(40_000)],
    ["half marks", "<!--simvlm-section ".repeat(40_000)],
    ["marks of figures that never end", "<!--simvlm-figure map-1-->".repeat(40_000)],
    ["half marks of figures", "<!--simvlm-figure ".repeat(40_000)],
    ["elements that never end", "<style data-shared>".repeat(40_000)],
    ["pictures", 'src="data:image/png;base64,AAAA"'.repeat(40_000)],
  ])("%s are read as fast as they are long", async (_, marks) => {
    const { differences } = await verifyReport(scratch.write("report.html", marks + page));
    expect(differences).toContainEqual(expect.stringMatching(/^the page, before its sections, says "/));
  });

  test.each<[string, string]>([
    ["a byte order mark", "\ufeff"],
    ["two of them", "\ufeff\ufeff"],
    ["a line feed", "\n"],
    ["a mark that is not seen", "\u200b"],
    ["a comment", "<!-- CIDEr 9.87 -->"],
    ["a null", "\0"],
  ])("%s before the first byte is found", async (_, before) => {
    const { differences } = await verifyReport(scratch.write("report.html", before + page));
    const shown = JSON.stringify(before).slice(1, -1);
    const escaped = before.trim() === "" || before === "\u200b" ? /says "(\\ufeff|\\n|\\u200b)/ : /says "/;
    expect(differences, shown).toContainEqual(expect.stringMatching(escaped));
  });

  test("a page that is packed, or not UTF-8, is no report", async () => {
    for (const bytes of [
      gzipSync(page),
      Buffer.from(`\ufeff${page}`, "utf16le"),
      Buffer.from([0x80, ...Buffer.from(page)]),
    ]) {
      await expect(openReport(scratch.write("packed.html", bytes))).rejects.toMatchObject({ code: "not-a-report" });
    }
  });

  test.each<[string, (text: string) => string]>([
    [
      "of 30,000 levels",
      (text) => text.replace('"remarks":[]', `"remarks":[],"x":${"[".repeat(30_000)}${"]".repeat(30_000)}`),
    ],
    ["without runs", (text) => text.replace('"runs":[{"label"', '"runs":[],"rums":[{"label"')],
    ["with rows that are no rows", (text) => text.replace('"scores":[{"run":', '"scores":[null,{"run":')],
    ["with figures for other columns", (text) => text.replace('"figures":[', '"figures":[null,')],
    ["with a split elsewhere", (text) => text.replaceAll('"split":"test","', '"split":"../../secret","')],
    ["with a number beyond all", (text) => text.replace(/"resamples":\d+/, '"resamples":1e12')],
  ])("data %s are refused with a code", async (_, change) => {
    const changed = await withData(page, change);
    expect(changed).not.toBe(page);
    await expect(verifyReport(scratch.write("report.html", changed))).rejects.toMatchObject({
      code: expect.stringMatching(/^(wrong-schema|excessive-json)$/),
    });
  });

  test.each(["constructor", "__proto__", "toString"])("a task, a source and pictures called %s", async (name) => {
    const [first, ...others] = data.runs;
    const manifest = { ...first!.manifest, source: { kind: name } };
    const runs = [{ ...first!, manifest }, ...others];
    const winsAndLosses = data.comparison.winsAndLosses.map((pair) => ({
      ...pair,
      wins: pair.wins.map((example) => ({ ...example, images: [name] })),
    }));
    const text = await draw({ runs, comparison: { ...data.comparison, winsAndLosses } });
    expect(text).toContain(`<td>${name}</td>`);
    expect((await verifyReport(scratch.write("report.html", text))).differences).not.toEqual([]);
    const task = await withData(page, (json) => json.replaceAll('"task":"caption"', `"task":"${name}"`));
    await expect(verifyReport(scratch.write("report.html", task))).rejects.toMatchObject({ code: "unknown-task" });
  });

  test("folders and devices in the place of a report", async () => {
    mkdirSync(scratch.at("folder.html"));
    symlinkSync("/dev/zero", scratch.at("endless.html"));
    for (const name of ["folder.html", "endless.html"]) {
      await expect(openReport(scratch.at(name))).rejects.toMatchObject({ code: "unreadable-file" });
    }
    expect(() => readReport("", "empty.html")).toThrow("is not a report");
  });
});

describe("runs of others", () => {
  async function changed(change: Readonly<Record<string, unknown>>): Promise<string> {
    const own = new Scratch();
    writeCaptionData(own);
    const folder = await makeRun(own, "run", (_, place) => CAPTIONS[place]);
    editJson(own.at("run/manifest.json"), change);
    await sealAnew(folder).catch(() => {}); // what is no manifest has no seal
    return folder;
  }

  test.each<[string, Readonly<Record<string, unknown>>, string]>([
    ["no manifest to speak of", { format: undefined }, "wrong-schema"],
    ["a task that every object has", { task: "constructor" }, "unknown-task"],
    ["a task that every object comes from", { task: "__proto__" }, "unknown-task"],
    [
      "a split elsewhere",
      { settings: { split: "../../secret", modality: "image", answer: "generate", language: "en", swapImages: false } },
      "wrong-schema",
    ],
  ])("%s", async (_, change, code) => {
    const folder = await changed(change);
    await expect(verifyRun(folder)).rejects.toMatchObject({ code });
    await expect(compareRuns([folder, folder])).rejects.toMatchObject({ code });
    await expect(buildReport([folder], FEW)).rejects.toMatchObject({ code });
  });

  test("scores of 30,000 levels, and folders in the place of files", async () => {
    const own = new Scratch();
    writeCaptionData(own);
    const folder = await makeRun(own, "run", (_, place) => CAPTIONS[place]);
    const scores = readFileSync(own.at("run/scores.json"), "utf8");
    const deep = `${'{"a":'.repeat(30_000)}1${"}".repeat(30_000)}`;
    own.write("run/scores.json", scores.replace("{", `{"x": ${deep},`));
    await sealAnew(folder);
    expect((await verifyRun(folder)).differences).toContainEqual(
      expect.stringContaining("is nested more than 200 deep"),
    );
    await expect(buildReport([folder], FEW)).rejects.toMatchObject({ code: "excessive-json" });
    for (const name of ["scores.json", "predictions.jsonl", "seal.json", "manifest.json"]) {
      rmSync(own.at(`run/${name}`));
      mkdirSync(own.at(`run/${name}`));
      const found = await verifyRun(folder).then(({ differences }) => differences, String);
      expect(String(found), name).toMatch(/is a folder|is not a regular file/);
    }
  });

  test("a source that never ends, and data files outside of the data", async () => {
    const sourceAt = { folder: "/dev/zero", fromRun: "/dev/zero" };
    for (const kind of ["predictions", "model", "constructor"]) {
      const { differences } = await verifyRun(await changed({ sourceAt, source: { kind } }));
      expect(differences).not.toEqual([]);
    }
    const own = new Scratch();
    writeCaptionData(own);
    const folder = await makeRun(own, "run", (_, place) => CAPTIONS[place]);
    const manifest = JSON.parse(readFileSync(own.at("run/manifest.json"), "utf8"));
    const files = [{ path: "../../../../etc/hostname", sha256: "0".repeat(64) }];
    editJson(own.at("run/manifest.json"), { data: { ...manifest.data, files } });
    await sealAnew(folder);
    await expect(compareRuns([folder, folder])).rejects.toMatchObject({ code: "unsafe-path" });
  });

  test("a split stays in the data's folder, and its name is no pattern", async () => {
    const own = new Scratch();
    writeCaptionData(own, { folder: "outer" });
    mkdirSync(own.at("outer/data"));
    const task = findTask("caption");
    const load = (split: string) => task.load(own.at("outer/data"), completeSettings(task, { split }));
    await expect(load("../test")).rejects.toMatchObject({ code: "unsafe-path" });
    await expect(load("$&")).rejects.toMatchObject({ message: expect.stringContaining("looked for $&.json") });
  });

  test("pictures of a comparison stay in the data's folder", async () => {
    await expect(loadThumbnails(scratch.path, ["../../secret.jpg"])).rejects.toMatchObject({ code: "unsafe-path" });
  });
});
