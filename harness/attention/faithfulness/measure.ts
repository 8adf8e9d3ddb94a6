import { SimvlmError } from "@simvlm/metrics";
import type { Segment } from "../../formats/segments.js";
import { type ImageSource, imageName } from "../../images/image-source.js";
import type { VisionLanguageModel } from "../../models/vision-language-model.js";
import { createRandom } from "../../random.js";
import { createPictureCaptioner, type PictureCaptionOptions } from "../captioned-picture.js";
import { requireAttention } from "../explore.js";
import { listWordMaps, requireMap, type WordMap } from "../word-maps.js";
import { wordsOfSegments } from "./named-things.js";
import { type PictureTrial, type TrialOptions, tryPicture } from "./try-picture.js";
import { findMaskTurn } from "./upright-mask.js";

/** A picture, and where things in it are as far as that is known. */
export interface PictureOnTrial {
  readonly picture: ImageSource;
  readonly segments?: readonly Segment[] | undefined;
}

/** How faithful maps are is measured so; what is left out has a default. */
export interface FaithfulnessOptions extends PictureCaptionOptions {
  /** Default all that the model's family tells. */
  readonly maps?: readonly WordMap[] | undefined;
  /** Steps of the curves; default 10. */
  readonly steps?: number;
  /** Random maps for each picture; default 5. */
  readonly randoms?: number;
  /** Standard deviation of the blur, in patches; default 1. */
  readonly blur?: number;
  /** How many of a word's brightest patches are knocked out together; default a tenth of all, and one at least. */
  readonly top?: number | undefined;
  /** The decoder's layers, from 0, in which patches are knocked out; default all. */
  readonly layers?: readonly number[] | undefined;
  /** Conditions that are computed at a time; no result depends on it. */
  readonly batch?: number | undefined;
  /** What things are called, in the form of CHAIR's list; default that list for COCO, and else their categories' names. */
  readonly synonyms?: string | undefined;
  /** Called when a picture is done. */
  readonly onPicture?: (() => void) | undefined;
}

/** {@link FaithfulnessOptions} where nothing is said. */
export const FAITHFULNESS_DEFAULTS = { steps: 10, randoms: 5, blur: 1, seed: 1 } as const;

/**
 * Puts the maps of pictures' captions on trial, one picture after another; a picture without a word in its caption has no
 * map and is left out.
 * @param pictures several with the model's own captions; with a caption that is given, one
 * @throws SimvlmError `no-attention` for a family that has no maps or cannot score a text, `bad-option` for a map that it
 *   does not tell, `wrong-schema` for masks that do not fit their picture, and what captioning throws
 */
export async function measureFaithfulness(
  model: VisionLanguageModel,
  pictures: readonly PictureOnTrial[],
  options: FaithfulnessOptions = {},
): Promise<PictureTrial[]> {
  const attention = requireAttention(model);
  const { steps, randoms, blur, seed, top } = { ...FAITHFULNESS_DEFAULTS, ...options };
  const { layers, batch = model.usualBatch, synonyms, onPicture, ...asked } = options;
  const known = listWordMaps(attention);
  const { maps = known } = options;
  for (const map of maps) requireMap(map, known, model.source);
  if (!attention.openScorer) {
    throw new SimvlmError(
      "no-attention",
      `${model.source} cannot say how likely a text is with parts of the picture hidden.`,
    );
  }
  const turns: number[] = [];
  for (const { picture, segments: [first] = [] } of pictures) {
    turns.push(first ? await findMaskTurn(picture, first.mask, model.preparation) : 1);
  }
  const execution = { ...(options.provider && { provider: options.provider }) };
  const scorer = attention.openScorer({ ...execution, layers, batch });
  const random = createRandom(seed).fork("faithfulness");
  const categories = pictures.flatMap(({ segments = [] }) => segments.map(({ category }) => category));
  const objects = wordsOfSegments({ ...(synonyms !== undefined && { synonyms }) }, categories);
  const captionOf = createPictureCaptioner(model, { ...asked, seed });
  const trials: PictureTrial[] = [];
  try {
    for (const [index, { picture, segments }] of pictures.entries()) {
      const caption = await captionOf(picture);
      if (model.tokenizer.words(caption.tokens).length > 0) {
        const trial: TrialOptions = { maps, steps, randoms, blur, top };
        const things = segments && { segments, turn: turns[index]!, objects };
        const tried = {
          name: imageName(picture),
          model,
          attention,
          scorer,
          caption,
          random: random.fork(index),
          things,
        };
        trials.push(await tryPicture(tried, trial, execution));
      }
      onPicture?.();
    }
    return trials;
  } finally {
    await scorer.close();
  }
}
