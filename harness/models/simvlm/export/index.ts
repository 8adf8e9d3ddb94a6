export {
  EXPORT_DEFAULTS,
  type ExportReport,
  type ExportRequest,
  type ExportShapes,
} from "../../vision-language-model.js";
export type { ExportInterface } from "./describe.js";
export { exportModel } from "./export.js";
