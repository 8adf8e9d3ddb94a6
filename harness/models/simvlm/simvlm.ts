import type { CompileOptions } from "../../engine/compile.js";
import { type NativeWeights, toNatives } from "../../layers/native.js";
import type { WeightArrays } from "../../layers/weights.js";
import type { Tokenizer } from "../../text/assemble-tokenizer.js";
import { serializeTokenizer } from "../../text/tokenizer-file.js";
import type { PortableGraphs, PortableShapes } from "../portable/portable-model.js";
import type { Trainable } from "../trainable.js";
import type { ClassifierHead, VisionLanguageModel } from "../vision-language-model.js";
import { holdWeights, type WeightConstants } from "../weight-constants.js";
import { EIGHT_BITS } from "../weight-precision.js";
import type { HostPrefix } from "./batch.js";
import { createClassifier } from "./classifier.js";
import { createCompiledDecoder } from "./compiled-decoder.js";
import { type Head, initializeAnswerHead } from "./heads.js";
import { sampleNoise } from "./noise.js";
import { generationObjective, headObjective, pretrainingObjective } from "./objectives.js";
import { initializeWeights } from "./parameters.js";
import { batchPrefixes, promptPlaces } from "./prefix-batch.js";
import { attentionMaps } from "./simvlm-attention.js";
import { checkpointFiles } from "./simvlm-checkpoint.js";
import type { SimVLMConfig } from "./simvlm-config.js";

/** What a SimVLM is made of, but for its weights. */
interface Assembly {
  readonly config: SimVLMConfig;
  /** A classifier on top of it, with its own weights. */
  readonly head?: (Head & { readonly weights: WeightArrays }) | undefined;
  readonly tokenizer: Tokenizer;
  /** The text of its `tokenizer.json`; default what the tokenizer itself writes. */
  readonly tokenizerText?: string | undefined;
  /** Where it comes from, for a person to read. */
  readonly source: string;
  readonly trained: boolean;
}

/** What a SimVLM is made of. */
export interface SimVLMParts extends Assembly {
  readonly weights: WeightArrays;
}

/** What a SimVLM is made of whose weights lie in a folder: graphs read them there, and whoever trains reads them himself. */
export interface StoredParts extends Assembly, Pick<SimVLM, "readWeights"> {
  /** The head's too. */
  readonly stored: WeightConstants;
}

/** A SimVLM, ready to use. */
export interface SimVLM extends VisionLanguageModel<HostPrefix> {
  readonly config: SimVLMConfig;
  readonly head?: Assembly["head"];
  /** Its weights without those of a head, in memory; a folder's are read at each call. */
  readWeights(): Promise<WeightArrays>;
}

/** What stands beside the picture; the paper's prompt (§4.1.1), as captions are written, without a capital. */
export const CAPTION_PROMPTS = { en: "a picture of", de: "ein Bild von" } as const;

/** A model of weights in memory, which all of its graphs share. */
export function createSimVLM({ weights, ...assembly }: SimVLMParts): SimVLM & Pick<SimVLMParts, "weights"> {
  const all = { ...weights, ...assembly.head?.weights };
  const shared = { arguments: toNatives(all), options: {} };
  const readWeights = async () => weights;
  return { ...assemble({ ...assembly, readWeights }, shared, async () => holdWeights(all)), weights };
}

/** A model of weights in a folder, which each of its graphs lays out for its products. */
export function createStoredSimVLM({ stored, ...parts }: StoredParts): SimVLM {
  return assemble(parts, { arguments: {}, options: { constants: stored.constants } }, async () => stored);
}

function assemble(
  parts: Omit<StoredParts, "stored">,
  graphWeights: GraphWeights,
  readConstants: () => Promise<WeightConstants>,
): SimVLM {
  const { config, head, readWeights } = parts;
  const { head: _, ...asked } = createAsked(parts, graphWeights);
  return {
    ...asked,
    config,
    ...(head && { head }),
    readWeights,
    inEightBits: async () => createInEightBits(parts, await readConstants()),
    trainable: describeTraining(parts),
    async export(folder, request) {
      const { exportModel } = await import("./export/export-simvlm.js");
      return exportModel({ ...parts, weights: await readWeights() }, folder, request);
    },
    makePortable: async (shapes) => makePortable(config, await readConstants(), shapes),
  };
}

/** Weights as graphs take them: arguments that all of them share, or, among the options, constants of each. */
interface GraphWeights {
  readonly arguments: NativeWeights;
  readonly options: Pick<CompileOptions, "constants" | "matrices">;
}

/** What is asked of a model. It keeps no weights but those it is given, so that others can be let go. */
function createAsked(
  { config, head, tokenizer, source, trained }: Omit<Assembly, "head"> & { head?: Head | undefined },
  { arguments: all, options }: GraphWeights,
): VisionLanguageModel<HostPrefix> {
  const own = Object.fromEntries(Object.entries(all).filter(([name]) => !isHead(name)));
  return {
    source,
    trained,
    description: { trained, config },
    tokenizer,
    // The whole picture, stretched to the model's square.
    preparation: { framing: { kind: "stretch", size: config.imageSize } },
    prompting: { place: "encoder", usual: CAPTION_PROMPTS, longest: config.textLength },
    longestText: config.textLength - 1, // one place of the decoder is the start token's
    toBatch: (examples, places) => batchPrefixes(examples, config, tokenizer.padId, places),
    createDecoder: (execution) => createCompiledDecoder(own, config, { ...execution, ...options }),
    ...(head && {
      head,
      createClassifier: (places, execution) =>
        createClassifier(all, head, config, tokenizer, places, { ...execution, ...options }),
    }),
    attention: attentionMaps(own, config, tokenizer, options),
  };
}

/** It keeps no weights but the constants, of which those in a file are read there. */
function createInEightBits(
  { head: whole, ...others }: Assembly,
  { constants }: WeightConstants,
): VisionLanguageModel<HostPrefix> {
  const head = whole && { classes: whole.classes, passes: whole.passes, labels: whole.labels };
  const model = createAsked({ ...others, head }, { arguments: {}, options: { constants, matrices: "int8" } });
  return {
    ...model,
    description: { ...model.description, weights: EIGHT_BITS },
    makePortable: (shapes) => makePortable(others.config, { constants, matrices: EIGHT_BITS.precision }, shapes),
  };
}

async function makePortable(
  config: SimVLMConfig,
  constants: Pick<WeightConstants, "constants" | "matrices">,
  shapes: PortableShapes,
): Promise<PortableGraphs> {
  const { makePortableSimVLM } = await import("./export/portable-simvlm.js");
  return makePortableSimVLM(config, constants, shapes);
}

/** Whether a weight of a checkpoint is the head's. */
export const isHead = (name: string): boolean => name.startsWith("head.");

/** Weights of a checkpoint as those of the model and those of its head. */
export function splitHead(all: WeightArrays, head: ClassifierHead | undefined): Pick<SimVLMParts, "weights" | "head"> {
  const select = (wanted: (name: string) => boolean): WeightArrays =>
    Object.fromEntries(Object.entries(all).filter(([name]) => wanted(name)));
  return { weights: select((name) => !isHead(name)), ...(head && { head: { ...head, weights: select(isHead) } }) };
}

function describeTraining({ readWeights, ...parts }: Omit<StoredParts, "stored">): Trainable {
  const { config, head, tokenizer } = parts;
  const { tokenizerText = serializeTokenizer(tokenizer.file) } = parts;
  return {
    readWeights,
    headWeights: head?.weights,
    tokenizerText,
    readFiles: async (own) => checkpointFiles({ config, tokenizer: tokenizerText, head: own }),
    initializeWeights: (random) => initializeWeights(config, random),
    initializeHead: ({ passes }, classTokens, own, random) =>
      initializeAnswerHead(
        classTokens.map(([first]) => first),
        passes,
        own,
        config,
        random,
      ),
    withWeights: (all, own) => createSimVLM({ ...parts, head: undefined, ...splitHead(all, own), trained: true }),
    pretraining: pretrainingObjective(config, tokenizer),
    generation: generationObjective(config, tokenizer),
    classification: (own, loss) => headObjective(config, tokenizer, own, loss),
    sampleNoise({ examples: batch, pictures: images, prompt, text }, rates, random) {
      const sizes = { batch, images, prefixText: promptPlaces(prompt, images), suffix: text + 1 };
      return sampleNoise(config, sizes, rates, random);
    },
  };
}
