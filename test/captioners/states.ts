import { describe, expect, it } from "vitest";
import { NativeTensor } from "../../harness/engine/index.js";
import { openCheckpoint } from "../../harness/models/family-registry.js";
import type { PublishedModel } from "../../harness/models/published/published-model.js";
import { recordStates } from "../../harness/models/published/states.js";
import { type GoldenCaptioner, type Noise, readPixels } from "./golden.js";

interface Pair {
  readonly pair: number | "batch";
  readonly photo?: string;
  readonly photos?: readonly string[];
  readonly input_ids?: readonly number[] | readonly (readonly number[])[];
  readonly decoder_input_ids?: readonly number[];
  readonly question_ids?: readonly number[];
  readonly answer_ids?: readonly number[];
  readonly attention_mask?: readonly (readonly number[])[];
}

interface Loss {
  readonly photos: readonly string[];
  readonly input_ids?: readonly (readonly number[])[];
  readonly decoder_input_ids?: readonly (readonly number[])[];
  readonly question_ids?: readonly (readonly number[])[];
  readonly question_mask?: readonly (readonly number[])[];
  readonly labels: readonly (readonly number[])[];
  readonly label_smoothing?: number;
  readonly loss: number;
}

/** Our names of states as the golden files have them. */
export function goldenName(name: string): string {
  const layer = /^(\w+)\.(\d+)\.(output|attention|cross)$/.exec(name);
  if (layer) {
    const [, stack, index, part] = layer as unknown as [string, string, string, string];
    if (part === "output") return `${stack}.hidden.${Number(index) + 1}`;
    return `${stack}.${part === "cross" ? "cross_attention" : "attention"}.${index}`;
  }
  return name.replace(/\.input$/, ".hidden.0");
}

const tensorOf = (rows: readonly (readonly number[])[]): NativeTensor =>
  NativeTensor.of(Int32Array.from(rows.flat()), [rows.length, rows[0]!.length], "int32");

const floatsOf = (rows: readonly (readonly number[])[]): NativeTensor =>
  NativeTensor.of(Float32Array.from(rows.flat()), [rows.length, rows[0]!.length]);

function imagesOf(captioner: GoldenCaptioner, photos: readonly string[], side: number): NativeTensor {
  const pixels = photos.map((photo) => readPixels(captioner, photo));
  const data = new Float32Array(photos.length * side * side * 3);
  pixels.forEach((one, row) => {
    data.set(one, row * one.length);
  });
  return NativeTensor.of(data, [photos.length, side, side, 3]);
}

/** Hidden states, attentions, logits and losses of golden captioners. */
export function describeStates(captioners: readonly GoldenCaptioner[]): void {
  describe.each(
    captioners.filter((captioner) => captioner.cases().length > 0).map((each) => [each.name, each] as const),
  )("%s", (_, captioner) => {
    const described = captioner.json<Pair[] | { pairs: Pair[]; loss?: Loss }>("states.json");
    const pairs = (Array.isArray(described) ? described : described.pairs).filter(({ pair }) => pair !== undefined);
    const opened = openCheckpoint(captioner.checkpoint) as Promise<PublishedModel>;

    it.each(pairs.map((pair) => [pair.pair, pair] as const))(
      "computes the reference's states of pair %s",
      async (key, pair) => {
        const { network, weights } = await opened;
        const golden = captioner.tensors("states.safetensors");
        const noise = captioner.json<Record<string, Noise>>("noise.json");
        const given = pair.answer_ids ?? pair.decoder_input_ids ?? pair.input_ids!;
        const rows = (Array.isArray(given[0]) ? given : [given]) as readonly (readonly number[])[];
        const question = pair.question_ids;
        const states = await recordStates(network, weights, {
          images: imagesOf(captioner, pair.photos ?? [pair.photo!], network.imageSize),
          tokens: tensorOf(rows),
          ...(question && { question: { tokens: tensorOf([question]), mask: floatsOf([question.map(() => 1)]) } }),
        });
        const compared = new Set<string>();
        for (const [ours, { data, shape }] of Object.entries(states)) {
          const theirs = ours === "logits" && !golden.has(`${key}.logits`) ? "logits.text" : goldenName(ours);
          const expected = golden.get(`${key}.${theirs}`);
          if (!expected) continue;
          compared.add(`${key}.${theirs}`);
          const noisy = noise[`${key}.${theirs}`] ?? noise[`0.${theirs}`];
          const most = Math.max(...Array.from<number, number>(expected.data, Math.abs));
          const tolerance = 10 * (noisy?.float32_error ?? 0) + 1e-5 * (noisy?.max ?? most);
          // What stands behind a text, as its padding, is nothing that anybody reads.
          const kept = keptPlaces(shape, pair.attention_mask, expected.data.length);
          let difference = 0;
          for (const place of kept)
            difference = Math.max(difference, Math.abs(expected.data[place]! - (data[place] as number)));
          expect(difference, theirs).toBeLessThanOrEqual(tolerance);
        }
        expect([...golden.keys()].filter((each) => each.startsWith(`${key}.`) && !compared.has(each))).toEqual([]);
      },
    );

    const loss = Array.isArray(described) ? undefined : described.loss;
    if (!loss) return;
    it("computes the reference's loss", async () => {
      const { network, weights } = await opened;
      const {
        photos,
        labels,
        question_ids: questions,
        question_mask: mask,
        label_smoothing: smoothing = 0,
        loss: expected,
      } = loss;
      const inputs = loss.decoder_input_ids ?? loss.input_ids;
      // The labels of an encoder-decoder are what the decoder says: they are its input one place later.
      const start = (await opened).tokenizer.startId;
      const rows = inputs ?? labels.map((row) => [start, ...row.slice(0, -1)].map((id) => (id < 0 ? 0 : id)));
      const shift = inputs ? 1 : 0;
      const { logits } = await recordStates(network, weights, {
        images: imagesOf(captioner, photos, network.imageSize),
        tokens: tensorOf(rows),
        ...(questions && { question: { tokens: tensorOf(questions), mask: floatsOf(mask!) } }),
      });
      const terms: number[][] = rows.map((row, text) =>
        row.flatMap((_, place) => {
          const label = labels[text]![place + shift];
          if (label === undefined || label < 0) return [];
          const begin = (text * row.length + place) * network.vocabularySize;
          const own = (logits!.data as Float32Array).subarray(begin, begin + network.vocabularySize);
          const largest = Math.max(...own);
          const normaliser = largest + Math.log(own.reduce((sum, value) => sum + Math.exp(value - largest), 0));
          const even = own.reduce((sum, value) => sum + (normaliser - value), 0) / own.length;
          return [(1 - smoothing) * (normaliser - own[label]!) + smoothing * even];
        }),
      );
      const mean = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0) / numbers.length;
      // The reference's answers see the padding of shorter questions (its mask has no effect there), ours do not.
      expect(Math.abs(mean(terms.flat()) - expected) / expected).toBeLessThan(questions ? 2e-3 : 2e-5);
    });
  });
}

/** Places of a batch's state that belong to real tokens, both as query and as key. */
function keptPlaces(shape: readonly number[], mask: Pair["attention_mask"], size: number): Iterable<number> {
  if (!mask) return Array.from({ length: size }).keys();
  const length = mask[0]!.length;
  const isReal = (row: number, place: number, places: number): boolean => {
    const text = place - (places - length);
    return text < 0 || mask[row]![text] === 1;
  };
  const kept: number[] = [];
  for (let place = 0; place < size; place++) {
    let rest = place;
    const at = [...shape]
      .reverse()
      .map((axis) => {
        const index = rest % axis;
        rest = Math.floor(rest / axis);
        return index;
      })
      .reverse();
    const queryAxis = shape.length === 4 ? 2 : 1;
    if (isReal(at[0]!, at[queryAxis]!, shape[queryAxis]!)) kept.push(place);
  }
  return kept;
}
