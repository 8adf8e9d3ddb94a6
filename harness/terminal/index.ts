export { formatDiff } from "./diff-tables.js";
export { drawBlocks, drawTable } from "./draw-table.js";
export { formatComparison } from "./format-comparison.js";
export { formatLabelCurve } from "./label-curve-table.js";
export type { Alignment, Block, Table } from "./tables.js";
