import { hideHome } from "../../../files/home.js";
import { describeGraph, formatGraphs, type GraphPorts } from "../../export/graph-ports.js";
import type { ExportShapes } from "../../vision-language-model.js";
import { CAPTION_PROMPTS, type SimVLMParts } from "../simvlm.js";
import type { ExportSessions } from "./check-export.js";

/** What an exported folder has besides the checkpoint's own files. */
export const FILES = {
  encoder: "encoder.onnx",
  step: "decoder-step.onnx",
  interface: "interface.json",
  readme: "README.md",
} as const;

/** What a program needs to know to run the exported graphs. */
export interface ExportInterface extends ExportShapes {
  readonly source: string;
  readonly trained: boolean;
  readonly image: {
    readonly size: number;
    readonly channels: "RGB";
    readonly framing: "stretch";
    readonly mean: number;
    readonly std: number;
  };
  readonly tokens: { readonly start: number; readonly end: number; readonly pad: number };
  readonly graphs: Readonly<Record<string, GraphPorts>>;
}

/** The names and shapes of what the exported graphs take and give. */
export function describeInterface(
  { config, tokenizer, source, trained }: SimVLMParts,
  shapes: ExportShapes,
  { encoder, step }: ExportSessions,
): ExportInterface {
  const { startId: start, endId: end, padId: pad } = tokenizer;
  return {
    source: hideHome(source),
    trained,
    ...shapes,
    image: { size: config.imageSize, channels: "RGB", framing: "stretch", mean: 0.5, std: 0.5 },
    tokens: { start, end, pad },
    graphs: { [FILES.encoder]: describeGraph(encoder), [FILES.step]: describeGraph(step) },
  };
}

/** The folder explained for whoever finds it. */
export function describeFolder({ source, trained, batch, promptLength, maxLength, image, graphs }: ExportInterface) {
  return `# SimVLM for ONNX Runtime

From ${source}${trained ? "" : ": untrained, so its words are noise"}. \`${FILES.encoder}\` runs once for a batch of
${batch}, \`${FILES.step}\` once for each token, ${maxLength} at most. Both read their weights from \`model.safetensors\`,
which must stay beside them. The folder is also a checkpoint of simvlm.

1. Picture: upright RGB, stretched to ${image.size} × ${image.size}, each channel (value / 255 − ${image.mean}) / ${image.std}.
2. Prompt (such as "${CAPTION_PROMPTS.en}"): ids by \`tokenizer.json\`, padded to ${promptLength}; the mask is 1 for ids and 0 for padding.
3. Encoder: its \`memory/…\` outputs are the step's inputs of the same names.
4. Step: \`step/tokens\` begins with the start token, \`step/position\` with 0, \`cache/…\` with zeros. Choose each row's
   next token from \`logits\`, feed \`cache/…:out\` back as \`cache/…\`, add 1 to the position; stop at the end token.
   A beam search reorders the rows of the cache itself.

The ids of the special tokens are in \`${FILES.interface}\`.

${formatGraphs(graphs)}`;
}
