export type { ReportDiff } from "../../compare/report-diff.js";
export { buildReport, REPORT_DEFAULTS, type ReportOptions } from "./build.js";
export type { Report, ReportData, ReportedRun, TryPage } from "./data.js";
export { type DiffOptions, diffReports } from "./diff-reports.js";
export { type ReportFile, readReport } from "./file.js";
export { type PictureFolder, withPictureFolder } from "./picture-folder.js";
export { renderReport } from "./report-page.js";
export { besidePage, type PicturePlace } from "./report-pictures.js";
export { type ReportVerification, verifyReport } from "./verify-report.js";
