export type { ExportInterface } from "./describe.js";
export { EXPORT_DEFAULTS, type ExportOptions, type ExportReport, exportModel } from "./export.js";
export type { ExportShapes } from "./graphs.js";
