import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { FILES, toJson } from "../../../checkpoints/checkpoint.js";
import { openStoredWeights } from "../../../checkpoints/open-stored-weights.js";
import { exists, replaceFolder } from "../../../checkpoints/replace-folder.js";
import { writeSafetensors } from "../../../checkpoints/safetensors.js";
import { writeDurably } from "../../../files/atomic.js";
import { hideHome } from "../../../files/home.js";
import { readModelText } from "../../../files/model-text.js";
import type { PublishedPreparation } from "../../../images/preparation.js";
import type { WeightArray, WeightArrays } from "../../../layers/weights.js";
import { locateExported } from "../../export/weight-places.js";
import {
  EXPORT_DEFAULTS,
  type ExportReport,
  type ExportRequest,
  type ExportShapes,
} from "../../vision-language-model.js";
import type { CaptionNetwork } from "../caption-network.js";
import { PUBLISHED_FILES } from "../published-files.js";
import type { PublishedModel } from "../published-model.js";
import { captionGraphs, exportedStep } from "./caption-graphs.js";
import { type CheckedGraphs, GRAPHS, writeCheckedGraphs } from "./check-captions.js";
import { type CaptionInterface, describeCaptions } from "./describe-captions.js";

const INTERFACE = "interface.json";
const README = "README.md";
/** The start token, a word and the end. */
const SHORTEST_QUESTION = 3;

/** A published model with what its questions stand between. */
export interface ExportedParts {
  readonly model: PublishedModel;
  readonly preparation: PublishedPreparation;
  readonly question?: { readonly before: readonly number[]; readonly behind: readonly number[] } | undefined;
}

/**
 * Writes a published captioner as ONNX graphs, the encoder of pictures, that of questions if there is one, and a step of
 * the decoder, which share one file of 32-bit weights. The folder appears only when the files, run by themselves,
 * compute what the model computes; an earlier export of that name is replaced.
 * @throws SimvlmError `export-differs`, `not-a-checkpoint` when something else stands there, `cannot-write`,
 *   `text-too-long` when the model has fewer text positions than asked for, `bad-option`
 */
export async function exportCaptioner(
  parts: ExportedParts,
  folder: string,
  request: Partial<ExportRequest> = {},
): Promise<ExportReport> {
  const { network, source, weights } = parts.model;
  const { provider = "cpu", ...given } = { ...EXPORT_DEFAULTS, ...request };
  // Where no question is asked, a prompt is the beginning of the text and needs no room of its own.
  const shapes = {
    batch: given.batch,
    promptLength: network.ask ? given.promptLength : 0,
    // The usual length is for published sizes; what was asked for is not cut.
    maxLength: request.maxLength ?? Math.min(given.maxLength, network.places),
  };
  requireRoom(network, shapes);
  let checked: CheckedGraphs = { graphs: {}, maxDifference: 0 };
  await replaceFolder(folder, GRAPHS.encoder, async (draft) => {
    const path = (name: string) => join(draft, name);
    await writeSafetensors(path(FILES.weights), await readAll(source, network), { metadata: { format: "pt" } });
    const places = await locateExported(path(FILES.weights));
    const names = [...Object.keys(network.shapes).map((name) => [name, name]), ...Object.entries(network.tied ?? {})];
    const external = Object.fromEntries(names.map(([name, stored]) => [`weights/${name}`, places[stored!]!]));
    const graphs = captionGraphs(network, weights, shapes, { provider });
    checked = await writeCheckedGraphs(draft, graphs, network, shapes, (name, graph) =>
      writeDurably(path(name), graph.toOnnx({ external })),
    );
    for (const name of PUBLISHED_FILES) {
      if (await exists(join(source, name))) await writeDurably(path(name), await readModelText(join(source, name)));
    }
    const description = describe(parts, shapes, checked);
    await writeDurably(path(INTERFACE), toJson(description));
    await writeDurably(path(README), describeCaptions(description, FILES.weights, INTERFACE));
  });
  const { graphs, maxDifference } = checked;
  return { folder, ...shapes, graphs: Object.keys(graphs), maxDifference };
}

function requireRoom({ places, ask }: CaptionNetwork, { promptLength, maxLength }: ExportShapes): void {
  const longest = Math.max(maxLength, promptLength);
  if (longest > places) {
    throw new SimvlmError(
      "text-too-long",
      `The model has ${places} text positions, fewer than ${longest}. Ask for less.`,
    );
  }
  if (!ask || promptLength >= SHORTEST_QUESTION) return;
  throw new SimvlmError(
    "bad-option",
    `The model answers questions, so its prompts need room: ${SHORTEST_QUESTION} tokens at least, not ${promptLength}.`,
  );
}

async function readAll(folder: string, { shapes }: CaptionNetwork): Promise<WeightArrays> {
  const stored = await openStoredWeights(folder);
  try {
    const weights: Record<string, WeightArray> = {};
    for (const name of Object.keys(shapes)) weights[name] = await stored.read(name);
    return weights;
  } finally {
    await stored.close();
  }
}

function describe(
  { model, preparation, question }: ExportedParts,
  shapes: ExportShapes,
  { graphs }: CheckedGraphs,
): CaptionInterface {
  const { network, source, tokenizer, description } = model;
  const { preprocessing: _, transparentColour: __, ...image } = preparation;
  const { rows, places } = exportedStep(network, shapes);
  const { layers, heads, width } = network;
  return {
    source: hideHome(source),
    family: String(description.family),
    ...shapes,
    image: { ...image, channels: "RGB" },
    tokens: { start: tokenizer.startId, end: tokenizer.endId, pad: tokenizer.padId, ...(question && { question }) },
    cache: { layers, rows, heads, places, headWidth: width / heads },
    graphs,
  };
}
