import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import fc from "fast-check";
import { compareRuns } from "../../harness/compare/compare-runs.js";
import { hashText } from "../../harness/files/hash.js";
import { buildReport } from "../../harness/report/document/build.js";
import { diffReports } from "../../harness/report/document/diff-reports.js";
import { formatSeal, openReport, readReport, sealPage } from "../../harness/report/document/file.js";
import { renderReport } from "../../harness/report/document/report-page.js";
import { sealValues } from "../../harness/report/document/seal.js";
import { verifyReport } from "../../harness/report/document/verify-report.js";
import { explorerView } from "../../harness/report/explorer/index.js";
import { mergeRuns } from "../../harness/runs/merge-runs.js";
import { verifyRun } from "../../harness/runs/verify-run.js";
import { Scratch } from "../harness/cli/run-cli.js";
import { CAPTIONS, makeRun, writeCaptionData } from "../harness/compare/runs.js";
import { dataIn, withData } from "../harness/report/document/edit-data.js";
import { makeExploration } from "../harness/report/explorer/made.js";
import { cuts, type Mutation, mutateJson, mutations } from "./mutate.js";

/** Of processor time, since other processes may hold this one up. */
const MOST_SECONDS = 2;

/** Whatever a file holds, it is read, or refused with a code, and soon. */
export async function requireCoded(what: () => Promise<unknown>): Promise<"read" | "refused"> {
  const before = process.cpuUsage();
  const outcome = await what().then(
    () => "read" as const,
    (error: unknown) => {
      if (!(error instanceof SimvlmError)) throw error;
      return "refused" as const;
    },
  );
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1e6;
  if (seconds > MOST_SECONDS) throw new Error(`It took ${seconds} s.`);
  return outcome;
}

/** Small runs, as few as there can be. */
async function makeWorld(): Promise<Scratch> {
  const scratch = new Scratch();
  const captions = CAPTIONS.slice(0, 4);
  writeCaptionData(scratch, { captions, facts: true });
  const say = (_: string, place: number) => captions[place];
  await makeRun(scratch, "good", say);
  await makeRun(scratch, "poor", (_, place) => (place === 1 ? undefined : captions[(place + 1) % 3]), {});
  await makeRun(scratch, "run", say);
  await makeRun(scratch, "part", say, { shard: { index: 1, of: 1 } });
  return scratch;
}

const FEW = { resamples: 3, examples: 2, explore: 0 } as const;

/** A report with an explorer in it, and cases in which something of it is another. */
export async function reportCases(runs: number, seed?: number): Promise<Record<string, number>> {
  const scratch = await makeWorld();
  const built = await buildReport([scratch.at("good"), scratch.at("run")], FEW);
  const { markup } = (await explorerView([{ ...makeExploration({ words: ["a", "b"], layers: 1 }), source: "good" }]))
    .markup;
  const figure = { id: built.data.examples!.ids[0]!, why: "", runs: ["good"], sha256: hashText(markup) };
  const data = { ...built.data, attention: { figures: [figure], remarks: [] } };
  const page = await renderReport({ data, figures: new Map([["map-1", markup]]) });
  const json = dataIn(page);
  const counts: Record<string, number> = {};
  const check = async (made: string | Promise<string>) => {
    const path = scratch.write("report.html", await made);
    const outcome = await requireCoded(() => verifyReport(path));
    await requireCoded(async () => diffReports(data, (await openReport(path)).data));
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  };
  const changedData = fc.tuple(mutations, fc.boolean()).map(async ([changes, isSealed]) => {
    const text = await withData(page, () => mutateJson(json, changes));
    return isSealed ? reseal(text) : text;
  });
  const changedFigure = mutations.map((changes) => {
    const start = page.indexOf('<script type="application/json">', page.indexOf("<!--simvlm-figure ")) + 32;
    const end = page.indexOf("</script>", start);
    const changed = mutateJson(page.slice(start, end), changes).replaceAll("<", "\\u003c");
    const text = page.slice(0, start) + changed + page.slice(end);
    const found = readReport(text, "").figures.get("map-1") ?? "";
    return reseal(text.replaceAll(figure.sha256, hashText(found)));
  });
  const cut = cuts.map(({ start, length, insert }) => {
    const at = Math.floor(start * page.length);
    return page.slice(0, at) + insert + page.slice(at + length);
  });
  const cases = fc.oneof({ weight: 6, arbitrary: changedData }, { weight: 2, arbitrary: changedFigure }, cut);
  await fc.assert(fc.asyncProperty(cases, check), {
    numRuns: runs,
    ...(seed !== undefined && { seed }),
    endOnFailure: true,
  });
  return counts;
}

/** As it stands where it cannot be read. */
function reseal(text: string): string {
  try {
    const { unsealed, data, sealText } = readReport(text, "");
    const place = unsealed.lastIndexOf('id="simvlm-seal">') + 'id="simvlm-seal">'.length;
    return (
      unsealed.slice(0, place) + (formatSeal(sealPage(unsealed, sealValues(data))) || sealText) + unsealed.slice(place)
    );
  } catch (error) {
    if (error instanceof SimvlmError) return text;
    throw error;
  }
}

/** JSON, or the first of JSON lines. */
function mutateLines(text: string, changes: readonly Mutation[]): string {
  const [first, ...others] = text.split("\n");
  return first!.length > 1 && others.length > 1
    ? [mutateJson(first!, changes), ...others].join("\n")
    : mutateJson(text, changes);
}

const FILES = ["manifest.json", "manifest.json", "scores.json", "seal.json", "predictions.jsonl"];

/** Runs of which a file, or the data, are others, or something that is no file. */
export async function runCases(runs: number, seed?: number): Promise<Record<string, number>> {
  const scratch = await makeWorld();
  const counts: Record<string, number> = {};
  const kept = scratch.at("kept");
  mkdirSync(kept);
  for (const name of ["run", "part", "data"]) cpSync(scratch.at(name), join(kept, name), { recursive: true });
  const restore = () => {
    for (const name of readdirSync(kept)) {
      rmSync(scratch.at(name), { recursive: true, force: true });
      cpSync(join(kept, name), scratch.at(name), { recursive: true });
    }
  };
  const commands: Readonly<Record<string, () => Promise<unknown>>> = {
    verify: () => verifyRun(scratch.at("run")),
    compare: () => compareRuns([scratch.at("run"), scratch.at("good")], { resamples: 3, wins: 2 }),
    report: async () => renderReport(await buildReport([scratch.at("run")], FEW)),
    merge: () => mergeRuns({ folders: [scratch.at("part")], out: scratch.at("merged") }),
  };
  const change = fc.oneof(
    { weight: 8, arbitrary: mutations.map((changes) => (text: string) => mutateLines(text, changes)) },
    cuts.map(({ start, length, insert }) => (text: string) => {
      const at = Math.floor(start * text.length);
      return text.slice(0, at) + insert + text.slice(at + length);
    }),
  );
  const kinds = fc.constantFrom("json", "json", "json", "json", "json", "json", "folder", "device", "missing");
  const name = fc.constantFrom(
    ...FILES.map((file) => `run/${file}`),
    "part/manifest.json",
    "part/predictions.jsonl",
    "data/test.json",
    "data/test-facts.jsonl",
  );
  const property = fc.asyncProperty(
    name,
    kinds,
    change,
    fc.constantFrom(...Object.keys(commands)),
    async (file, kind, edit, command) => {
      restore();
      rmSync(scratch.at("merged"), { recursive: true, force: true });
      const path = scratch.at(file);
      const text = readFileSync(path, "utf8");
      rmSync(path);
      if (kind === "json") writeFileSync(path, edit(text));
      else if (kind === "folder") mkdirSync(path);
      else if (kind === "device") symlinkSync("/dev/zero", path);
      const outcome = await requireCoded(commands[command]!);
      const key = `${command} ${outcome}`;
      counts[key] = (counts[key] ?? 0) + 1;
    },
  );
  await fc.assert(property, { numRuns: runs, ...(seed !== undefined && { seed }), endOnFailure: true });
  return counts;
}
