import type { PortableDescription } from "../../models/portable/portable-model.js";

/*
 * What a model's page holds, as the page is written and as its scripts read it. Nothing here needs Node.js or a browser.
 */

/** The pieces of a model's page: each is gzip in base64, in an element of its own, or a file in a folder beside the page. */
export const PAGE_PARTS = ["worker", "runtime", "encoder", "step", "attention", "weights"] as const;
/** One of {@link PAGE_PARTS}. */
export type PagePart = (typeof PAGE_PARTS)[number];

/** The type of the elements that hold them. */
export const PART_TYPE = "application/gzip";

/** The pieces' folder, where they lie beside the page. */
export interface BesidePage {
  /** Its name. */
  readonly folder: string;
  /** As `integrity` of a request has them. */
  readonly hashes: Readonly<Record<PagePart, string>>;
}

/** A picture that a page offers to whoever has none at hand. */
export interface SamplePicture {
  readonly name: string;
  /** As `image/jpeg`. */
  readonly type: string;
  /** Its file. */
  readonly base64: string;
}

/** What a page's script reads first. */
export interface PageData {
  readonly description: PortableDescription;
  readonly beside?: BesidePage;
  /** Perhaps none. */
  readonly samples: readonly SamplePicture[];
}

/** The name of the folder that a page's pieces lie in. @param page the name of its file */
export function partFolder(page: string): string {
  return `${page.replace(/\.html?$/i, "")}.model`;
}

/** The name of a piece's file; weights are not compressed. */
export function partFile(part: PagePart): string {
  return part === "weights" ? part : `${part}.gz`;
}

/** Whether a page is one of these. */
export function isModelPage(page: string): boolean {
  return page.includes("<div data-model>");
}
