import { beforeAll, describe, expect, test } from "vitest";
import { checkReport, isEqual, type ReportCheck } from "../../../../harness/report/check/check-report.js";
import { unpackScoring } from "../../../../harness/report/check/scoring.js";
import { buildReport, type ReportOptions } from "../../../../harness/report/document/build.js";
import type { ReportData } from "../../../../harness/report/document/data.js";
import { extractFiles } from "../../../../harness/report/document/embedded-file.js";
import { Scratch } from "../../cli/run-cli.js";
import { captionRuns, FEW, OTHER_TASKS } from "../document/world.js";

/** As the page does it: of nothing but the report's data. */
async function check(data: ReportData): Promise<ReportCheck> {
  const embedded = JSON.parse(JSON.stringify(data)) as ReportData;
  const files = extractFiles(embedded.data.files).map((bytes) => bytes.toString("utf8"));
  return checkReport(embedded, unpackScoring(embedded.scoring!, files), () => () => {});
}

const differing = ({ numbers }: ReportCheck) =>
  numbers.flatMap(({ numbers }) => numbers.filter((one) => !isEqual(one)));
const count = ({ numbers }: ReportCheck, kind: string) => numbers.find((one) => one.kind === kind)?.numbers.length ?? 0;

async function build(scratch: Scratch, runs: readonly string[], options: ReportOptions = {}): Promise<ReportData> {
  return (
    await buildReport(
      runs.map((run) => scratch.at(run)),
      { ...FEW, ...options },
    )
  ).data;
}

describe("captions with domains and facts", () => {
  let data: ReportData;
  beforeAll(async () => {
    data = await build(await captionRuns(), ["good", "poor"], { correct: "holm" });
  });

  test("every number of a report is computed again, to the last bit", async () => {
    const checked = await check(data);
    expect(differing(checked)).toEqual([]);
    expect(checked.unchecked).toEqual([]);
    for (const kind of ["scores and intervals", "differences and p-values", "facts", "single examples", "signatures"]) {
      expect(count(checked, kind), kind).toBeGreaterThan(0);
    }
  });
});

test.each(Object.keys(OTHER_TASKS))("a report of one run, and of two, of %s", async (task) => {
  const scratch = new Scratch();
  const run = await OTHER_TASKS[task]!(scratch);
  const data = (await buildReport([run], FEW)).data;
  if (data.scoring === undefined) return;
  expect(differing(await check(data))).toEqual([]);
});
