import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { openPytorch } from "../../../harness/checkpoints/pytorch.js";
import { openSafetensors, writeSafetensors } from "../../../harness/checkpoints/safetensors.js";
import type { StoredWeights } from "../../../harness/checkpoints/stored-weights.js";
import {
  archiveOf,
  floats,
  integer,
  legacyOf,
  pickleOf,
  stateOf,
  tensor,
  text,
  tuple,
  zipOf,
} from "./pytorch-files.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "simvlm-"));
});

async function open(bytes: Uint8Array): Promise<StoredWeights> {
  const path = join(folder, "weights.bin");
  await writeFile(path, bytes);
  return openPytorch(path);
}

const utf8 = Buffer.from("größe.日本");

describe("what torch.save makes is read", () => {
  test("names, shapes, types and numbers; where they lie in the file", async () => {
    const weights = await open(
      archiveOf(
        stateOf({
          "a.weight": tensor(),
          transposed: tensor({ shape: [3, 2], strides: [1, 3] }),
          column: tensor({ offset: 1, shape: [2], strides: [3] }),
          expanded: tensor({ shape: [2, 2], strides: [0, 1] }),
          scalar: tensor({ offset: 5, shape: [], strides: [] }),
          empty: tensor({ shape: [0, 4], strides: [4, 1] }),
          half: tensor({ key: "h", type: "HalfStorage", count: 2, shape: [2], strides: [1] }),
          bf: tensor({ key: "b", type: "BFloat16Storage", count: 2, shape: [2], strides: [1] }),
          [utf8.toString()]: tensor(),
        }),
        { 0: floats(1, 2, 3, 4, 5, 6), h: Buffer.from([0, 0x3c, 0, 0xc0]), b: Buffer.from([0x80, 0x3f, 0, 0xc0]) },
      ),
    );
    const numbers: Record<string, number[]> = {};
    for (const name of weights.tensors.keys()) numbers[name] = [...(await weights.read(name)).data];
    expect(numbers).toEqual({
      "a.weight": [1, 2, 3, 4, 5, 6],
      transposed: [1, 4, 2, 5, 3, 6],
      column: [2, 5],
      expanded: [1, 2, 1, 2],
      scalar: [6],
      empty: [],
      half: [1, -2],
      bf: [1, -2],
      "größe.日本": [1, 2, 3, 4, 5, 6],
    });
    expect(weights.tensors.get("half")).toEqual({ shape: [2], dtype: "F16" });
    expect(["transposed", "column", "expanded"].map((name) => weights.place(name))).toEqual(Array(3).fill(undefined));
    for (const name of ["a.weight", "scalar", "half"]) {
      const { path, offset, length } = weights.place(name)!;
      const { dtype } = weights.tensors.get(name)!;
      const stored = (await readFile(path)).subarray(offset, offset + length);
      const first = dtype === "F32" ? stored.readFloatLE() : stored.readUInt16LE() === 0x3c00 ? 1 : Number.NaN;
      expect([first, length]).toEqual([numbers[name]![0], numbers[name]!.length * (dtype === "F32" ? 4 : 2)]);
    }
    await weights.close();
  });

  test("buffers are there, and are no weights", async () => {
    const ids = tensor({ key: "1", type: "LongStorage", count: 2, shape: [1, 2], strides: [2, 1] });
    const weights = await open(archiveOf(stateOf({ position_ids: ids }), { 1: Buffer.alloc(16) }));
    expect(weights.tensors.get("position_ids")).toEqual({ shape: [1, 2], dtype: "I64" });
    await expect(weights.read("position_ids")).rejects.toThrow(/"position_ids" is stored as I64; F32, F16, BF16 can/);
    await expect(weights.read("other")).rejects.toThrow(/no tensor "other"/);
    await weights.close();
  });

  test("state_dicts of modules, parameters, and tables as Python 2 pickled them", async () => {
    const ordered = "ccollections\nOrderedDict\n";
    const metadata = ["}", text("_metadata"), `${ordered})R`, "sb"];
    const module = pickleOf(`${ordered})R`, text("w"), tensor(), "s", ...metadata);
    const parameter = [Buffer.from("ctorch._utils\n_rebuild_parameter\n("), tensor(), "\x88}tR"];
    const parameters = pickleOf("}", text("w"), ...parameter, "s");
    const pairs = pickleOf(ordered, "](", "](", "U\x01w", tensor(), "ee", "\x85R");
    for (const pickle of [module, parameters, pairs]) {
      const weights = await open(archiveOf(pickle));
      expect((await weights.read("w")).data).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6));
      await weights.close();
    }
  });

  test("files of before PyTorch 1.6", async () => {
    const views = { a: tensor({}, true), b: tensor({ key: "9", count: 2, shape: [2], strides: [1] }, true) };
    const storages = { 9: Float32Array.of(7, 8), 0: Float32Array.of(1, 2, 3, 4, 5, 6) };
    const weights = await open(legacyOf(stateOf(views), storages));
    expect((await weights.read("a")).data).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6));
    expect((await weights.read("b")).data).toEqual(Float32Array.of(7, 8));
    await weights.close();
    const big = legacyOf(stateOf(views), storages, { isLittle: false });
    await expect(open(big)).rejects.toThrow(/not little-endian/);
    await expect(open(legacyOf(stateOf(views), storages, { magic: 3n }))).rejects.toThrow(/neither a zip nor/);
    await expect(open(legacyOf(stateOf(views), { 9: storages[9] }))).rejects.toThrow(/lacks the storage "0"/);
    await expect(open(legacyOf(stateOf(views), { ...storages, 0: storages[9] }))).rejects.toThrow(/should have 6/);
  });

  test("names of Object's prototype are names", async () => {
    const names = ["__proto__", "constructor", "toString"];
    const entries = names.flatMap((name) => [text(name), tensor()]);
    const weights = await open(archiveOf(pickleOf("}(", ...entries, "u")));
    expect([...weights.tensors.keys()]).toEqual(names);
    expect(({} as Record<string, unknown>).shape).toBeUndefined();
    await weights.close();
  });
});

const call = (name: string, ...args: Uint8Array[]) => pickleOf(`c${name.replace(".", "\n")}\n`, tuple(...args), "R");
const nested = Buffer.concat([Buffer.from(")"), Buffer.alloc(300_000, 0x85)]);
const state = (view: Parameters<typeof tensor>[0]) => archiveOf(stateOf({ w: tensor(view) }));
/** More entries of a zip of one good tensor. */
const withEntries = (...more: Parameters<typeof zipOf>[0]) => archiveOf(stateOf({ w: tensor() }), undefined, more);
const pair = [text("a"), "N"];
/** A list of pairs that is made into a table again and again. */
const again = [
  "](",
  ...Array.from({ length: 4000 }, (_, i) => Buffer.concat([text(`${i}`), Buffer.from([0x4e, 0x86])])),
  `eq\x00${"0ccollections\nOrderedDict\nh\x00\x85R".repeat(20_000)}`,
];

describe("anything else is refused by name, in no time", () => {
  test.each<[string, Uint8Array, RegExp]>([
    ["a call", archiveOf(call("posix.system", text("touch PWNED"))), /asks for posix\.system/],
    ["a name that is not called", archiveOf(pickleOf("cos\nsystem\n0}")), /asks for os\.system/],
    ["a name with dots", archiveOf(pickleOf("X\x05\0\0\0torchX\x09\0\0\0os.system\x93")), /asks for torch\.os\.system/],
    ["INST", archiveOf(pickleOf("(S'x'\nios\nsystem\n")), /asks for os\.system/],
    ["a bare pickle", Buffer.from("cos\nsystem\n(S'x'\ntR."), /asks for os\.system/],
    ["NEWOBJ", archiveOf(pickleOf("ccollections\nOrderedDict\n)\x81")), /NEWOBJ/],
    ["EXT1", archiveOf(pickleOf("\x82\x01")), /EXT1/],
    ["bytes", archiveOf(pickleOf("C\x01a")), /SHORT_BINBYTES/],
    ["no instruction", archiveOf(pickleOf("\xff")), /0xff, is no instruction/],
    ["an unknown type", state({ type: "QInt8Storage" }), /unknown type, torch\.QInt8Storage/],
    ["protocol 6", archiveOf(pickleOf("\x80\x06N")), /protocol 6/],
    ["a state other than _metadata", archiveOf(pickleOf("}}", text("evil"), "Nsb")), /sets the state .*evil/],
    ["a call of a table", archiveOf(pickleOf("})R")), /calls what is no function/],
    ["a list", archiveOf(pickleOf("]")), /not a state_dict/],
    ["a table of other things", archiveOf(pickleOf("}", text("epoch"), "K\x01s")), /"epoch" is no tensor/],
    ["a name twice", archiveOf(pickleOf("}(", ...pair, ...pair, "u")), /"a" twice/],
    ["a number for a name", archiveOf(pickleOf("}K\x01Ns")), /has 1 where a text should be/],
    ["a key without a value", archiveOf(pickleOf("}(", text("a"), "u")), /without a value/],
    ["a text that is not UTF-8", archiveOf(pickleOf("}X\x01\0\0\0\xffNs")), /not UTF-8/],
    ["an empty stack", archiveOf(pickleOf("R")), /empty stack/],
    ["a value from below a mark", archiveOf(pickleOf("}(0b")), /empty stack|sets the state/],
    ["no mark", archiveOf(pickleOf("t")), /there is none/],
    ["an unknown memo", archiveOf(pickleOf("h\x05")), /entry 5 of its memo/],
    ["a giant text", archiveOf(pickleOf("X\xff\xff\xff\x7fabc")), /wants 2147483647 more bytes/],
    ["a giant frame", archiveOf(pickleOf(`\x95${"\xff".repeat(8)}`)), /more bytes/],
    ["a giant integer", archiveOf(pickleOf("\x8b\0\0\x10\0", Buffer.alloc(1 << 20))), /integer of 1048576 bytes/],
    ["a giant line", archiveOf(pickleOf(`L${"9".repeat(1 << 20)}\n`)), /where an integer should be/],
    ["a list in itself", archiveOf(pickleOf("]q\0h\0a")), /not a state_dict/],
    ["a table in itself", archiveOf(pickleOf("}q\0", text("a"), "h\0s")), /"a" is no tensor/],
    ["half a million tables", archiveOf(pickleOf("}".repeat(500_001))), /more than 500000 steps/],
    ["tables of one list again and again", archiveOf(pickleOf(...again)), /more than 500000 steps/],
    ["deep nesting for a key", archiveOf(pickleOf("}", nested, "Ns")), /an object where a text/],
    ["deep nesting for a shape", archiveOf(deepShape()), /of shape \[…\]/],
    ["a negative size", state({ shape: [-2, -3] }), /of shape \[-2,-3\]/],
    ["a negative stride", state({ strides: [-1, 1] }), /strides \[-1,1\]/],
    ["a negative offset", state({ offset: -1 }), /at -1 /],
    ["a float for a size", archiveOf(floatShape()), /of shape \[2\]/],
    ["an offset beyond all numbers", state({ offset: 2n ** 63n }), /at 9223372036854775808/],
    ["sizes beyond all numbers", state({ shape: [2n ** 40n, 2n ** 40n], strides: [0, 0] }), /"w".* numbers/],
    ["sizes that overflow to none", state({ shape: Array(30).fill(2 ** 52), strides: Array(30).fill(0) }), /"w"/],
    ["far more numbers than there are", state({ shape: [2 ** 31], strides: [0] }), /storage has 6/],
    ["too many dimensions", state({ shape: Array(65).fill(1), strides: Array(65).fill(1) }), /of shape \[1,1/],
    ["a shape without strides", state({ strides: [1] }), /with strides \[1\]/],
    ["an offset out of bounds", state({ offset: 1 }), /"w" .* ends at 7 of the 6 numbers/],
    ["a stride out of bounds", state({ strides: [4, 1] }), /ends at 7 of the 6 numbers/],
    ["a storage shorter than it says", state({ count: 100 }), /should be 100 × F32 and has 24 bytes/],
    ["a storage longer than it says", state({ count: 5, shape: [5], strides: [1] }), /should be 5 × F32/],
    ["a storage that is not there", state({ key: "7" }), /lacks the storage "7"/],
    ["a storage outside", state({ key: "../../../etc/passwd" }), /lacks the storage/],
    ["a storage of 2^62", state({ count: 2n ** 62n }), /no storage of numbers/],
    [
      "a storage of two types",
      archiveOf(stateOf({ a: tensor(), b: tensor({ type: "HalfStorage" }) })),
      /6 × F32 and also 6 × F16/,
    ],
    ["big-endian", zipOf([entry("data.pkl", stateOf({ w: tensor() })), entry("byteorder", "big")]), /little-endian/],
    ["two pickles", withEntries({ name: "other/data.pkl", data: "" }), /2 files data\.pkl/],
    ["two entries of a name", withEntries({ name: "model/data/0", data: "" }), /two entries called "model\/data\/0"/],
    ["no pickle", zipOf([entry("data/0", "")]), /without a data\.pkl/],
    ["TorchScript", withEntries({ name: "model/constants.pkl", data: "" }), /TorchScript/],
    ["paths that lead out", withEntries({ name: "../../evil", data: "" }), /invalid relative path/],
    ["a compressed entry", zipOf([entry("data.pkl", stateOf({}), { method: 8 })]), /"m\/data.pkl" is compressed/],
    ["another name inside", zipOf([entry("data.pkl", "", { localName: "m/evil.pkl" })]), /called "m\/evil.pkl"/],
    ["storages in each other", overlapping(), /overlaps another/],
    ["a tar", Buffer.concat([Buffer.alloc(257), Buffer.from("ustar"), Buffer.alloc(300)]), /tar archive/],
    ["a web page", Buffer.from("<!DOCTYPE html><html>"), /a web page/],
    ["an empty file", Buffer.alloc(0), /it is empty/],
    ["zeros", Buffer.alloc(1000), /no instruction/],
  ])("%s", async (_name, bytes, message) => {
    const refused = expect.objectContaining({ code: "bad-pytorch", message: expect.stringMatching(message) });
    await expect(open(bytes)).rejects.toThrow(refused);
    const error = (await open(bytes).catch((thrown: unknown) => thrown)) as SimvlmError;
    expect(error.message.length).toBeLessThan(600);
    expect(await readdir(folder)).toEqual(["weights.bin"]);
  });

  test("a Git LFS pointer has a code of its own", async () => {
    const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n";
    await expect(open(Buffer.from(pointer))).rejects.toMatchObject({
      code: "lfs-pointer",
      message: expect.stringContaining("git lfs pull"),
    });
  });
});

function entry(name: string, data: Uint8Array | string, more = {}) {
  return { name: `m/${name}`, data, ...more };
}

/** A tensor whose shape is a tuple in a tuple in a tuple … */
function deepShape(): Buffer {
  return stateOf({
    w: Buffer.from(
      tensor()
        .toString("latin1")
        .replace(shapeText([2, 3]), nested.toString("latin1")),
      "latin1",
    ),
  });
}

function floatShape(): Buffer {
  const two = Buffer.alloc(8);
  two.writeDoubleBE(2);
  const shape = `(G${two.toString("latin1")}t`;
  return stateOf({
    w: Buffer.from(
      tensor()
        .toString("latin1")
        .replace(shapeText([2, 3]), shape),
      "latin1",
    ),
  });
}

function shapeText(shape: readonly number[]): string {
  return tuple(...shape.map(integer)).toString("latin1");
}

/** A storage within another: an entry that begins in the bytes of one. */
function overlapping(): Buffer {
  const inner = entry("data/1", floats(1, 2, 3, 4, 5, 6));
  const local = zipOf([inner]).subarray(0, 64);
  const outer = entry("data/0", local);
  const offset = zipOf([outer]).indexOf(local);
  const views = { a: tensor({ key: "0", count: 16, shape: [16], strides: [1] }), b: tensor({ key: "1" }) };
  return zipOf([outer, { ...inner, offset }, entry("data.pkl", stateOf(views))]);
}

/* Bytes changed and cut off at random: what is read lies within the file, all else is refused. */

const views = {
  a: tensor(),
  t: tensor({ shape: [3, 2], strides: [1, 3] }),
  ids: tensor({ key: "i", type: "LongStorage", count: 1, shape: [1], strides: [1] }),
};
const legacyViews = { a: tensor({}, true), t: tensor({ shape: [3, 2], strides: [1, 3] }, true) };
const good = archiveOf(stateOf(views), { 0: floats(1, 2, 3, 4, 5, 6), i: Buffer.alloc(8) });
const legacy = legacyOf(stateOf(legacyViews), { 0: Float32Array.of(1, 2, 3, 4, 5, 6) });

const RUNS = 300;

const damage = fc.record({
  changes: fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }),
  kept: fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })),
});

function damaged(bytes: Buffer, { changes, kept }: { changes: [number, number][]; kept: number }): Buffer {
  const copy = Buffer.from(bytes);
  for (const [at, value] of changes) copy[at % copy.length] = value;
  return copy.subarray(0, Math.ceil(copy.length * kept));
}

async function readAll(opening: Promise<StoredWeights>): Promise<void> {
  try {
    const weights = await opening;
    try {
      for (const name of weights.tensors.keys()) {
        weights.place(name);
        expect((await weights.read(name)).data.length).toBeLessThanOrEqual(1 << 20);
      }
    } finally {
      await weights.close();
    }
  } catch (error) {
    if (!(error instanceof SimvlmError)) throw error;
  }
}

test.each([
  ["an archive", good],
  ["a file of before PyTorch 1.6", legacy],
])("%s that is damaged anywhere is refused or read", async (_name, bytes) => {
  await readAll(open(bytes));
  await fc.assert(
    fc.asyncProperty(damage, (change) => readAll(open(damaged(bytes, change)))),
    { numRuns: RUNS },
  );
});

test("safetensors that are damaged anywhere are refused or read", async () => {
  const path = join(folder, "weights.safetensors");
  await writeSafetensors(path, { a: { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) } });
  const bytes = await readFile(path);
  const property = fc.asyncProperty(damage, async (change) => {
    await writeFile(path, damaged(bytes, change));
    await readAll(openSafetensors(path));
  });
  await fc.assert(property, { numRuns: RUNS });
});
