import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { openCheckpoint } from "../../harness/models/family-registry.js";
import { runCli, Scratch } from "../harness/cli/run-cli.js";
import { type GoldenCaptioner, readPixels } from "./golden.js";

/** What interface.json says, as another program would read it. */
interface Interface {
  readonly promptLength: number;
  readonly image: { readonly framing: { readonly size: number } };
  readonly tokens: { readonly end: number };
  readonly graphs: Readonly<Record<string, unknown>>;
  readonly cache: { layers: string[]; rows: number; heads: number; places: number; headWidth: number };
}

/** A greedy text of the reference: ids that it begins with, and all of it with the end. */
interface GreedyText {
  readonly photo: string;
  readonly given: readonly number[];
  readonly ids: readonly number[];
  /** With its special tokens. */
  readonly question?: readonly number[];
}

/** So many ids fit into what is exported here. */
const LONGEST = 24;

/** Exports of golden captioners, run by ONNX Runtime alone. */
export function describeExports(captioners: readonly GoldenCaptioner[]): void {
  const scratch = new Scratch();
  const named = captioners.filter((each) => each.cases().length > 0).map((each) => [each.name, each] as const);
  describe.each(named)("%s", (name, captioner) => {
    const out = scratch.at(name);

    test("the exported files say what the reference says", async () => {
      const { code, stdout } = await runCli("export", captioner.checkpoint, "--out", out, "--max-length", `${LONGEST}`);
      expect([code, stdout]).toEqual([0, expect.stringContaining("agree with the model")]);
      const texts = greedyOf(captioner);
      expect(texts.length).toBeGreaterThan(1);
      for (const { photo, given, ids, question } of texts) {
        expect(await sayWithFiles(out, readPixels(captioner, photo), given, ids.length, question)).toEqual(ids);
      }
    });

    test("the weights are stored once, and the folder is a model of ours", async () => {
      const size = (file: string) => readFileSync(join(out, file)).length;
      const graphs = readdirSync(out).filter((file) => file.endsWith(".onnx"));
      expect(graphs).toContain("decoder-step.onnx");
      expect(graphs.includes("question-encoder.onnx")).toBe(name === "blip-vqa");
      for (const graph of graphs) expect(size(graph)).toBeLessThan(size("model.safetensors") / 4);
      const [first, second] = await Promise.all([captioner.checkpoint, out].map((folder) => openCheckpoint(folder)));
      expect(second!.description).toEqual(first!.description);
      expect(second!.tokenizer.pieces([0, 5, 40])).toEqual(first!.tokenizer.pieces([0, 5, 40]));
      const { graphs: described } = JSON.parse(readFileSync(join(out, "interface.json"), "utf8")) as Interface;
      expect(Object.keys(described).sort()).toEqual(graphs.sort());
      expect(readFileSync(join(out, "README.md"), "utf8")).toContain("| `logits` | float32 | 1 × ");
    });
  });
}

/** The plain greedy texts of one picture each, as far as there is room for them. */
function greedyOf(captioner: GoldenCaptioner): GreedyText[] {
  const plain = new Set(["max_length", "max_new_tokens", "num_beams", "do_sample"]);
  const found = captioner.cases().filter(({ args, photos, ids }) => {
    const isPlain = Object.keys(args).every((name) => plain.has(name)) && (args.num_beams ?? 1) === 1;
    return isPlain && photos.length === 1 && ids[0]!.length <= LONGEST;
  });
  const config = JSON.parse(readFileSync(join(captioner.checkpoint, "config.json"), "utf8")) as {
    architectures: string[];
    text_config?: { sep_token_id: number; bos_token_id: number };
    eos_token_id?: number;
  };
  const isAsked = config.architectures[0] === "BlipForQuestionAnswering";
  return found.map(({ photos, ids, input_ids, input_ids_given, decoder_input_ids }) => {
    const [text] = ids as [number[]];
    const prompt = (input_ids ?? input_ids_given ?? decoder_input_ids)?.[0];
    if (isAsked) return { photo: photos[0]!, given: [text[0]!], ids: text, question: prompt! };
    // BLIP's prompt is given with its end, and begins otherwise in the end.
    const given = input_ids_given ? [text[0]!, ...prompt!.slice(1, -1)] : (prompt ?? [text[0]!]);
    return { photo: photos[0]!, given, ids: text };
  });
}

/**
 * Says a text greedily with nothing but ONNX Runtime and an exported folder, as its README tells.
 * @param length of all ids, those that are given among them
 */
async function sayWithFiles(
  folder: string,
  pixels: Float32Array,
  given: readonly number[],
  length: number,
  question?: readonly number[],
): Promise<number[]> {
  const described = JSON.parse(readFileSync(join(folder, "interface.json"), "utf8")) as Interface;
  const { promptLength, image, tokens, cache } = described;
  const { layers, rows, heads, places, headWidth } = cache;
  const open = (name: string) => InferenceSession.create(join(folder, name));
  const side = image.framing.size;
  const seen = await (await open("encoder.onnx")).run({ images: new Tensor("float32", pixels, [1, side, side, 3]) });
  const ask = async (ids: readonly number[]) =>
    (await open("question-encoder.onnx")).run({
      picture: seen.picture!,
      "question/tokens": new Tensor("int32", pad(Int32Array, ids, promptLength), [1, promptLength]),
      "question/mask": new Tensor(
        "float32",
        pad(
          Float32Array,
          ids.map(() => 1),
          promptLength,
        ),
        [1, promptLength],
      ),
    });
  const memory = question ? await ask(question) : seen;
  const parts = layers.flatMap((layer) => [`${layer}/keys`, `${layer}/values`]);
  const size = [places * rows * heads, headWidth];
  const past = Object.fromEntries(
    parts.map((part) => [`past/${part}`, new Tensor("float32", new Float32Array(size[0]! * headWidth), size)]),
  );
  const index = Int32Array.from({ length: heads * places }, (_, i) => (i % places) * heads + Math.floor(i / places));
  const step = await open("decoder-step.onnx");
  const text = [...given];
  for (let position = 0; text.length < length; position++) {
    const results = await step.run({
      ...memory,
      ...past,
      index: new Tensor("int32", index, [1, heads, places]),
      "step/tokens": new Tensor("int32", Int32Array.of(text[position]!), [1]),
      "step/position": new Tensor("int32", Int32Array.of(position), []),
    });
    for (const part of parts) {
      const written = results[`written/${part}`]!.data as Float32Array;
      (past[`past/${part}`]!.data as Float32Array).set(written, position * heads * headWidth);
    }
    if (position < text.length - 1) continue;
    const logits = results.logits!.data as Float32Array;
    const next = logits.indexOf(Math.max(...logits));
    text.push(next);
    if (next === tokens.end) break;
  }
  return text;
}

function pad<Numbers extends Int32Array | Float32Array>(
  type: new (length: number) => Numbers,
  numbers: readonly number[],
  length: number,
): Numbers {
  const padded = new type(length);
  padded.set(numbers);
  return padded;
}
