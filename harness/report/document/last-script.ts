const END_TAG = "</script>";

/**
 * What the last script with such an opening tag holds, and where: a page's own data stand at its end, and what looks like them
 * before. Undefined where there is none.
 */
export function findLastScript(page: string, tag: string): { content: string; start: number; end: number } | undefined {
  const start = page.lastIndexOf(tag) + tag.length;
  const end = page.indexOf(END_TAG, start);
  return start >= tag.length && end >= 0 ? { content: page.slice(start, end), start, end } : undefined;
}
