import { createHash } from "node:crypto";
import { ARRANGEMENT, type Arrangement } from "../arrangement.js";
import { type Html, html, jsonForScript } from "../html.js";
import { browserFile } from "../script.js";
import type { PaneChoice, PaneData } from "./explorer-data.js";
import { gatherExplorer } from "./gather-explorer.js";
import { renderAtRest } from "./rest.js";

/**
 * The markup of an explorer, made of nothing but what it embeds: the same arguments give the same bytes.
 * @param start what is chosen at first
 * @param pictures one a pane, as `data:` addresses
 */
export async function drawExplorer(
  panes: readonly PaneData[],
  start: PaneChoice,
  pictures: readonly string[],
  { hasOneRange }: Arrangement = ARRANGEMENT,
): Promise<Html> {
  const json = gatherExplorer(panes, start);
  const data = jsonForScript(json);
  const id = `explorer-${hash(data.markup, ...pictures)}`;
  const [least, most] = [0, 1].map((end) => panes.map(({ range }) => range[end]!));
  const shared = [Math.min(...least!), Math.max(...most!)] as const;
  const rest = await Promise.all(
    panes.map((pane, index) => {
      const range = hasOneRange ? shared : pane.range;
      return renderAtRest(pane, { picture: pictures[index]!, id: `${id}-${index}`, range });
    }),
  );
  return html`<div class="simvlm-explorer" data-explorer="${id}" data-lm-suppress-shortcuts="true">
<style>${browserFile("explorer", "css")}</style>
<div class="rest">${rest}
<p class="note">${json.caution}</p></div>
<script type="application/json">${data}</script>
<script>${browserFile("explorer", "js")}</script>
</div>`;
}

function hash(...texts: readonly string[]): string {
  const sum = createHash("sha256");
  for (const text of texts) sum.update(text);
  return sum.digest("hex").slice(0, 12);
}
