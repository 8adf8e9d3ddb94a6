import { join } from "node:path";
import { FILES as CHECKPOINT_FILES, toJson } from "../../../checkpoints/checkpoint.js";
import { replaceFolder } from "../../../checkpoints/replace-folder.js";
import { writeSafetensors } from "../../../checkpoints/safetensors.js";
import { writeDurably } from "../../../files/atomic.js";
import { toNatives } from "../../../layers/native.js";
import { serializeTokenizer } from "../../../text/tokenizer-file.js";
import { openGraph } from "../../export/graph-ports.js";
import { locateExported } from "../../export/weight-places.js";
import { EXPORT_DEFAULTS, type ExportReport, type ExportRequest } from "../../vision-language-model.js";
import { requirePositions } from "../embeddings.js";
import type { SimVLMParts } from "../simvlm.js";
import { checkExport } from "./check-export.js";
import { describeFolder, describeInterface, FILES } from "./describe-interface.js";
import { compileGraphs, type ExportGraphs, WEIGHTS } from "./graphs.js";

/**
 * Writes a model as two ONNX graphs that share one file of 32-bit weights, with its config, its tokenizer and a
 * description of inputs and outputs. The folder appears only when the files, run by themselves, compute what the model
 * computes; an earlier export of that name is replaced.
 * @throws SimvlmError `export-differs`, `not-a-checkpoint` when something else stands there, `cannot-write`,
 *   `text-too-long` when the model has fewer text positions than asked for
 */
export async function exportModel(
  model: SimVLMParts,
  folder: string,
  request: Partial<ExportRequest> = {},
): Promise<ExportReport> {
  const { batch, promptLength, maxLength, provider = "cpu" } = { ...EXPORT_DEFAULTS, ...request };
  const shapes = { batch, promptLength, maxLength };
  const before = model.config.layout === "decoder-only" ? promptLength : 0; // one sequence, one table of positions
  requirePositions(before + maxLength, model.config);
  const graphs = await compileGraphs(model.config, shapes, { provider });
  let maxDifference = 0;
  try {
    await replaceFolder(folder, FILES.encoder, async (draft) => {
      await writeGraphs(draft, model, graphs);
      const sessions = {
        encoder: await openGraph(draft, FILES.encoder),
        step: await openGraph(draft, FILES.step),
      };
      maxDifference = await checkExport(sessions, graphs, toNatives(model.weights), model.config, shapes);
      const description = describeInterface(model, shapes, sessions);
      await writeDurably(join(draft, FILES.interface), toJson(description));
      await writeDurably(join(draft, FILES.readme), describeFolder(description));
      await Promise.all([sessions.encoder.release(), sessions.step.release()]);
    });
  } finally {
    await Promise.all([graphs.encoder.dispose(), graphs.step.dispose()]);
  }
  return { folder, ...shapes, graphs: [FILES.encoder, FILES.step], maxDifference };
}

async function writeGraphs(draft: string, model: SimVLMParts, graphs: ExportGraphs): Promise<void> {
  const path = (name: string) => join(draft, name);
  await writeDurably(path(CHECKPOINT_FILES.config), toJson(model.config));
  await writeDurably(path(CHECKPOINT_FILES.tokenizer), serializeTokenizer(model.tokenizer.file));
  await writeSafetensors(path(CHECKPOINT_FILES.weights), model.weights, { metadata: { format: "simvlm" } });
  const places = await locateExported(path(CHECKPOINT_FILES.weights));
  const placesOf = (names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [`${WEIGHTS}${name}`, places[name]!]));
  const { encoder, step, encoderWeights, stepWeights } = graphs;
  await writeDurably(path(FILES.encoder), encoder.toOnnx({ external: placesOf(encoderWeights) }));
  await writeDurably(path(FILES.step), step.toOnnx({ external: placesOf(stepWeights) }));
}
