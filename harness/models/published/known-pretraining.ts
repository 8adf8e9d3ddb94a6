import { listModelNames } from "./model-names.js";

/** Published models that have been taught COCO's captions before anybody asks them: their names, and who says so. */
const HELD_COCO: readonly { readonly names: RegExp; readonly says: string }[] = [
  {
    // Every size of GIT has COCO in its pretraining (Wang et al. 2022, "GIT: A Generative Image-to-text Transformer").
    names: /^git-(?:base|large)(?:-r)?(?:-(?<tuned>coco|textcaps|textvqa|vqav2|vatex|msrvtt-qa))?$/,
    says: "GIT's pretraining held COCO's captions (Wang et al. 2022)",
  },
  {
    // Both of BLIP's mixtures, of 14 and of 129 million pictures (Li et al. 2022).
    names:
      /^blip-(?:image-captioning-(?:base|large)|vqa-(?:base|capfilt-large)|itm-(?:base|large)-(?<tuned>coco|flickr))$/,
    says: "BLIP's pretraining held COCO's captions (Li et al. 2022)",
  },
  { names: /^vit-gpt2-(?:image-captioning|coco-en)$/, says: "It was trained on COCO's captions, as its card says" },
];

/**
 * Whether a published model's pretraining held COCO, by the model's name, as a sentence: it decides what "zero-shot" means
 * of it. A fine-tuned model keeps what it began with, so the name of that one in its config.json counts.
 * @returns undefined for any other model: nothing is known of it, which does not say that there was none
 */
export function findPretraining(folder: string, config: unknown): string | undefined {
  for (const { name, calledBy } of listModelNames(folder, config)) {
    for (const { names, says } of HELD_COCO) {
      const found = names.exec(name);
      if (!found) continue;
      const again = found.groups?.tuned === "coco" ? ", and it was fine-tuned on them again" : "";
      return `${says}${again}; ${calledBy} calls it ${name}.`;
    }
  }
  return undefined;
}
