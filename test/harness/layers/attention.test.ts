import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";
import "@tensorflow/tfjs-backend-cpu";
import "../../../harness/engine/gradients/gradient-registry.js";
import { type AttentionBlock, fusedAttention } from "../../../harness/layers/attention.js";
import {
  fromCache,
  fromKeyValues,
  fromMemory,
  fromPrefixAndCache,
  fromSequence,
  keyValueShapes,
  type LayerKeyValues,
  openCache,
} from "../../../harness/layers/key-values.js";
import { linear } from "../../../harness/layers/linear.js";
import { causalMask, hidePatches, maskAfter, maskKeys, noMask, prefixMask } from "../../../harness/layers/masks.js";
import { joinPatches } from "../../../harness/layers/patches.js";
import { createRandom } from "../../../harness/random.js";

const [WIDTH, HEADS] = [6, 2];
const random = createRandom(3);
const normal = (...shape: number[]) =>
  tf.tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()),
    shape,
  );

let weights: Record<string, tf.Tensor> = {};
let block: AttentionBlock;
const lookup = (name: string) => weights[name]!;
beforeAll(async () => {
  await tf.setBackend("cpu");
  const shapes = { qkv: 3, output: 1, query: 1, kv: 2 };
  weights = Object.fromEntries(
    Object.entries(shapes).flatMap(([name, parts]) => [
      [`${name}.kernel`, normal(WIDTH, parts * WIDTH)],
      [`${name}.bias`, normal(parts * WIDTH)],
    ]),
  );
  block = fusedAttention(lookup, HEADS);
});

function close(found: tf.Tensor, expected: tf.Tensor): void {
  expect(found.shape).toEqual(expected.shape);
  const numbers = expected.dataSync<"float32">();
  found.dataSync<"float32">().forEach((number, index) => {
    expect(number).toBeCloseTo(numbers[index]!, 4);
  });
}

/** What may be looked at, 1 or 0. */
const seen = (mask: tf.Tensor) => tf.cast(tf.equal(mask, 0), "int32").arraySync();

test("masks: keys, left to right, a prefix seen by all and blind to what follows, a cache up to its position", () => {
  expect(seen(maskKeys(tf.tensor2d([[1, 0, 1]])))).toEqual([[[[1, 0, 1]]]]);
  const rows = [
    [1, 0, 0],
    [1, 1, 0],
    [1, 1, 1],
  ];
  expect(seen(causalMask(3))).toEqual([[rows]]);
  expect(seen(prefixMask(2, 1))).toEqual([[[[1, 1, 0], [1, 1, 0], rows[2]]]]);
  expect(seen(maskAfter(tf.scalar(1, "int32"), 3))).toEqual([[[[1, 1, 0]]]]);
});

test("projections kept apart give what fused ones give", () => {
  const apart: Record<string, tf.Tensor> = {};
  for (const part of ["kernel", "bias"]) {
    const pieces = tf.split(lookup(`qkv.${part}`), 3, -1);
    ["query", "key", "value"].forEach((name, index) => {
      apart[`${name}.${part}`] = pieces[index]!;
    });
  }
  const project = (name: string) => (x: tf.Tensor) => linear(x, (each) => apart[each]!, name);
  const [queries, keys, values] = [project("query"), project("key"), project("value")];
  const separate: AttentionBlock = {
    ...block,
    queriesKeysValues: (x) => [queries(x), keys(x), values(x)],
    queries,
    keysValues: (x) => [keys(x), values(x)],
  };
  const x = normal(2, 4, WIDTH);
  const mask = causalMask(4);
  const expected = fromSequence(() => mask)(x, block, "one");
  const found = fromSequence(() => mask)(x, separate, "one");
  close(found.output, expected.output);
  close(found.probabilities, expected.probabilities);
  // A sequence that reads itself as a memory is self-attention.
  close(fromMemory(x, mask)(x, separate, "one").output, expected.output);
});

test("keys and values of a memory that are known already give what the memory gives, to each beam", () => {
  const [memory, x] = [normal(2, 5, WIDTH), normal(6, 1, WIDTH)];
  const mask = maskKeys(tf.tensor2d([1, 1, 1, 0, 1, 1, 1, 1, 1, 0], [2, 5])); // [2, 1, 1, 5]
  const repeated = tf.gather(memory, tf.tensor1d([0, 0, 0, 1, 1, 1], "int32")); // [6, 5, WIDTH]
  const expected = fromMemory(repeated, tf.gather(mask, tf.tensor1d([0, 0, 0, 1, 1, 1], "int32")))(x, block, "one");
  const [keys, values] = block.keysValues(memory);
  const byHead = (states: tf.Tensor) => tf.reshape(states, [2, 5, HEADS, WIDTH / HEADS]);
  const known = {
    one: { keys: tf.transpose(byHead(keys), [0, 2, 3, 1]), values: tf.transpose(byHead(values), [0, 2, 1, 3]) },
  };
  const found = fromKeyValues(known, mask)(x, block, "one");
  close(found.output, expected.output);
  close(found.probabilities, tf.transpose(tf.reshape(expected.probabilities, [2, 3, HEADS, 5]), [0, 2, 1, 3]));
});

/** One token after another from an empty cache. */
function step(x: tf.Tensor, length: number, prefix?: { known: LayerKeyValues; mask: tf.Tensor }, parents?: number[][]) {
  const [rows, tokens] = x.shape as [number, number];
  const shapes = keyValueShapes(rows, length, HEADS, WIDTH / HEADS);
  let past: LayerKeyValues = { one: { keys: tf.zeros(shapes.keys), values: tf.zeros(shapes.values) } };
  return Array.from({ length: tokens }, (_, position) => {
    const from = parents?.[position];
    const cache = openCache(past, tf.scalar(position, "int32"), from && tf.tensor1d(from, "int32"));
    const source = prefix ? fromPrefixAndCache(prefix.known, prefix.mask, cache) : fromCache(cache);
    const attended = source(tf.slice(x, [0, position, 0], [rows, 1, WIDTH]), block, "one");
    past = cache.written;
    return attended;
  });
}

test("a cache gives, token by token, what the sequence gives at once", () => {
  const x = normal(2, 3, WIDTH);
  const mask = causalMask(3);
  const expected = fromSequence(() => mask)(x, block, "one").output;
  close(
    tf.concat(
      step(x, 5).map(({ output }) => output),
      1,
    ),
    expected,
  );
});

test("a row that continues another's cache sees what that one had", () => {
  const x = normal(2, 2, WIDTH);
  const crossed = tf.stack([
    tf.concat([tf.slice(x, [1, 0, 0], [1, 1, WIDTH]), tf.slice(x, [0, 1, 0], [1, 1, WIDTH])], 1),
    tf.concat([tf.slice(x, [0, 0, 0], [1, 1, WIDTH]), tf.slice(x, [1, 1, 0], [1, 1, WIDTH])], 1),
  ]);
  const mask = causalMask(2);
  const whole = fromSequence(() => mask)(tf.reshape(crossed, [2, 2, WIDTH]), block, "one").output;
  const found = step(x, 3, undefined, [
    [0, 1],
    [1, 0],
  ]);
  close(found[1]!.output, tf.slice(whole, [0, 1, 0], [2, 1, WIDTH]));
});

test("beams that share a prefix and continue it see what each sees of the whole sequence", () => {
  const [prefix, suffix] = [normal(2, 4, WIDTH), normal(4, 3, WIDTH)]; // two beams an example
  const visible = tf.tensor2d([1, 1, 1, 0, 1, 1, 1, 1], [2, 4]);
  const example = tf.tensor1d([0, 0, 1, 1], "int32");
  const known: LayerKeyValues = {};
  const mask = maskKeys(visible);
  fromSequence(() => mask, known)(prefix, block, "one");

  const whole = tf.concat([tf.gather(prefix, example), suffix], 1); // [4, 7, WIDTH]
  const everywhere = tf.concat([tf.gather(visible, example), tf.ones([4, 3])], 1); // [4, 7]
  const wholeMask = tf.add(maskKeys(everywhere), prefixMask(4, 3)); // [4, 1, 7, 7]
  const expected = fromSequence(() => wholeMask)(whole, block, "one");
  const found = step(suffix, 3, { known, mask });
  close(
    tf.concat(
      found.map(({ output }) => output),
      1,
    ),
    tf.slice(expected.output, [0, 4, 0], [4, 3, WIDTH]),
  );
  close(
    tf.concat(
      found.map(({ probabilities }) => probabilities),
      2,
    ),
    tf.slice(expected.probabilities, [0, 0, 4, 0], [4, HEADS, 3, 7]),
  );
});

test("a probe's gradient is the gradient with respect to the map", () => {
  const x = normal(1, 3, WIDTH);
  const mask = causalMask(3);
  const self = fromSequence(() => mask);
  const gradient = tf.grad((probe) => tf.sum(self(x, block, "one", { probe }).output))(tf.zeros([1, HEADS, 3, 3]));
  const step = 1e-2;
  const nudge = tf.tensor(
    Float32Array.from({ length: 18 }, (_, index) => (index === 13 ? step : 0)),
    [1, HEADS, 3, 3],
  );
  const sum = (probe: tf.Tensor) => tf.sum(self(x, block, "one", { probe }).output).dataSync()[0]!;
  expect(gradient.dataSync()[13]).toBeCloseTo((sum(nudge) - sum(tf.neg(nudge))) / (2 * step), 2);
});

test("patches of a picture that is not square, row by row", () => {
  const picture = tf.tensor(
    Float32Array.from({ length: 8 }, (_, index) => index),
    [1, 2, 4, 1],
  );
  expect(joinPatches(picture, 2).arraySync()).toEqual([
    [
      [0, 1, 4, 5],
      [2, 3, 6, 7],
    ],
  ]);
  expect(joinPatches(picture, 1).shape).toEqual([1, 8, 1]);
});

test("what an intervention hides gets no attention, and the rest shares it out; only those kept from looking are changed", () => {
  const x = normal(2, 5, WIDTH);
  const look = (mask?: tf.Tensor) => fromSequence(() => noMask())(x, block, "only", mask && { mask }).probabilities;
  const before = look().arraySync() as number[][][][];
  const hidden = tf.tensor2d([
    [0, 1, 0],
    [1, 0, 0],
  ]); // the middle three of five keys
  const after = look(
    hidePatches(hidden, { before: 1, behind: 1 }, { count: 5, first: 3 }),
  ).arraySync() as number[][][][];
  for (const [row, gone] of [2, 1].entries()) {
    for (let head = 0; head < HEADS; head++) {
      for (let query = 0; query < 5; query++) {
        const [old, now] = [before[row]![head]![query]!, after[row]![head]![query]!];
        if (query < 3) expect(now).toEqual(old);
        else {
          expect(now[gone]).toBe(0);
          for (const [key, share] of now.entries()) {
            if (key !== gone) expect(share).toBeCloseTo(old[key]! / (1 - old[gone]!), 3);
          }
        }
      }
    }
  }
  const all = look(hidePatches(hidden, { before: 1, behind: 1 })).arraySync() as number[][][][];
  for (const map of all[0]!) for (const shares of map) expect(shares[2]).toBe(0);
});
