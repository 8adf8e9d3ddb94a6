import { nameWebPage } from "../files/web-page.js";

/** What is to be said of a text that is a web page, where an answer should be; undefined for others. */
export function explainWebPage(text: string): string | undefined {
  const page = nameWebPage(text);
  if (page === undefined) return undefined;
  return `${page}, and no answer of an API: a proxy may want a login, or the address be another (mostly, it ends in /v1)`;
}
