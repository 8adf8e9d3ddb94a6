import type * as tf from "@tensorflow/tfjs-core";
import { type CompiledFunction, compile, type TensorSpecification } from "../../../engine/index.js";
import { maskKeys } from "../../../layers/masks.js";
import { type LayerRows, openRowCache } from "../../../layers/row-cache.js";
import type { Weights } from "../../../layers/weights.js";
import type { Execution, ExportShapes } from "../../vision-language-model.js";
import type { WeightConstants } from "../../weight-constants.js";
import type { CaptionNetwork, Memory, Question, StepTokens } from "../caption-network.js";
import { stepShapes } from "../step-inputs.js";

/** What the encoder takes: `[batch, side, side, 3]`. */
export type EncoderInputs = { readonly weights: Weights; readonly images: tf.Tensor };
/** What it gives: what the decoder reads, or, where a question comes between, states `[batch, tokens, width]`. */
export type EncoderOutputs = { readonly memory?: Memory | undefined; readonly picture?: tf.Tensor | undefined };
/** What the question's encoder takes. */
export type QuestionInputs = { readonly weights: Weights; readonly picture: tf.Tensor; readonly question: Question };
/** What it gives. */
export type QuestionOutputs = { readonly memory: Memory };
/** What a step of the decoder takes; see `RowCache` about `past` and `index`. */
export type StepInputs = {
  readonly weights: Weights;
  readonly memory: Memory;
  readonly past: LayerRows;
  readonly index: tf.Tensor;
  readonly step: StepTokens;
};
/** What it gives: logits `[batch, vocabulary]`, and the rows that go into `past`. */
export type StepOutputs = { readonly logits: tf.Tensor; readonly written: LayerRows };

/** The graphs of a captioner, each compiled when it is asked for, since each holds weights of its own. */
export interface CaptionGraphs {
  encoder(): Promise<CompiledFunction<EncoderInputs, EncoderOutputs>>;
  /** Absent where no questions are asked. @param picture what the encoder gives */
  readonly question?: (picture: TensorSpecification) => Promise<CompiledFunction<QuestionInputs, QuestionOutputs>>;
  step(): Promise<CompiledFunction<StepInputs, StepOutputs>>;
}

/** A step's shape in an export: each picture has one text. */
export function exportedStep(network: CaptionNetwork, { batch, promptLength, maxLength }: ExportShapes) {
  const asks = network.ask !== undefined;
  const keys = asks ? promptLength : network.grid ** 2 + 1;
  return { batch, keys, masked: asks, rows: batch, places: maxLength };
}

/** The functions that are exported, with the shapes they are exported for. */
export function captionGraphs(
  network: CaptionNetwork,
  { signature: weights, constants }: WeightConstants,
  shapes: ExportShapes,
  execution: Execution,
): CaptionGraphs {
  const { imageSize: side, ask } = network;
  const { batch, promptLength: length } = shapes;
  const options = { ...execution, constants };
  const images = { shape: [batch, side, side, 3] };
  const encode = ({ weights, images }: EncoderInputs): EncoderOutputs => {
    const { layers, states } = network.see(weights, images);
    return layers ? { memory: { layers } } : { picture: states };
  };
  const takeStep = ({ weights, memory, past, index, step }: StepInputs): StepOutputs => {
    const cache = openRowCache(past, index, step.position);
    const states = network.step(weights, memory, cache, step); // [batch, width]
    return { logits: network.logits(weights, states), written: cache.written };
  };
  const { along: _, ...step } = stepShapes(network, exportedStep(network, shapes));
  return {
    encoder: () => compile(encode, { weights, images }, options),
    ...(ask && {
      question: (picture) => {
        const inquire = ({ weights, picture, question }: QuestionInputs): QuestionOutputs => ({
          memory: { layers: ask(weights, { states: picture }, question), mask: maskKeys(question.mask) },
        });
        const question = { tokens: { shape: [batch, length], dtype: "int32" }, mask: { shape: [batch, length] } };
        return compile(inquire, { weights, picture, question }, options);
      },
    }),
    step: () => compile(takeStep, { weights, ...step }, options),
  };
}
