export {
  EXPORT_DEFAULTS,
  type ExportReport,
  type ExportRequest,
  type ExportShapes,
} from "../../model.js";
export type { ExportInterface } from "./describe.js";
export { exportModel } from "./export.js";
