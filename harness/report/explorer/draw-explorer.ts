import { createHash } from "node:crypto";
import { viridis } from "../../attention/colours.js";
import { ARRANGEMENT, type Arrangement } from "../arrangement.js";
import { type Html, html, jsonForScript } from "../html.js";
import { browserFile } from "../script.js";
import type { ExplorerJson, PaneChoice, PaneData } from "./explorer-data.js";
import { renderAtRest } from "./rest.js";

const CAUTION =
  "Attention says where the model looked, not why it chose the word. A patch stands for more of the " +
  "picture than its own square: ";
const CONVOLUTIONS = "the convolutions before the first layer see around it, and the encoder mixes all patches.";
const LAYERS = "the layers that read the picture mix all patches.";
const WITH_CONTROL = "Whatever the maps of randomised weights show as well, the model did not learn.";
const NO_CONTROL =
  "There are no maps of randomised weights to compare with here, so nothing says what of the maps was learned.";

const COLOUR_STEPS = 8;

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
  const caution = tellCaution(panes);
  const colours = Array.from({ length: COLOUR_STEPS + 1 }, (_, step) => viridis(step / COLOUR_STEPS));
  const json: ExplorerJson = { panes, start, colours, caution };
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
<p class="note">${caution}</p></div>
<script type="application/json">${data}</script>
<script>${browserFile("explorer", "js")}</script>
</div>`;
}

function tellCaution(panes: readonly PaneData[]): string {
  // Those that have a class token cut the picture into patches without looking around.
  const mixing = panes.every(({ keys }) => keys.class > 0) ? LAYERS : CONVOLUTIONS;
  return `${CAUTION}${mixing} ${panes.some(({ control }) => control) ? WITH_CONTROL : NO_CONTROL}`;
}

function hash(...texts: readonly string[]): string {
  const sum = createHash("sha256");
  for (const text of texts) sum.update(text);
  return sum.digest("hex").slice(0, 12);
}
