/** So many captions are joined at a time. */
const BLOCK = 4096;
const LINE_BREAKS = /[\n\r\v\f\u2028\u2029]/g;

/** Captions in one piece, which can be tokenised without the others. */
export interface CaptionBlock {
  /** A line a caption, then as much of the captions that follow as the last one can depend on. */
  readonly text: string;
  /** How many lines are the block's own. */
  readonly captions: number;
}

/** The captions in blocks, in their order. One piece is read fast, all in one would take much memory. */
export function* captionBlocks(captions: readonly string[]): Generator<CaptionBlock> {
  for (let first = 0; first < captions.length; first += BLOCK) {
    const own = captions.slice(first, first + BLOCK).map(unbroken);
    yield { text: [...own, ...whatFollows(captions, first + BLOCK)].join("\n"), captions: own.length };
  }
}

/** A caption as one line. */
function unbroken(caption: string): string {
  return caption.replace(LINE_BREAKS, " ");
}

/** As much of the captions from `next` on as the one before can depend on: up to the end of the first that is not blank. */
function whatFollows(captions: readonly string[], next: number): string[] {
  const lines: string[] = [];
  for (let i = next; i < captions.length; i++) {
    const caption = unbroken(captions[i]!);
    lines.push(caption);
    if (/[^ \t\u00a0\u2000-\u200a\u3000]/.test(caption)) return i + 1 < captions.length ? [...lines, ""] : lines;
  }
  return lines;
}
