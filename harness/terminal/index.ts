export { formatDiff } from "./diff-tables.js";
export { formatComparison } from "./format-comparison.js";
export { formatLabelCurve } from "./label-curve-table.js";
