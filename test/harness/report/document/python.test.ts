import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readReport } from "../../../../harness/report/document/file.js";
import { captionRuns, writeReport } from "./world.js";

const hasPython = spawnSync("python3", ["--version"]).status === 0;

test.skipIf(!hasPython)("the Python of the docs reads a report's data", async () => {
  const scratch = await captionRuns();
  const page = await writeReport(scratch, ["good", "poor"]);
  scratch.write("report.html", page);
  const [, program] = /```python\n(.*?)```/s.exec(readFileSync("docs/reports.md", "utf8"))!;
  const { stdout, stderr } = spawnSync("python3", ["-"], {
    cwd: scratch.at("."),
    input: `${program}\nprint(json.dumps(data))`,
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  expect(JSON.parse(stdout)).toEqual(readReport(page, "report.html").data);
});
