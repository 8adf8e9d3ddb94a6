import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { readConfig } from "../../../harness/checkpoints/checkpoint.js";
import type { AttentionMaps } from "../../../harness/models/attention-maps.js";
import { defineFamily } from "../../../harness/models/family.js";
import type { ModelExample, VisionLanguageModel } from "../../../harness/models/vision-language-model.js";
import { assembleTokenizer } from "../../../harness/text/assemble-tokenizer.js";
import type { Scratch } from "../cli/run-cli.js";

/** What a config.json of this family says. */
export interface MeanColourConfig {
  readonly model_type: "mean-colour";
  /** What is said of a red, a green and a blue picture. */
  readonly colours: readonly string[];
  /** Whether it tells where it looks. */
  readonly attention: boolean;
}

const SIZE = 4;
const GRID = 2;
const SPECIAL = ["<pad>", "<s>", "</s>", "<unk>"];
const WORDS = ["a", "red", "green", "blue", "picture", "thing"];

/**
 * A family without a network: it says "a", then the word of the picture's strongest colour. What it is prompted with
 * the decoder goes on from.
 */
export const meanColourFamily = defineFamily({
  name: "mean-colour",
  title: "Mean colour",
  recognizes: ({ model_type }) => model_type === "mean-colour",
  files: ["config.json"],
  tellSize: ({ colours }) => `${(colours as string[]).length} colours`,
  open: async (folder) => createMeanColour((await readConfig(folder)) as MeanColourConfig, folder),
});

/** Picture by picture, the strength of red, green and blue. */
type Batch = readonly (readonly number[])[];

function createMeanColour(config: MeanColourConfig, source: string): VisionLanguageModel<Batch> {
  const vocabulary = [...SPECIAL, ...WORDS];
  const encode = (text: string) =>
    text
      .split(" ")
      .filter(Boolean)
      .map((word) => Math.max(vocabulary.indexOf(word), 3));
  const tokenizer = assembleTokenizer({
    ...{ vocabulary, encode, padId: 0, startId: 1, endId: 2, unknownId: 3, specialIds: new Set([0, 1, 2, 3]) },
    textOf: (ids) => ids.map((id) => vocabulary[id]).join(" "),
    file: {
      ...{ added_tokens: [], normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null },
      model: { type: "words", vocab: vocabulary },
    },
  });
  const wordOf = (colours: readonly number[]) => config.colours[colours.indexOf(Math.max(...colours))]!;
  return {
    source,
    trained: true,
    description: { family: "mean-colour", trained: true, config },
    tokenizer,
    preparation: { framing: { kind: "center-crop", size: SIZE }, mean: [0, 0, 0], std: [1, 1, 1] },
    prompting: { place: "decoder", usual: { en: "a" }, longest: 8 },
    longestText: 8,
    toBatch: (examples) => examples.map(strengths),
    createDecoder: () => ({
      vocabularySize: vocabulary.length,
      countExamples: (batch) => batch.length,
      async encode(batch, { beams }) {
        return {
          async step(tokens) {
            const logits = [...tokens].map((token, row) => {
              const colour = wordOf(batch[Math.floor(row / beams)]!);
              const next = token === tokenizer.startId ? "a" : token === vocabulary.indexOf("a") ? colour : "</s>";
              return vocabulary.map((word) => (word === next ? 0 : -9));
            });
            return Float32Array.from(logits.flat());
          },
          dispose() {},
        };
      },
    }),
    ...(config.attention && { attention: brightness }),
  };
}

function strengths({ image }: ModelExample): number[] {
  return [0, 1, 2].map((channel) => image?.reduce((sum, value, i) => (i % 3 === channel ? sum + value : sum), 0) ?? 0);
}

/** It looks where the picture is bright, with half of its attention on a class token. */
const brightness: AttentionMaps = {
  layers: 1,
  heads: 1,
  async record({ example: { image }, tokens }) {
    const patches = new Array<number>(GRID ** 2).fill(0);
    image?.forEach((value, i) => {
      const [x, y] = [Math.floor(i / 3) % SIZE, Math.floor(i / 3 / SIZE)];
      patches[Math.floor((y * GRID) / SIZE) * GRID + Math.floor((x * GRID) / SIZE)]! += value;
    });
    const sum = patches.reduce((total, value) => total + value, 0) || 1;
    const row = [0.5, ...patches.map((value) => (0.5 * value) / sum)];
    return {
      ...{ layers: 1, heads: 1, tokens: tokens.length, grid: GRID },
      keys: [
        { kind: "class" },
        ...patches.map((_, i) => ({ kind: "patch" as const, row: Math.floor(i / GRID), column: i % GRID })),
      ],
      data: Float32Array.from(tokens.flatMap(() => row)),
    };
  },
};

/** A checkpoint of the family in a scratch folder. */
export function writeMeanColour(scratch: Scratch, name: string, config: Partial<MeanColourConfig> = {}): string {
  mkdirSync(scratch.at(name));
  const usual = { model_type: "mean-colour", colours: ["red", "green", "blue"], attention: true };
  scratch.write(join(name, "config.json"), { ...usual, ...config });
  return scratch.at(name);
}
