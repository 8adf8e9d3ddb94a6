export { formatComparison } from "./comparison/format-comparison.js";
export { formatDiff } from "./diff-tables.js";
export { formatLabelCurve } from "./label-curve-table.js";
