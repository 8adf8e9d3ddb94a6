import type { PublishedPreparation } from "../../../images/preparation.js";
import { formatGraphs, type GraphPorts } from "../../export/graph-ports.js";
import type { ExportShapes } from "../../vision-language-model.js";
import { GRAPHS } from "./check-captions.js";

/** What a program needs to know to run the exported graphs of a published captioner. */
export interface CaptionInterface extends ExportShapes {
  readonly source: string;
  readonly family: string;
  readonly image: Omit<PublishedPreparation, "preprocessing" | "transparentColour"> & { readonly channels: "RGB" };
  readonly tokens: {
    readonly start: number;
    readonly end: number;
    readonly pad: number;
    /** Ids before and behind a question; absent where none are asked. */
    readonly question?: { readonly before: readonly number[]; readonly behind: readonly number[] };
  };
  /** Of the text so far: `past/…` is `[places · rows · heads, headWidth]`, place after place. */
  readonly cache: {
    readonly layers: readonly string[];
    readonly rows: number;
    readonly heads: number;
    readonly places: number;
    readonly headWidth: number;
  };
  readonly graphs: Readonly<Record<string, GraphPorts>>;
}

/** The folder explained for whoever finds it. */
export function describeCaptions(description: CaptionInterface, weights: string, interfaceFile: string): string {
  const { source, batch, maxLength, promptLength, image, cache, graphs, tokens } = description;
  const { question } = tokens;
  const asking = question
    ? `
3. Question: its ids by the tokenizer, with ${question.before} before and ${question.behind} behind them, padded to
   ${promptLength}; the mask is 1 for ids and 0 for padding. \`${GRAPHS.question}\` takes it with the encoder's
   \`picture\`; its \`memory/…\` outputs are the step's inputs of the same names, and serve one question. The states of
   the picture serve all that are asked about it.`
    : `
3. The encoder's \`memory/…\` outputs are the step's inputs of the same names, and serve all that is said of the
   picture. A prompt is the beginning of the text: feed its ids after the start token.`;
  return `# A captioner for ONNX Runtime

From ${source}.

\`${GRAPHS.encoder}\` runs once for ${batch === 1 ? "a picture" : `a batch of ${batch} pictures`},${question ? ` \`${GRAPHS.question}\` once for a question,` : ""}
and \`${GRAPHS.step}\` once for each token, ${maxLength} at most. They read their weights from \`${weights}\`, which
must stay beside them. The folder is also a model of simvlm, and has its tokenizer's files and
preprocessor_config.json as they were.

1. Picture: RGB, ${describeFraming(image)} (${image.kernel}, as Pillow does it), then (value × ${image.rescale} − mean) / std of
   each channel; mean and std are in \`${interfaceFile}\`.
2. Encoder: \`images\` \`[batch, height, width, 3]\`.${asking}
4. Step: \`step/tokens\` begins with the start token (${tokens.start}), \`step/position\` with 0. Choose each row's next token from
   \`logits\`, add 1 to the position, stop at the end token (${tokens.end}).
5. Cache: \`past/LAYER/keys\` and \`past/LAYER/values\` are buffers of \`[places · rows · heads, headWidth]\`,
   here [${cache.places} · ${cache.rows} · ${cache.heads}, ${cache.headWidth}], zeros at first. After each step copy \`written/LAYER/keys\` and \`…/values\`,
   \`[rows, heads · headWidth]\`, into them, from the number \`position · rows · heads · headWidth\` on. \`index\`
   \`[rows, heads, places]\` says where each row's text lies: \`index[r, h, p] = (p · rows + r) · heads + h\`. It can be
   filled once; places from \`step/position\` on are not looked at. A beam search leaves the buffers as they are and
   gives each row its parent's index.

The ids of the special tokens are in \`${interfaceFile}\`, too.

${formatGraphs(graphs)}`;
}

function describeFraming({ framing }: Pick<CaptionInterface, "image">["image"]): string {
  const square = `${framing.size} × ${framing.size}`;
  if (framing.kind === "stretch") return `stretched to ${square}`;
  const { resize } = framing;
  if (resize === "none") return `its middle ${square} cut out`;
  const before =
    "shorterSide" in resize ? `its shorter side to ${resize.shorterSide}` : `to ${resize.width} × ${resize.height}`;
  return `resized ${before}, its middle ${square} cut out`;
}
