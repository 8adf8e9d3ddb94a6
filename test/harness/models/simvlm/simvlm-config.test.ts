import { SimvlmError } from "@simvlm/metrics";
import { expect, test } from "vitest";
import { sizeOf } from "../../../../harness/engine/trace/graph.js";
import { countParameters, parameterShapes } from "../../../../harness/models/simvlm/parameters.js";
import {
  asDecoderOnly,
  parseConfig,
  presets,
  type SimVLMConfig,
} from "../../../../harness/models/simvlm/simvlm-config.js";

/** The count again, as closed formulas: nothing here looks at the names or shapes of the program. */
function countByHand(c: SimVLMConfig): number {
  const [w, m] = [c.width, c.mlpWidth];
  const grid = c.imageSize / c.patchSize;
  const norm = 2 * w;
  const mlp = 2 * w * m + m + w;
  const attention = 4 * w * w + 4 * w;
  const relative = (2 * grid - 1) ** 2 * c.heads;
  const single = c.layout === "decoder-only";
  const encoder = c.encoderLayers * (attention + mlp + 2 * norm + relative) + (single ? 0 : norm);
  const decoder =
    c.decoderLayers * (single ? attention + mlp + 2 * norm + relative : 2 * attention + mlp + 3 * norm) + norm;
  let conv = c.convBlocks.length > 0 ? 7 * 7 * 3 * c.convWidth + 2 * c.convWidth : 0;
  let input = c.convWidth;
  c.convBlocks.forEach((blocks, stage) => {
    const middle = c.convWidth * 2 ** stage;
    const block = (from: number) =>
      from * middle + 9 * middle ** 2 + middle * 4 * middle + 2 * (2 * middle + 4 * middle);
    conv += block(input) + input * 4 * middle + 2 * 4 * middle + (blocks - 1) * block(4 * middle);
    input = 4 * middle;
  });
  const channels = c.convBlocks.length > 0 ? input : 3;
  const stride = c.convBlocks.length > 0 ? Math.min(c.patchSize, 4 * 2 ** (c.convBlocks.length - 1)) : 1;
  const projection = (c.patchSize / stride) ** 2 * channels * w + w;
  const tables = (grid ** 2 + c.vocabularySize + c.textLength) * w;
  return conv + projection + tables + encoder + decoder;
}

test.each([
  ["base", 251_829_584],
  ["large", 783_173_056],
  ["huge", 1_580_297_808],
  ["small", 77_205_216],
  ["toy", 1_700_904],
] as const)("%s has %i parameters", (name, count) => {
  expect(countByHand(presets[name])).toBe(count);
  expect(countParameters(presets[name])).toBe(count);
});

const variants: readonly SimVLMConfig[] = [
  asDecoderOnly(presets.small),
  { ...presets.small, convBlocks: [] },
  { ...presets.small, convBlocks: [2, 2] },
  { ...presets.small, convBlocks: [2, 2, 4, 3] },
  { ...presets.base, imageSize: 480 },
];

test.each(variants)("the formula counts the paper's ablations too: $layout, conv blocks $convBlocks", (config) => {
  expect(countParameters(config)).toBe(countByHand(config));
});

test.each([
  ["base", 86e6],
  ["large", 307e6],
  ["huge", 632e6],
] as const)("the encoder of %s with linear patches is the ViT that the paper compares it to", (name, count) => {
  const shapes = Object.entries(parameterShapes({ ...presets[name], convBlocks: [] }));
  const encoder = shapes.filter(([key]) => /^(image|encoder)\./.test(key) && !key.endsWith("relative"));
  const found = encoder.reduce((total, [, shape]) => total + sizeOf(shape), 0);
  expect(Math.abs(found / count - 1)).toBeLessThan(0.015);
});

/** torchvision's models without layer4 and fc: 44,549,160 and 60,192,808 less 14,964,736 and 2,049,000. */
test.each([
  ["base", 27_535_424],
  ["large", 43_179_072],
] as const)("the conv stage of %s is the first three stages of its ResNet", (name, count) => {
  const shapes = Object.entries(parameterShapes(presets[name])).filter(([key]) => /^image\.st/.test(key));
  expect(shapes.reduce((total, [, shape]) => total + sizeOf(shape), 0)).toBe(count);
});

test("every preset passes its own check, through JSON", () => {
  for (const config of Object.values(presets)) expect(parseConfig(JSON.parse(JSON.stringify(config)))).toEqual(config);
});

test.each([
  [{ width: 100, heads: 12 }, /width: must be a multiple of heads/],
  [{ imageSize: 225 }, /imageSize: must be a multiple of patchSize/],
  [{ convWidth: 60 }, /convWidth: must be a multiple of convGroups/],
  [{ layout: "decoder-only" }, /encoderLayers: must be 0/],
  [{ patchSize: 14 }, /patchSize: must be a power of two/],
  [{ vocabularySize: -3 }, /vocabularySize/],
  [{ hidden: 3 }, /hidden/],
] as const)("a bad config is refused with the field's name: %o", (change, message) => {
  const parse = () => parseConfig({ ...presets.base, ...change }, "there/config.json");
  expect(parse).toThrow(SimvlmError);
  expect(parse).toThrow(message);
  expect(parse).toThrow(/there\/config\.json/);
});

test("all faults are named at once", () => {
  expect(() => parseConfig({ ...presets.base, width: "wide", heads: 0 })).toThrow(/width.*heads/s);
});

test.each([
  ["encoderLayers", 1e9],
  ["encoderLayers", -1],
  ["decoderLayers", 1.5],
  ["decoderLayers", Number.POSITIVE_INFINITY],
  ["width", 2 ** 52],
  ["imageSize", 1e6],
  ["vocabularySize", 1e9],
  ["convBlocks", [1, 1e9]],
  ["textLength", Number.MAX_SAFE_INTEGER],
])("%s: %d is beyond every model", (field, value) => {
  const refuse = () => parseConfig({ ...presets.toy, [field]: value }, "config.json");
  expect(refuse).toThrow(expect.objectContaining({ code: "bad-config", message: expect.stringContaining(field) }));
});

test("what an object inherits is no field of a config", () => {
  const inherited: unknown = Object.create(presets.toy);
  expect(() => parseConfig(JSON.parse('{"__proto__": {"layout": "encoder-decoder"}}'))).toThrow(SimvlmError);
  expect(() => parseConfig(JSON.parse(JSON.stringify(inherited)))).toThrow(SimvlmError);
});
