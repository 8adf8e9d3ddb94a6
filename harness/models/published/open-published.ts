import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { FILES } from "../../checkpoints/checkpoint.js";
import { openStoredWeights } from "../../checkpoints/open-stored-weights.js";
import { exists } from "../../checkpoints/replace-folder.js";
import { requireTensors } from "../../checkpoints/require-tensors.js";
import type { Decoder } from "../../decoding/decoder.js";
import type { DecodingSettings } from "../../decoding/settings.js";
import { readModelText } from "../../files/model-text.js";
import type { PublishedPreparation } from "../../images/preparation.js";
import { type ImageProcessor, readPreprocessor } from "../../images/preprocessor.js";
import type { Tokenizer } from "../../text/assemble-tokenizer.js";
import { loadPretrainedTokenizer } from "../../text/pretrained-tokenizer.js";
import type { Prompting } from "../vision-language-model.js";
import { locateWeights, type WeightConstants } from "../weight-constants.js";
import { EIGHT_BITS } from "../weight-precision.js";
import { captionAttention } from "./caption-attention.js";
import { type CaptionBatch, createCaptionDecoder } from "./caption-decoder.js";
import type { CaptionNetwork } from "./caption-network.js";
import { checkPublishedModel } from "./check-model.js";
import { PUBLISHED_FILES } from "./published-files.js";
import type { PublishedModel } from "./published-model.js";
import { describePublishedTraining, type PublishedTraining } from "./published-training.js";

/** Ids that the decoder begins with and ends at, and that batches are filled with. */
export interface SpecialIds {
  readonly startId: number;
  readonly endId: number;
  readonly padId: number;
}

/** What a family says of a captioner besides its network. */
export interface PublishedParts {
  readonly folder: string;
  /** What manifests call the family. */
  readonly family: string;
  /** What config.json says, whole. */
  readonly config: unknown;
  readonly network: CaptionNetwork;
  readonly ids: SpecialIds;
  /** Special tokens that the model has and that an old tokenizer lacks. */
  readonly added?: Readonly<Record<string, number>>;
  /** Weights that may be in the file and are not read: buffers, and second copies of tied ones. */
  readonly ignored: readonly RegExp[];
  /** What prepares pictures where the folder does not say. */
  readonly imageProcessor: ImageProcessor;
  readonly prompting: Pick<Prompting, "place" | "usual" | "required">;
  /** The special tokens around a question; absent where none are asked. */
  readonly questionTokens?: readonly [first: string, last: string];
  /** How the family's publication finds texts. */
  readonly decoding: Partial<DecodingSettings>;
  /** How the family is fine-tuned; absent for one that is not. */
  readonly training?: PublishedTraining | undefined;
}

/** What of a captioner is read from its folder. */
interface Read {
  readonly constants: WeightConstants;
  readonly tokenizer: Tokenizer;
  readonly preparation: PublishedPreparation;
}

/** BLIP-base keeps 42 MB of keys and values for each picture. */
const USUAL_BATCH = 8;

/**
 * Opens a folder as the Hugging Face client leaves it.
 * @throws SimvlmError `no-checkpoint`, `checkpoint-mismatch`, `bad-config`, and what readers of weights, tokenizers and
 *   preprocessors throw
 */
export async function openPublished(parts: PublishedParts): Promise<PublishedModel> {
  const { folder, network, ids } = parts;
  await refusePointers(folder);
  const stored = await openStoredWeights(folder);
  try {
    requireTensors(stored, network.shapes, { ignore: parts.ignored }, stored.source);
    const constants = await locateWeights(stored, network.shapes, network.tied);
    const tokenizer = await loadPretrainedTokenizer(folder, {
      ...ids,
      vocabularySize: network.vocabularySize,
      ...(parts.added && { added: parts.added }),
    });
    const preparation = requireSize(await readPreprocessor(folder, parts.imageProcessor), network, folder);
    return assemble(parts, { constants, tokenizer, preparation });
  } finally {
    await stored.close();
  }
}

/** The model of a folder, or of other weights than those that lie there. */
function assemble(parts: PublishedParts, read: Read): PublishedModel {
  const { folder, network, ids } = parts;
  const { constants, tokenizer, preparation } = read;
  const [first = [], last = []] = (parts.questionTokens ?? []).map((token) => tokenizer.encode(token));
  const question = parts.questionTokens && { before: first, behind: last };
  const toBatch = (examples: CaptionBatch): CaptionBatch =>
    examples.map(({ image, prompt }) => ({ image, prompt: [...first, ...prompt, ...last] }));
  const decoders = new Map<string, Decoder<CaptionBatch>>();
  const isInEightBits = constants.matrices === "int8";
  const model: PublishedModel = {
    network,
    weights: constants,
    source: folder,
    trained: true,
    // The framing is the library's: GIT's original keeps the proportions of pictures of questions, this crops them.
    description: {
      ...{ family: parts.family, trained: true, config: parts.config, framing: preparation.framing },
      ...(isInEightBits && { weights: EIGHT_BITS }),
    },
    tokenizer,
    preparation,
    prompting: { ...parts.prompting, longest: network.places - 2 },
    longestText: network.places - 1,
    needsPicture: true,
    usualBatch: USUAL_BATCH,
    decoding: parts.decoding,
    suppress: [],
    toBatch,
    createDecoder: (execution = {}) => {
      // Its graphs hold copies of the weights: all who decode on one provider share them.
      const provider = execution.provider ?? "cpu";
      const decoder = decoders.get(provider) ?? createCaptionDecoder(network, constants, execution);
      decoders.set(provider, decoder);
      return decoder;
    },
    attention: captionAttention(network, constants, ids.startId, toBatch),
    check: (image, execution) => checkPublishedModel(model, image, execution),
    inEightBits: async () => assemble(parts, { ...read, constants: { ...constants, matrices: "int8" } }),
    async makePortable(shapes) {
      const { makePortableCaptioner } = await import("./export/portable-captioner.js");
      return makePortableCaptioner(model, question, shapes);
    },
    ...(!isInEightBits && {
      export: async (out, request) => {
        const { exportCaptioner } = await import("./export/export-captioner.js");
        return exportCaptioner({ model, preparation, question }, out, request);
      },
    }),
    ...(parts.training &&
      !isInEightBits && {
        trainable: describePublishedTraining(parts, parts.training, read, (constants) =>
          assemble(parts, { ...read, constants }),
        ),
      }),
  };
  return model;
}

/** Files that nothing here reads, too: a folder with pointers in it was never downloaded whole. @throws SimvlmError `lfs-pointer` */
async function refusePointers(folder: string): Promise<void> {
  for (const name of PUBLISHED_FILES) {
    if (await exists(join(folder, name))) await readModelText(join(folder, name));
  }
}

function requireSize(
  preparation: PublishedPreparation,
  { imageSize }: CaptionNetwork,
  folder: string,
): PublishedPreparation {
  const { size } = preparation.framing;
  if (size === imageSize) return preparation;
  throw new SimvlmError(
    "bad-config",
    `${join(folder, "preprocessor_config.json")} makes pictures of ${size} × ${size} pixels, but the model of ` +
      `${join(folder, FILES.config)} takes ${imageSize} × ${imageSize}. Put the right one in its place.`,
  );
}
