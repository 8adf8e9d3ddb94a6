// Sums the test runners' counts in a folder of vitest JSON reports: `N passed, N failed, N skipped`. Anything else that
// failed, such as the style check, has left a file there whose name ends in `-failed`, and counts as one more failure.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const [folder] = process.argv.slice(2);
const names = readdirSync(folder);
const reports = names
  .filter((name) => name.endsWith(".json"))
  .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")));
const sum = (key) => reports.reduce((total, report) => total + report[key], 0);
const passed = sum("numPassedTests");
// a file that does not load has no failed test, but it failed
const failedTests = Math.max(sum("numFailedTests"), sum("numFailedTestSuites") > 0 ? 1 : 0);
const failed = failedTests + names.filter((name) => name.endsWith("-failed")).length;
const skipped = sum("numPendingTests") + sum("numTodoTests");
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
