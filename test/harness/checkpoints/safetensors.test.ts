import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSafetensors, readSafetensors, writeSafetensors } from "../../../harness/checkpoints/safetensors.js";
import type { StoredType } from "../../../harness/checkpoints/storage-types.js";
import { fromBfloat16, fromFloat16, toBfloat16, toFloat16 } from "../../../harness/engine/float16.js";
import type { WeightArrays } from "../../../harness/layers/weights.js";
import { createRandom } from "../../../harness/random.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "simvlm-"));
});
afterAll(() => rm(folder, { recursive: true }));

const weights: WeightArrays = {
  "b.kernel": { shape: [2, 3], data: Float32Array.of(1, -2, 0.5, 65504, 2 ** -24, 0) },
  a: { shape: [], data: Float32Array.of(-0.1) },
  empty: { shape: [0, 4], data: new Float32Array() },
};

test("f32 comes back bit for bit, with names, shapes and metadata", async () => {
  const path = join(folder, "f32.safetensors");
  await writeSafetensors(path, weights, { metadata: { format: "simvlm" } });
  expect(await readSafetensors(path)).toEqual(weights);
  const file = await openSafetensors(path);
  expect(file.metadata).toEqual({ format: "simvlm" });
  await file.close();
});

test("the bytes are those of the format", async () => {
  const path = join(folder, "bytes.safetensors");
  await writeSafetensors(path, { x: { shape: [2], data: Float32Array.of(1, 2) } }, { dtype: "BF16" });
  const bytes = await readFile(path);
  const json = '{"x":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}';
  const padded = json + " ".repeat((8 - (json.length % 8)) % 8);
  expect(bytes.readBigUInt64LE()).toBe(BigInt(padded.length));
  expect(bytes.subarray(8, -4).toString()).toBe(padded);
  expect([...bytes.subarray(-4)]).toEqual([0x80, 0x3f, 0x00, 0x40]);
});

test.each(["F16", "BF16"] as const)("%s comes back as the nearest value, larger tensors in chunks", async (dtype) => {
  const path = join(folder, `${dtype}.safetensors`);
  const random = createRandom(2);
  const data = Float32Array.from({ length: 300_000 }, () => random.normal());
  await writeSafetensors(path, { w: { shape: [300, 1000], data } }, { dtype });
  const { w } = await readSafetensors(path);
  const precision = dtype === "F16" ? 2 ** -11 : 2 ** -8;
  expect(
    w!.data.every((value, index) => Math.abs(value - data[index]!) <= precision * Math.abs(data[index]!) + 2 ** -25),
  ).toBe(true);
  await writeSafetensors(path, { w: w! }, { dtype });
  expect(Buffer.compare(bytesOf((await readSafetensors(path)).w!.data), bytesOf(w!.data))).toBe(0);
});

test.each<[StoredType, number]>([
  ["F16", 65_520],
  ["F16", -1e30],
  ["BF16", 3.4e38],
])("%s refuses %d, which would become infinite", async (dtype, large) => {
  const path = join(folder, "overflow.safetensors");
  const data = Float32Array.of(1, 2, large);
  await expect(writeSafetensors(path, { "a.kernel": { shape: [3], data } }, { dtype })).rejects.toMatchObject({
    code: "not-storable",
    message: expect.stringMatching(
      new RegExp(`^"a\\.kernel" has the number .* which ${dtype} does not hold\\. Store.*F32`),
    ),
  });
});

test("every 16-bit value survives the way to 32 bits and back; known values and ties", () => {
  const changed: string[] = [];
  for (const [decode, encode] of [
    [fromFloat16, toFloat16],
    [fromBfloat16, toBfloat16],
  ] as const) {
    for (let word = 0; word < 0x1_0000; word++) {
      const value = decode(word);
      const again = encode(value);
      if (Number.isNaN(value) ? !Number.isNaN(decode(again)) : again !== word) changed.push(`${encode.name} ${word}`);
    }
  }
  expect(changed).toEqual([]);
  // 2049 lies between 2048 and 2050, 2051 between 2050 and 2052: ties go to the even fraction.
  for (const [value, rounded] of [
    [1, 1],
    [0.1, 0.0999755859375],
    [2049, 2048],
    [2051, 2052],
    [65519, 65504],
    [65520, Infinity],
    [2 ** -25, 0],
    [3 * 2 ** -25, 2 ** -23],
    [-1e9, -Infinity],
  ] as const) {
    expect(fromFloat16(toFloat16(value))).toBe(rounded);
  }
  for (const [value, rounded] of [
    [1, 1],
    [0.1, 0.10009765625],
    [257, 256],
    [259, 260],
    [3.4e38, Infinity],
    [-3, -3],
  ] as const) {
    expect(fromBfloat16(toBfloat16(value))).toBe(rounded);
  }
});

const entry = (begin: number, end: number, shape = [1], dtype = "F32") => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

test.each([
  ["overlap", { a: entry(0, 4), b: entry(2, 6) }, 6, /"b" overlaps "a"/],
  ["gap", { a: entry(0, 4), b: entry(8, 12) }, 12, /"b" leaves a gap after "a"/],
  ["start", { a: entry(4, 8) }, 8, /"a" leaves a gap after the header/],
  ["size", { a: entry(0, 8) }, 8, /"a" is F32 \[1\], 4 bytes, but lies at 0–8/],
  ["truncated", { a: entry(0, 4), b: entry(4, 8) }, 6, /"b" ends at byte 8 of 6: the file is cut off/],
  ["trailing", { a: entry(0, 4) }, 7, /3 bytes after the last tensor/],
  ["type", { a: entry(0, 8, [1], "I64") }, 8, /"a" is stored as I64; F32, F16, BF16 can be read/],
  ["negative", { a: entry(-4, 0) }, 0, /data_offsets/],
  ["fields", { a: { dtype: "F32" } }, 0, /shape/],
  ["metadata", { __metadata__: { steps: 3 } }, 0, /__metadata__/],
] as const)("a damaged header is refused: %s", async (name, header, dataBytes, message) => {
  await expect(readBytes(name, JSON.stringify(header), dataBytes)).rejects.toThrow(message);
  await expect(readBytes(name, JSON.stringify(header), dataBytes)).rejects.toThrow(SimvlmError);
});

test("what is no safetensors file is refused", async () => {
  await expect(readBytes("json", "{", 0)).rejects.toThrow(/not a JSON table/);
  await expect(readBytes("list", "[1]", 0)).rejects.toThrow(/not a JSON table/);
  const path = join(folder, "short");
  await writeFile(path, "abc");
  await expect(readSafetensors(path)).rejects.toThrow(/cut off/);
  await writeFile(path, "version 2 of something else");
  await expect(readSafetensors(path)).rejects.toThrow(/claim a header of/);
});

test("a file cut off anywhere is refused", async () => {
  const path = join(folder, "cut.safetensors");
  await writeSafetensors(path, weights);
  const { length } = await readFile(path);
  for (let size = length - 1; size >= 0; size -= 7) {
    await truncate(path, size);
    await expect(readSafetensors(path)).rejects.toThrow(SimvlmError);
  }
});

test("a file that shrinks after it was opened is noticed", async () => {
  const path = join(folder, "shrinks.safetensors");
  await writeSafetensors(path, weights);
  const file = await openSafetensors(path);
  await truncate(path, (await readFile(path)).length - 2);
  await expect(file.read("a")).rejects.toThrow(/cut off/);
  await file.close();
});

async function readBytes(name: string, header: string, dataBytes: number): Promise<WeightArrays> {
  const path = join(folder, `${name}.safetensors`);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(header)));
  await writeFile(path, Buffer.concat([length, Buffer.from(header), Buffer.alloc(dataBytes)]));
  return readSafetensors(path);
}

function bytesOf(data: Float32Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
