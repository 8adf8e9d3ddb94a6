import type { Explanation } from "@simvlm/metrics";
import type { ExplainedExample } from "../../compare/explained.js";
import { drawBlocks } from "../../terminal/draw-table.js";
import { explanationBlocks, partBlocks } from "../../terminal/explanation-blocks.js";
import { html } from "../html.js";
import { browserStyle } from "../script.js";
import type { View } from "../view.js";
import { drawExplained, drawPart } from "./draw-explanation.js";

/** Why examples have their scores: each folded, to be opened. It needs no script. */
export function explanationsView(examples: readonly ExplainedExample[], { open = false } = {}): View {
  const markup = html`<div class="simvlm-why">${browserStyle("why")}
${examples.map((example) => drawExplained(example, open))}</div>`;
  return { markup, libraries: [], text: drawBlocks(explanationBlocks(examples)) };
}

/** Why one example has its score, as a metric's result explains it. */
export function explanationView({ parts }: Explanation): View {
  const markup = html`<div class="simvlm-why">${browserStyle("why")}
${parts.map(drawPart)}</div>`;
  return { markup, libraries: [], text: drawBlocks(partBlocks(parts)) };
}
