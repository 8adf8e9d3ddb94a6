import { createInterface } from "node:readline";
import { matMul, type Tensor2D } from "@tensorflow/tfjs-core";
import { type Captioner, createCaptioner, loadImages, openCheckpoint } from "simvlm";
import { compile, NativeTensor, PROVIDERS } from "simvlm/engine";
import type { Answer, Request, Work } from "./side.js";

/*
 * Our side of the captioners' benchmark: what captioners.py is for PyTorch's.
 *
 *     ours.js FOLDER float32|int8 PROVIDER PHOTO...
 */

/** Of a product whose result is small: `[rows, inner]` by `[inner, rows]`; as in captioners.py. */
const ROWS = 768;
const INNER = 8192;
const ROUNDS = 9;

async function main(): Promise<void> {
  const [folder, weights, asked, ...paths] = process.argv.slice(2);
  const provider = PROVIDERS.find((name) => name === asked)!;
  const model = await openCheckpoint(folder!, { weights: weights === "int8" ? weights : "float32" });
  const images = (await loadImages(paths, model.preparation)).map((loaded) => {
    if (loaded.ok) return loaded.image.data;
    throw loaded.error;
  });
  const captioners = new Map<string, Captioner>();
  const captionerOf = (work: Work): Captioner => {
    const key = JSON.stringify([work.beams, work.words]);
    const captioner =
      captioners.get(key) ?? createCaptioner(model, { prompt: "", provider, decoding: decodingOf(work) });
    captioners.set(key, captioner);
    return captioner;
  };
  answer({ name: "simvlm" });
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line) as Request;
    if ("limit" in request) {
      answer({ rate: await measureProducts() });
      continue;
    }
    const captioner = captionerOf(request);
    // What was computed of a picture is kept while the same pixels are asked about: each time others, then.
    const pictures = images.slice(0, request.pictures).map((pixels) => pixels.slice());
    const begin = performance.now();
    const captions = await captioner.caption(pictures);
    const ms = performance.now() - begin;
    answer({ ms, ids: captions.map(({ generation }) => generation.tokens) });
  }
}

function answer(line: Partial<Answer> | { name: string }): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** The library's search with its defaults, and exactly so many words. */
function decodingOf({ beams, words }: Work) {
  const length = { minLength: words, maxLength: words };
  if (beams === 1) return { method: "greedy", ...length } as const;
  return { method: "beam", search: "transformers", beamSize: beams, lengthPenalty: 1, ...length } as const;
}

/** GFLOP/s of ONNX Runtime, as the engine runs it; only the small result is copied. */
async function measureProducts(): Promise<number> {
  const numbers = Float32Array.from({ length: ROWS * INNER }, (_, i) => Math.sin(i));
  const inputs = { a: NativeTensor.of(numbers, [ROWS, INNER]), b: NativeTensor.of(numbers, [INNER, ROWS]) };
  const product = await compile(({ a, b }: { a: Tensor2D; b: Tensor2D }) => matMul(a, b), inputs);
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const begin = performance.now();
    await product.run(inputs);
    times.push(performance.now() - begin);
  }
  await product.dispose();
  const median = times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)]!;
  return (2 * ROWS * ROWS * INNER) / (median * 1e6);
}

main();
