import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openCheckpoint, type PublishedModel } from "../../../../harness/models/index.js";
import { createRandom } from "../../../../harness/random.js";
import { project } from "../../cli/run-cli.js";

const WORDS = 6;

/** Pictures, by number, and what is asked about them, of batches one after another. */
const BATCHES: readonly (readonly number[])[] = [[0], [0, 1], [1, 0, 0], [2, 1], [2], [0, 1, 2, 0], [1]];

async function open(family: string) {
  const model = (await openCheckpoint(join(project, "fixtures/captioners", family))) as PublishedModel;
  const side = model.network.imageSize;
  const pictures = [0, 1, 2].map((seed) => {
    const random = createRandom(seed + 1);
    return Float32Array.from({ length: side * side * 3 }, () => random.normal());
  });
  const asksQuestions = model.network.ask !== undefined;
  const example = (picture: number) => ({
    image: pictures[picture]!,
    prompt: asksQuestions ? [...Array(picture + 2).keys()].map((i) => 5 + i) : [],
  });
  const decoder = model.createDecoder({});
  const begin = (batch: readonly number[]) =>
    decoder.encode(model.toBatch(batch.map(example)), { beams: 1, length: WORDS });
  type Session = Awaited<ReturnType<typeof begin>>;
  const step = async (session: Session, tokens: Int32Array, position: number) => {
    const logits = await session.step(tokens, position);
    const size = decoder.vocabularySize;
    return Array.from({ length: tokens.length }, (_, row) => logits.slice(row * size, (row + 1) * size));
  };
  /** The logits of every step, for each example. */
  const decode = async (batch: readonly number[]): Promise<Float32Array[][]> => {
    const session = await begin(batch);
    const found: Float32Array[][] = batch.map(() => []);
    for (let position = 0; position < WORDS; position++) {
      const rows = await step(session, new Int32Array(batch.length).fill(position + 1), position);
      for (const [i, row] of rows.entries()) found[i]!.push(row);
    }
    session.dispose();
    return found;
  };
  return { begin, step, decode };
}

function expectClose(found: readonly Float32Array[], expected: readonly Float32Array[]): void {
  for (const [i, row] of found.entries()) {
    for (const [j, logit] of row.entries()) expect(logit).toBeCloseTo(expected[i]![j]!, 3);
  }
}

describe.each(["git", "blip", "blip-vqa", "vit-gpt2"])("memory that %s uses again", (family) => {
  test("holds what belongs to the pictures that are asked about, whatever was asked before", async () => {
    const alone = await Promise.all(
      [0, 1, 2].map(async (picture) => (await (await open(family)).decode([picture]))[0]!),
    );
    const { decode } = await open(family);
    for (const batch of BATCHES) {
      const found = await decode(batch);
      for (const [row, picture] of batch.entries()) expectClose(found[row]!, alone[picture]!);
    }
  });

  test("belongs to one session of several that are open", async () => {
    const { begin, step, decode } = await open(family);
    const [first, second] = [(await decode([0]))[0]!, (await decode([1]))[0]!];
    const sessions = [await begin([0]), await begin([1])];
    for (let position = 0; position < WORDS; position++) {
      const tokens = Int32Array.of(position + 1);
      expectClose(await step(sessions[0]!, tokens, position), [first[position]!]);
      expectClose(await step(sessions[1]!, tokens, position), [second[position]!]);
    }
    for (const session of sessions) session.dispose();
    expectClose((await decode([1]))[0]!, second);
  });
});
