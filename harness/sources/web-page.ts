const PAGE = /^\s*(?:<!--[\s\S]{0,500}?-->\s*)?<(?:!doctype html|html|head|body)\b/i;
const TITLE = /<title[^>]*>([^<]{1,200})/i;

/** What is to be said of a text that is a web page, where an answer should be: `a web page, "Log in"`; undefined for others. */
export function nameWebPage(text: string): string | undefined {
  if (!PAGE.test(text)) return undefined;
  const title = TITLE.exec(text)?.[1]?.replace(/\s+/g, " ").trim();
  return (
    `a web page${title ? `, ${JSON.stringify(title)}` : ""}, and no answer of an API: a proxy may want a login, or the ` +
    "address be another (mostly, it ends in /v1)"
  );
}
