export type { FigureCell, IntervalCell, PictureCell, Row } from "./columns.js";
export { paperView } from "./paper.js";
export { scoresView } from "./scores.js";
export { slicesView } from "./slices.js";
export type { Column, ColumnKind } from "./table-data.js";
export { type TableOptions, tableView } from "./table-view.js";
export { loadThumbnails, type ThumbnailOptions, thumbnail } from "./thumbnails.js";
export { comparisonThumbnails, type WinsAndLossesOptions, winsAndLossesView } from "./wins-and-losses.js";
