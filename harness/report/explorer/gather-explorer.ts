import { viridis } from "../../attention/colours.js";
import type { ExplorerJson, PaneChoice, PaneData } from "./explorer-data.js";

const CAUTION =
  "Attention says where the model looked, not why it chose the word. A patch stands for more of the " +
  "picture than its own square: ";
const CONVOLUTIONS = "the convolutions before the first layer see around it, and the encoder mixes all patches.";
const LAYERS = "the layers that read the picture mix all patches.";
const WITH_CONTROL = "Whatever the maps of randomised weights show as well, the model did not learn.";
const NO_CONTROL =
  "There are no maps of randomised weights to compare with here, so nothing says what of the maps was learned.";

const COLOUR_STEPS = 8;

/** All that an explorer's script reads. Nothing here needs Node.js or a browser. @param start what is chosen at first */
export function gatherExplorer(panes: readonly PaneData[], start: PaneChoice): ExplorerJson {
  const colours = Array.from({ length: COLOUR_STEPS + 1 }, (_, step) => viridis(step / COLOUR_STEPS));
  return { panes, start, colours, caution: tellCaution(panes) };
}

function tellCaution(panes: readonly PaneData[]): string {
  // Those that have a class token cut the picture into patches without looking around.
  const mixing = panes.every(({ keys }) => keys.class > 0) ? LAYERS : CONVOLUTIONS;
  return `${CAUTION}${mixing} ${panes.some(({ control }) => control) ? WITH_CONTROL : NO_CONTROL}`;
}
