const PAGE = /^\s*(?:<!--[\s\S]{0,500}?-->\s*)?<(?:!doctype html|html|head|body)\b/i;
const TITLE = /<title[^>]*>([^<]{1,200})/i;

/** A text that is a web page, as people call it: `a web page, "Log in"`; undefined for others. @param text its beginning will do */
export function nameWebPage(text: string): string | undefined {
  if (!PAGE.test(text)) return undefined;
  const title = TITLE.exec(text)?.[1]?.replace(/\s+/g, " ").trim();
  return `a web page${title ? `, ${JSON.stringify(title)}` : ""}`;
}
