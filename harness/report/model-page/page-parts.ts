/*
 * What a model's page holds, as the page is written and as its scripts read it. Nothing here needs Node.js or a browser.
 */

/** The pieces of a model's page: each is gzip in base64, in an element of its own, or in a file beside the page. */
export const PAGE_PARTS = ["worker", "runtime", "encoder", "step", "attention", "weights"] as const;
/** One of {@link PAGE_PARTS}. */
export type PagePart = (typeof PAGE_PARTS)[number];

/** The type of the elements that hold them. */
export const PART_TYPE = "application/gzip";
