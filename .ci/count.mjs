// Sums the test runners' counts in a folder of vitest JSON reports: `N passed, N failed, N skipped`. Each stage that has
// failed, such as the style check, has left a file there whose name ends in `-failed`: it counts as one more failure, unless
// its report has failures by name. So what fails is always counted and named.
// Before the counts come the failures by name, and the tests that passed only when they were tried again: whoever reads
// the end of a long log finds there what to mend.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

/** As much of a failure's message as tells what went wrong. */
const MESSAGE_LINES = 12;

const [folder] = process.argv.slice(2);
const names = readdirSync(folder);
const readReport = (name) => JSON.parse(readFileSync(join(folder, name), "utf8"));
const reports = names.filter((name) => name.endsWith(".json")).map(readReport);
// a file that does not load has no failed test, but it failed
const countFailed = (report) => Math.max(report.numFailedTests, report.numFailedTestSuites > 0 ? 1 : 0);
const failedStages = names
  .filter((name) => name.endsWith("-failed"))
  .map((name) => name.replace(/-failed$/, ""))
  .filter((stage) => !names.includes(`${stage}.json`) || countFailed(readReport(`${stage}.json`)) === 0);
const sum = (key) => reports.reduce((total, report) => total + report[key], 0);
const passed = sum("numPassedTests");
const failed = reports.reduce((total, report) => total + countFailed(report), failedStages.length);
const skipped = sum("numPendingTests") + sum("numTodoTests");
for (const report of reports) {
  for (const file of report.testResults) {
    if (file.status === "failed" && file.assertionResults.length === 0) {
      tell("failed to load", file.name, file.message);
    }
    for (const test of file.assertionResults) {
      if (test.status === "failed") {
        tell("failed", `${file.name} > ${test.fullName}`, test.failureMessages.join("\n"));
      } else if (test.status === "passed" && test.failureMessages.length > 0) {
        tell("passed when tried again", `${file.name} > ${test.fullName}`, test.failureMessages.join("\n"));
      }
    }
  }
}
for (const stage of failedStages) tell("failed", stage, "see its output above");

console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

function tell(what, name, message) {
  const lines = String(message)
    .split("\n")
    .filter((line) => !line.includes("node_modules/"))
    .slice(0, MESSAGE_LINES);
  console.log(`\n${what}: ${relative(process.cwd(), name)}\n${lines.map((line) => `  ${line}`).join("\n")}\n`);
}
