import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { assembleTokenizer, defineFamily, listKeys } from "simvlm";

/** Pixels a side of what the model sees, and patches a side that it tells attention of. */
const SIZE = 32;
const GRID = 8;
const SPECIAL = ["<pad>", "<s>", "</s>", "<unk>"];
const [PAD, START, END, UNKNOWN] = SPECIAL.keys();

/** A model without a network: it says the name of the colour that is nearest to the mean of the picture. */
function createModel({ model_type, words }, source) {
  const names = Object.keys(words);
  const vocabulary = [...SPECIAL, ...names];
  const tokenizer = assembleTokenizer({
    vocabulary,
    padId: PAD,
    startId: START,
    endId: END,
    unknownId: UNKNOWN,
    specialIds: new Set(SPECIAL.keys()),
    file: { vocabulary },
    encode: (text) =>
      text
        .split(" ")
        .filter(Boolean)
        .map((word) => Math.max(vocabulary.indexOf(word), UNKNOWN)),
    textOf: (ids) => ids.map((id) => vocabulary[id]).join(" "),
  });
  /** The nearer a colour, the larger: of the pixels of a patch, or of all. */
  const scoreColours = (pixels) => names.map((name) => -distance(meanColour(pixels), words[name]) / 20);

  return {
    source,
    trained: true,
    description: { family: "mean-colour", trained: true, config: { model_type, words } },
    tokenizer,
    preparation: { framing: { kind: "stretch", size: SIZE }, mean: [0, 0, 0], std: [1, 1, 1] },
    prompting: { place: "encoder", usual: {}, longest: 0 },
    longestText: 4,
    /** Nobody but the decoder looks into a batch: here it is a list of scores, a row for each example. */
    toBatch: (examples) => examples.map(({ image }) => scoreColours(image ?? new Float32Array(3))),
    createDecoder: () => ({
      vocabularySize: vocabulary.length,
      countExamples: (batch) => batch.length,
      async encode(batch, { beams }) {
        const rows = batch.flatMap((scores) => Array.from({ length: beams }, () => scores));
        return {
          /** First the colour, then the end. */
          async step(_tokens, position) {
            const logits = new Float32Array(rows.length * vocabulary.length).fill(-1e9);
            for (const [row, scores] of rows.entries()) {
              const start = row * vocabulary.length;
              if (position === 0) logits.set(scores, start + SPECIAL.length);
              else logits[start + END] = 0;
            }
            return logits;
          },
          dispose() {},
        };
      },
    }),
    attention: {
      layers: 1,
      heads: 1,
      /** Each word looks at the patches of its colour. */
      async record({ example, tokens }) {
        const patches = listKeys(GRID, 0, 0);
        const data = tokens.flatMap((token) => {
          const place = token - SPECIAL.length;
          const weights = patches.map(({ row, column }) => {
            return Math.exp(scoreColours(cutPatch(example.image, row, column))[place] ?? 0);
          });
          const sum = weights.reduce((a, b) => a + b, 0);
          return weights.map((weight) => weight / sum);
        });
        return { layers: 1, heads: 1, tokens: tokens.length, grid: GRID, keys: patches, data: Float32Array.from(data) };
      },
    },
  };
}

/** @param pixels `[…, 3]`, 0 to 1 @returns red, green, blue, 0 to 255 */
function meanColour(pixels) {
  const sums = [0, 0, 0];
  for (let i = 0; i < pixels.length; i++) sums[i % 3] += pixels[i];
  return sums.map((sum) => (255 * sum * 3) / pixels.length);
}

const distance = (a, b) => Math.hypot(...a.map((value, channel) => value - b[channel]));

function cutPatch(image, row, column) {
  const side = SIZE / GRID;
  const lines = Array.from({ length: side }, (_, y) => {
    const start = 3 * ((row * side + y) * SIZE + column * side);
    return [...image.subarray(start, start + 3 * side)];
  });
  return Float32Array.from(lines.flat());
}

export default defineFamily({
  name: "mean-colour",
  title: "mean colour",
  recognizes: ({ model_type }) => model_type === "mean-colour",
  files: ["config.json"],
  open: async (folder) => createModel(JSON.parse(await readFile(join(folder, "config.json"), "utf8")), folder),
  tellSize: ({ words }) => `${Object.keys(words).length} words`,
});
