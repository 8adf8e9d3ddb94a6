import { createHash } from "node:crypto";
import type { TaskExample } from "../tasks/task.js";
import type { Shard } from "./manifest.js";

/** What is known of an example before it is asked. */
type Asked = Pick<TaskExample, "id" | "images" | "prefix" | "statement" | "targets">;

/**
 * The examples of a shard, in their order. Every example is in exactly one of the `of` shards, whoever asks: by a hash of
 * its id alone; or, of shards that share out words, by all examples of the run.
 */
export function examplesOfShard<Example extends Asked>(examples: readonly Example[], shard: Shard): readonly Example[] {
  const { index, of, by } = shard;
  if (by === undefined) return examples.filter((example) => hashId(example) % of === index - 1);
  const mine = shareOutWords(examples, of);
  return examples.filter((_, i) => mine[i] === index - 1);
}

/** Bytes of a hash that are read as a number: exact in a double. */
const BYTES = 6;

/** Of an example's id; a merge asks for each shard whose each example is. */
const numbers = new WeakMap<Asked, number>();

function hashId(example: Asked): number {
  let number = numbers.get(example);
  if (number === undefined) {
    number = createHash("sha256").update(example.id).digest().readUIntBE(0, BYTES);
    numbers.set(example, number);
  }
  return number;
}

/** About what a picture takes, in words that are read or written. */
const WORDS_OF_PICTURE = 16;

/** About what an example takes: its pictures, the words that are asked, and those of the longest answer that is expected. */
function workOf({ images, prefix = "", statement = "", targets }: Asked): number {
  const expected = Math.max(0, ...targets.map(countWords));
  return 1 + WORDS_OF_PICTURE * images.length + countWords(prefix) + countWords(statement) + expected;
}

const countWords = (text: string): number => text.match(/\S+/g)?.length ?? 0;

/** Of each run's examples, and each number of shards, whose each is. */
const shared = new WeakMap<readonly Asked[], Map<number, Int32Array>>();

/**
 * The largest first, each to the shard that has least so far (Graham's rule): no shard has more than the mean and one
 * example. @returns for each example the number of its shard, from 0
 */
function shareOutWords(examples: readonly Asked[], of: number): Int32Array {
  const known = shared.get(examples)?.get(of);
  if (known) return known;
  const order = examples
    .map((example, place) => ({ place, work: workOf(example), hash: hashId(example) }))
    .sort((a, b) => b.work - a.work || a.hash - b.hash || a.place - b.place);
  const mine = new Int32Array(examples.length);
  // The one with the least last; of equals, which the search puts before them, each has its turn.
  const shards = Array.from({ length: of }, (_, i) => ({ number: of - 1 - i, load: 0 }));
  for (const { place, work } of order) {
    const least = shards.pop()!;
    mine[place] = least.number;
    least.load += work;
    let [low, high] = [0, shards.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (shards[middle]!.load > least.load) low = middle + 1;
      else high = middle;
    }
    shards.splice(low, 0, least);
  }
  shared.set(examples, new Map([...(shared.get(examples) ?? []), [of, mine]]));
  return mine;
}
