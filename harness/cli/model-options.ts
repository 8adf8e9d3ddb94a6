import { stat } from "node:fs/promises";
import { type Command, Option } from "@commander-js/extra-typings";
import { SimvlmError } from "@simvlm/metrics";
import { resolveModelFolder } from "../checkpoints/model-folder.js";
import type { Provider } from "../engine/providers.js";
import { createRandomModel, listPresets, openCheckpoint } from "../models/family-registry.js";
import { withPreprocessing } from "../models/preprocessing.js";
import type { VisionLanguageModel } from "../models/vision-language-model.js";
import { withWeights } from "../models/weight-precision.js";
import { tell } from "../terminal/streams.js";
import { type OptionsOf, parseSeed, providerOption, withOptions } from "./options.js";
import { preprocessingOption } from "./preprocessing-option.js";
import { keepHeapSmall } from "./small-heap.js";
import { weightsOption } from "./weights-option.js";

/** Which model a command uses, and what runs it. */
export type ModelCommandOptions = OptionsOf<typeof modelOptions>;

const NAME_A_CHECKPOINT = "Name a trained model with --checkpoint DIR.";

export const PRESET_NAMES: readonly string[] = [...listPresets().keys()];

/** The options that say which model is used, and what runs it. */
export function modelOptions(command: Command) {
  return withOptions(withOptions(providerOption(command), weightsOption), preprocessingOption)
    .addOption(
      new Option(
        "--checkpoint <folder>",
        "the trained model, or a published captioner's name in the Hugging Face cache",
      ).conflicts("preset"),
    )
    .addOption(
      new Option(
        "--preset <name>",
        "without --checkpoint: the size of a model with random weights (default: toy)",
      ).choices(PRESET_NAMES),
    )
    .option("--seed <n>", "seed for random weights and sampling", parseSeed, 1);
}

/** @throws SimvlmError `provider`, and what opening a checkpoint and choosing its preprocessing throws */
export async function openModel(
  options: ModelCommandOptions,
  remedy?: string,
): Promise<{ model: VisionLanguageModel; provider: Provider }> {
  const { checkpoint, preset = "toy", seed, preprocessing, weights } = options;
  const { requireProvider } = await import("../engine/providers.js"); // --help does without the engine
  const provider = requireProvider(options.provider);
  keepHeapSmall();
  const opened = await (checkpoint === undefined ? createRandomModel({ preset, seed }) : openCheckpoint(checkpoint));
  const model = withPreprocessing(await withWeights(opened, weights, provider), preprocessing);
  warnIfRandom(model, remedy);
  return { model, provider };
}

/**
 * A checkpoint's folder or its name in the Hugging Face cache, or the name of a preset: then a model with random
 * weights. A folder goes first.
 * @throws SimvlmError `no-checkpoint` when it is none of them
 */
export async function resolveModel(name: string): Promise<{ checkpoint: string } | { preset: string }> {
  const found = await stat(name).catch(() => undefined);
  if (!found?.isDirectory() && PRESET_NAMES.includes(name)) return { preset: name };
  try {
    return { checkpoint: await resolveModelFolder(name) };
  } catch (error) {
    if (!(error instanceof SimvlmError && error.code === "no-checkpoint")) throw error;
    throw new SimvlmError(
      error.code,
      `${name} is neither a checkpoint's folder nor a preset. Presets: ${PRESET_NAMES.join(", ")}. ${error.message}`,
    );
  }
}

/** @param remedy what to do about it; of a command that takes a model as its argument another one */
export function warnIfRandom({ trained, source }: VisionLanguageModel, remedy = NAME_A_CHECKPOINT): void {
  if (trained) return;
  tell(`simvlm: ${source}: the words are noise. ${remedy}`);
}
