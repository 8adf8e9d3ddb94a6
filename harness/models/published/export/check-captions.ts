import { type CompiledFunction, type Feed, type MapTree, NativeTensor } from "../../../engine/index.js";
import { createRandom, type Random } from "../../../random.js";
import { compareOutputs, requireAgreement, toFeeds } from "../../export/compare-outputs.js";
import { describeGraph, type GraphPorts, openGraph } from "../../export/graph-ports.js";
import type { ExportShapes } from "../../vision-language-model.js";
import type { CaptionNetwork } from "../caption-network.js";
import { makeCache } from "../step-inputs.js";
import { type CaptionGraphs, exportedStep, type StepInputs } from "./caption-graphs.js";

/** The names of the graphs' files. */
export const GRAPHS = {
  encoder: "encoder.onnx",
  question: "question-encoder.onnx",
  step: "decoder-step.onnx",
} as const;

/** Writes a graph's file. */
export type WriteGraph = (name: string, graph: Pick<CompiledFunction<unknown, unknown>, "toOnnx">) => Promise<void>;

/** What exported graphs take and give, by their names, and what they differ from the compiled model by. */
export interface CheckedGraphs {
  readonly graphs: Readonly<Record<string, GraphPorts>>;
  readonly maxDifference: number;
}

/**
 * Writes the graphs into a folder and runs them by themselves on random pictures, questions and texts, beside the
 * compiled model: one after the other, since each holds weights of its own.
 * @throws SimvlmError `export-differs`
 */
export async function writeCheckedGraphs(
  folder: string,
  { encoder, question, step }: CaptionGraphs,
  network: CaptionNetwork,
  shapes: ExportShapes,
  write: WriteGraph,
): Promise<CheckedGraphs> {
  const graphs: Record<string, GraphPorts> = {};
  let maxDifference = 0;
  /** @returns what the compiled function gives at the last call */
  const check = async <Inputs, Outputs>(
    name: string,
    compiled: CompiledFunction<Inputs, Outputs>,
    calls: readonly MapTree<Inputs, Feed>[],
  ): Promise<MapTree<Outputs, NativeTensor>> => {
    const expected: MapTree<Outputs, NativeTensor>[] = [];
    try {
      await write(name, compiled);
      for (const call of calls) expected.push(await compiled.run(call));
    } finally {
      await compiled.dispose();
    }
    const session = await openGraph(folder, name);
    try {
      graphs[name] = describeGraph(session);
      for (const [i, call] of calls.entries()) {
        maxDifference = Math.max(maxDifference, compareOutputs(expected[i], await session.run(toFeeds(call))));
      }
    } finally {
      await session.release();
    }
    return expected.at(-1)!;
  };

  const random = createRandom(1);
  const seen = await check(GRAPHS.encoder, await encoder(), [
    { weights: {}, images: randomImages(random, network, shapes) },
  ]);
  const asked = question && {
    weights: {},
    picture: seen.picture!,
    question: randomQuestions(random, network, shapes),
  };
  const { memory } = asked ? await check(GRAPHS.question, await question(asked.picture), [asked]) : seen;
  const texts = [0, Math.floor(shapes.maxLength / 2)].map((position) => randomStep(random, network, shapes, position));
  await check(
    GRAPHS.step,
    await step(),
    texts.map((text) => ({ weights: {}, memory: memory!, ...text })),
  );
  requireAgreement(maxDifference);
  return { graphs, maxDifference };
}

function randomImages(random: Random, { imageSize: side }: CaptionNetwork, { batch }: ExportShapes): NativeTensor {
  const pixels = Float32Array.from({ length: batch * side ** 2 * 3 }, () => 2 * random.next() - 1);
  return NativeTensor.of(pixels, [batch, side, side, 3]);
}

/** The last place of each is padding: what hides it is tried, too. */
function randomQuestions(random: Random, { vocabularySize }: CaptionNetwork, { batch, promptLength }: ExportShapes) {
  const shape = [batch, promptLength];
  const tokens = Int32Array.from({ length: batch * promptLength }, () => random.integer(vocabularySize));
  const mask = Float32Array.from(tokens, (_, i) => ((i + 1) % promptLength === 0 ? 0 : 1));
  return { tokens: NativeTensor.of(tokens, shape, "int32"), mask: NativeTensor.of(mask, shape) };
}

/** A step at a place of texts that were said at random. */
function randomStep(
  random: Random,
  network: CaptionNetwork,
  shapes: ExportShapes,
  position: number,
): MapTree<Omit<StepInputs, "weights" | "memory">, NativeTensor> {
  const { rows, places } = exportedStep(network, shapes);
  const past = makeCache(network, { ...exportedStep(network, shapes) });
  const filled = position * rows * network.width;
  for (const { keys, values } of Object.values(past)) {
    for (const { data } of [keys, values]) for (let i = 0; i < filled; i++) data[i] = random.normal();
  }
  const tokens = Int32Array.from({ length: rows }, () => random.integer(network.vocabularySize));
  return {
    past,
    index: ownPlaces(rows, network.heads, places),
    step: {
      tokens: NativeTensor.of(tokens, [rows], "int32"),
      position: NativeTensor.of(Int32Array.of(position), [], "int32"),
    },
  };
}

/** `[rows, heads, places]`: where each row's own text lies in the buffers. */
function ownPlaces(rows: number, heads: number, places: number): NativeTensor {
  const index = new Int32Array(rows * heads * places);
  for (let head = 0; head < rows * heads; head++) {
    for (let place = 0; place < places; place++) index[head * places + place] = place * rows * heads + head;
  }
  return NativeTensor.of(index, [rows, heads, places], "int32");
}
