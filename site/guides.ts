import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { searchQuery } from "./search-query.js";

/** Where TypeDoc has the links of its header. */
const HEADER = 'id="tsd-toolbar-links">';

/** Where TypeDoc puts the files that guides link to, as they are: an HTML file among them is a report, and not TypeDoc's page. */
const LINKED_FILES = `media${sep}`;

/** How TypeDoc's script asks lunr: hyphens at the beginning of a word ask for everything. */
const QUERY = /(\w+)\.split\(" "\)\.map\((\w+)=>\2\.length\?`\*\$\{\2\}\*`:""\)\.join\(" "\)/;

/** Else browsers ask for one that is not there. */
const NO_ICON = '<link rel="icon" href="data:,">';

/** Copies what `npm run docs` made, with links to the rest of the site in the head of each page, and a search that knows options. */
export function copyGuides(from: string, to: string, links: Readonly<Record<string, string>>): void {
  cpSync(from, to, { recursive: true });
  for (const name of readdirSync(to, { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".html") || name.startsWith(LINKED_FILES)) continue;
    const path = join(to, name);
    const page = readFileSync(path, "utf8");
    if (!page.includes(HEADER)) throw new Error(`${path} has no ${HEADER}: TypeDoc has another header now.`);
    const own = Object.entries(links).map(([text, file]) => `<a href="${relative(dirname(path), file)}">${text}</a>`);
    writeFileSync(path, page.replace(HEADER, HEADER + own.join("")).replace("</head>", `${NO_ICON}</head>`));
  }
  const script = join(to, "assets", "main.js");
  writeFileSync(script, askWell(readFileSync(script, "utf8")));
}

/** TypeDoc's script with {@link searchQuery}. */
export function askWell(script: string): string {
  if (!QUERY.test(script)) throw new Error(`TypeDoc has another search now: its script has no ${QUERY}`);
  return script.replace(QUERY, (_, text: string) => `(${searchQuery})(${text})`);
}
