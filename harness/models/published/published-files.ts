import { FILES } from "../../checkpoints/checkpoint.js";

/** The files of a published folder that answers depend on, besides its weights. */
export const PUBLISHED_FILES: readonly string[] = [
  FILES.config,
  "generation_config.json",
  "preprocessor_config.json",
  "processor_config.json",
  FILES.tokenizer,
  "tokenizer_config.json",
  "special_tokens_map.json",
  "added_tokens.json",
  "vocab.txt",
  "vocab.json",
  "merges.txt",
];

/** Of `git.encoder.layer.3.attention.self.query.weight` the part is `git.encoder.layer.* attention`. */
export function partOf(weight: string): string {
  const layer = /^(.*?\b(?:layers?|h)\.)\d+\.(\w+)/.exec(weight);
  if (layer) return `${layer[1]}* ${layer[2]}`;
  return weight
    .split(".")
    .slice(0, 3)
    .join(".")
    .replace(/(\.\d+)?\.(weight|bias)$/, "");
}
