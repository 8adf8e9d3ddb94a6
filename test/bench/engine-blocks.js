/*
 * Measures the engine on a pair of transformer blocks as wide as SimVLM base, forward and forward + backward.
 * Run `npm run build` first, then `node test/bench/engine-blocks.js [rounds]`.
 */
import * as tf from "@tensorflow/tfjs-core";
import { compile, NativeTensor } from "../../harness/dist/engine/index.js";

const BATCH = 4;
const TOKENS = 220;
const WIDTH = 768;
const HEADS = 12;
const HIDDEN = 4 * WIDTH;
const ROWS = BATCH * TOKENS;
const BLOCKS = ["first", "second"];

const SHAPES = Object.fromEntries(
  BLOCKS.flatMap((block) =>
    Object.entries({
      query: [WIDTH, WIDTH],
      key: [WIDTH, WIDTH],
      value: [WIDTH, WIDTH],
      out: [WIDTH, WIDTH],
      expand: [WIDTH, HIDDEN],
      contract: [HIDDEN, WIDTH],
      attentionScale: [WIDTH],
      feedForwardScale: [WIDTH],
      expandBias: [HIDDEN],
      contractBias: [WIDTH],
    }).map(([name, shape]) => [`${block}.${name}`, shape]),
  ),
);
const NAMES = Object.keys(SHAPES);

function normalise(x, scale) {
  const centred = tf.sub(x, tf.mean(x, -1, true)); // [rows, width]
  const variance = tf.mean(tf.square(centred), -1, true); // [rows, 1]
  return tf.mul(tf.mul(centred, tf.rsqrt(tf.add(variance, 1e-6))), scale);
}

function gelu(x) {
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
}

function attend(x, weights, block) {
  const project = (name) => {
    const rows = tf.matMul(x, weights[`${block}.${name}`]); // [rows, width]
    return tf.transpose(tf.reshape(rows, [BATCH, TOKENS, HEADS, WIDTH / HEADS]), [0, 2, 1, 3]);
  };
  const scores = tf.matMul(project("query"), project("key"), false, true); // [batch, heads, query, key]
  const attention = tf.softmax(tf.mul(scores, (WIDTH / HEADS) ** -0.5));
  const mixed = tf.transpose(tf.matMul(attention, project("value")), [0, 2, 1, 3]);
  return tf.matMul(tf.reshape(mixed, [ROWS, WIDTH]), weights[`${block}.out`]);
}

function feedForward(x, weights, block) {
  const hidden = gelu(tf.add(tf.matMul(x, weights[`${block}.expand`]), weights[`${block}.expandBias`]));
  return tf.add(tf.matMul(hidden, weights[`${block}.contract`]), weights[`${block}.contractBias`]);
}

function forward({ weights, x }) {
  return BLOCKS.reduce((rows, block) => {
    const attended = tf.add(rows, attend(normalise(rows, weights[`${block}.attentionScale`]), weights, block));
    const normal = normalise(attended, weights[`${block}.feedForwardScale`]);
    return tf.add(attended, feedForward(normal, weights, block));
  }, x);
}

function forwardAndBackward({ weights, x }) {
  const loss = (...tensors) => {
    const named = Object.fromEntries(NAMES.map((name, i) => [name, tensors[i]]));
    return tf.mean(tf.square(forward({ weights: named, x })));
  };
  const { value, grads } = tf.valueAndGrads(loss)(NAMES.map((name) => weights[name]));
  return { loss: value, gradients: Object.fromEntries(NAMES.map((name, i) => [name, grads[i]])) };
}

const PRODUCTS = 4 * ROWS * WIDTH * WIDTH + 2 * ROWS * WIDTH * HIDDEN + 2 * BATCH * TOKENS * TOKENS * WIDTH;
const FORWARD_FLOP = 2 * BLOCKS.length * PRODUCTS;

function filled(shape, number) {
  const tensor = NativeTensor.zeros(shape);
  tensor.data.forEach((_, i, data) => {
    data[i] = number * Math.sin(i * 0.37);
  });
  return tensor;
}

const inputs = {
  weights: Object.fromEntries(NAMES.map((name) => [name, filled(SHAPES[name], SHAPES[name].length === 1 ? 1 : 0.04)])),
  x: filled([ROWS, WIDTH], 1),
};
const rounds = Number(process.argv[2] ?? 10);

for (const [name, fn, flop] of [
  ["forward", forward, FORWARD_FLOP],
  ["forward + backward", forwardAndBackward, 3 * FORWARD_FLOP],
]) {
  const begin = performance.now();
  const compiled = await compile(fn, inputs);
  const compileMs = performance.now() - begin;
  const into = await compiled.run(inputs);
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    await compiled.run(inputs, { into });
    best = Math.min(best, performance.now() - start);
  }
  const speed = (flop / best / 1e6).toFixed(0);
  console.log(
    `${name}: ${best.toFixed(0)} ms, ${speed} GFLOP/s (${compiled.nodeCount} nodes, compiled in ${compileMs.toFixed(0)} ms)`,
  );
}
