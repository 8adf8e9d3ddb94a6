/*
 * The titles of tables by which a page's check knows them. Nothing here needs Node.js or a browser.
 */

/** Before the first run's label. */
export const DIFFERENCES = "Differences from";
/** Before the first run's label. */
export const DIFFERENCES_ON_SLICES = "Differences on slices from";
/** Scores on slices. */
export const SLICES = "Slices";
