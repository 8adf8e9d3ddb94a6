export type { ReportDiff } from "../../compare/report-diff.js";
export { buildReport, REPORT_DEFAULTS, type ReportOptions } from "./build.js";
export type { Report, ReportData, ReportedRun } from "./data.js";
export { type DiffOptions, diffReports } from "./diff-reports.js";
export { type ReportFile, readReport } from "./file.js";
export { renderReport } from "./report-page.js";
export { type ReportVerification, verifyReport } from "./verify-report.js";
