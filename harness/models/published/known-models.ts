import { listModelNames, type ModelName } from "./model-names.js";

/** What was published of a model's outputs, for whoever has the real weights. */
export type KnownOutputs =
  | {
      readonly kind: "logits";
      /** The first logits after the start token alone, on COCO val2017 image 39769. */
      readonly logits: readonly number[];
    }
  | {
      readonly kind: "ids";
      /** Greedy captions of BLIP's demo picture: all ids by the prompt. */
      readonly captions: Readonly<Record<string, readonly number[]>>;
    };

/** The photograph that logits are known of: two cats, 640 × 480 pixels. */
export const KNOWN_PHOTOGRAPH = "COCO val2017 000000039769.jpg";

const logits = (...first: number[]): KnownOutputs => ({ kind: "logits", logits: first });

/*
 * GIT: transformers, models/git/convert_git_to_pytorch.py, which compares `logits[0, -1, :3]` of the input [[101]].
 * BLIP: transformers, models/blip/convert_blip_original_pytorch_to_hf.py.
 */
const DECODER_START = 30_522;
const WOMAN_WITH_DOG = [1037, 2450, 3564, 2006, 1996, 3509, 2007, 2014, 3899, 102];

const KNOWN: Readonly<Record<string, KnownOutputs>> = {
  "git-base": logits(-1.2832, -1.2835, -1.284),
  "git-base-coco": logits(-0.9925, -0.993, -0.9935),
  "git-base-vqav2": logits(-0.857, -0.8568, -0.8561),
  "git-large": logits(-1.1708, -1.1707, -1.1705),
  "git-large-coco": logits(-1.0425, -1.0423, -1.0422),
  "blip-image-captioning-base": {
    kind: "ids",
    captions: {
      "": [DECODER_START, ...WOMAN_WITH_DOG],
      "a picture of": [DECODER_START, 1037, 3861, 1997, ...WOMAN_WITH_DOG],
    },
  },
};

/** A model that something was published of. */
export interface KnownModel extends ModelName {
  readonly outputs: KnownOutputs;
}

/** Looks a model's name up. A fine-tuned model's config often still has the name of what it began as. */
export function findKnownModel(folder: string, config: unknown): KnownModel | undefined {
  const found = listModelNames(folder, config).find(({ name }) => Object.hasOwn(KNOWN, name));
  return found && { ...found, outputs: KNOWN[found.name]! };
}
