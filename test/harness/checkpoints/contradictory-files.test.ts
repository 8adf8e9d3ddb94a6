import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openStoredWeights } from "../../../harness/checkpoints/open-stored-weights.js";
import { openPytorch } from "../../../harness/checkpoints/pytorch.js";
import { openSafetensors } from "../../../harness/checkpoints/safetensors.js";
import { hashFile } from "../../../harness/files/hash.js";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "simvlm-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** A text of a pickle, as BINUNICODE. */
function text(value: string): string {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(value.length);
  return `X${length.toString("latin1")}${value}`;
}

const TABLE = "ccollections\nOrderedDict\n)R";
const STORAGE = `(${text("storage")}ctorch\nFloatStorage\n${text("0")}${text("cpu")}K\x02tQ`;
const TENSOR = `ctorch._utils\n_rebuild_tensor_v2\n(${STORAGE}K\x00K\x02\x85K\x01\x85\x89${TABLE}tR`;
/** The state_dict of one tensor `w` of two floats. */
const STATE = `\x80\x02${TABLE}${text("w")}${TENSOR}s.`;
const NUMBERS = Buffer.from(Float32Array.of(1, 2).buffer);

interface ZipFile {
  readonly name: string;
  readonly data: Buffer;
  /** Fields where the entry lies, by their places in its header, as 16-bit numbers. */
  readonly local?: Readonly<Record<number, number>>;
  /** Where the table says that the entry lies, if it is not where it does. */
  readonly at?: (archive: Buffer) => number;
}

function header(signature: number, { name, data }: ZipFile, length: number, sizesAt: number): Buffer {
  const bytes = Buffer.alloc(length);
  bytes.writeUInt32LE(signature);
  bytes.writeUInt32LE(crc32(data), sizesAt - 4);
  bytes.writeUInt32LE(data.length, sizesAt);
  bytes.writeUInt32LE(data.length, sizesAt + 4);
  bytes.writeUInt16LE(name.length, sizesAt + 8);
  return bytes;
}

function localEntry(file: ZipFile): Buffer {
  const bytes = header(0x04034b50, file, 30, 18);
  for (const [place, value] of Object.entries(file.local ?? {})) bytes.writeUInt16LE(value, Number(place));
  return Buffer.concat([bytes, Buffer.from(file.name), file.data]);
}

function zip(files: readonly ZipFile[]): Buffer {
  const entries = files.map(localEntry);
  const body = Buffer.concat(entries);
  let offset = 0;
  const table = Buffer.concat(
    files.map((file, index) => {
      const bytes = header(0x02014b50, file, 46, 20);
      bytes.writeUInt32LE(file.at?.(body) ?? offset, 42);
      offset += entries[index]!.length;
      return Buffer.concat([bytes, Buffer.from(file.name)]);
    }),
  );
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(table.length, 12);
  end.writeUInt32LE(body.length, 16);
  return Buffer.concat([body, table, end]);
}

/** An archive as `torch.save` makes it, but for what is given. */
async function writeArchive({ pickle = STATE, storage = {} }: { pickle?: string; storage?: Partial<ZipFile> } = {}) {
  const path = join(folder, "pytorch_model.bin");
  const data = { name: "archive/data.pkl", data: Buffer.from(pickle, "latin1") };
  await writeFile(path, zip([data, { name: "archive/data/0", data: NUMBERS, ...storage }]));
  return path;
}

test("an archive whose parts agree is read", async () => {
  const stored = await openPytorch(await writeArchive());
  expect(await stored.read("w")).toEqual({ shape: [2], data: Float32Array.of(1, 2) });
  await stored.close();
});

const METHOD = 8;
const FLAGS = 6;
const SIZE = 18;

test.each([
  ["compression", { [METHOD]: 8 }],
  ["encryption", { [FLAGS]: 1 }],
  ["size", { [SIZE]: 4 }],
])("an entry whose own header says another %s than the table is refused", async (_, local) => {
  const path = await writeArchive({ storage: { local } });
  await expect(openPytorch(path)).rejects.toMatchObject({
    code: "bad-pytorch",
    message: expect.stringContaining('"archive/data/0" is stored otherwise than'),
  });
});

test.each([0, 0xffff])("an entry written in a stream has its sizes elsewhere: %i", async (word) => {
  const stored = await openPytorch(await writeArchive({ storage: { local: { [SIZE]: word, [SIZE + 2]: word } } }));
  expect((await stored.read("w")).data).toEqual(Float32Array.of(1, 2));
  await stored.close();
});

test("a storage that lies within the pickle is refused", async () => {
  const entry = localEntry({ name: "archive/data/0", data: NUMBERS });
  entry.fill(0, 14, 18); // the checksum, so that all of it is a text
  entry.fill(1, 44);
  const hidden = entry.toString("latin1");
  const length = Buffer.alloc(4);
  length.writeUInt32LE(hidden.length);
  const pickle = `\x80\x02T${length.toString("latin1")}${hidden}0${STATE.slice(2)}`;
  const path = await writeArchive({ pickle, storage: { at: (archive) => archive.indexOf(hidden, 0, "latin1") } });
  await expect(openPytorch(path)).rejects.toThrow('"archive/data/0" overlaps another entry');
});

test("a pickle of too many steps is refused", async () => {
  const path = await writeArchive({ pickle: `\x80\x02${"]".repeat(500_001)}.` });
  await expect(openPytorch(path)).rejects.toThrow("its pickle has more than 500000 steps");
});

test.each(["\xef\xbb\xbf<!DOCTYPE html>", '<?xml version="1.0"?><Error>', "\n<HTML>"])(
  "a page in a file's place is called one: %j",
  async (page) => {
    await writeFile(join(folder, "pytorch_model.bin"), page, "latin1");
    await expect(openStoredWeights(folder)).rejects.toThrow("it is a web page");
  },
);

test("a header of a hundred megabytes is refused unread", async () => {
  const path = join(folder, "model.safetensors");
  const length = Buffer.alloc(9);
  length.writeUInt32LE(99_000_000);
  length.write("{", 8);
  await writeFile(path, length);
  await truncate(path, 99_000_008);
  await expect(openSafetensors(path)).rejects.toThrow("claim a header of 99000000 bytes");
});

test("a header begins with its brace", async () => {
  const path = join(folder, "model.safetensors");
  const json = '\t{"w":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}';
  const length = Buffer.alloc(8);
  length.writeUInt32LE(json.length);
  await writeFile(path, Buffer.concat([length, Buffer.from(json)]));
  await expect(openSafetensors(path)).rejects.toThrow("is not a JSON table");
});

test("an index that is too long is refused unread", async () => {
  const path = join(folder, "model.safetensors.index.json");
  await writeFile(path, "{");
  await truncate(path, (1 << 24) + 1);
  await expect(openStoredWeights(folder)).rejects.toMatchObject({ code: "unreadable-file" });
});

test("what is no file has no hash, and nobody waits for a pipe", async () => {
  const place = (name: string) => join(folder, name);
  await mkdir(place("folder"));
  await expect(hashFile(place("folder"))).rejects.toMatchObject({ code: "unreadable-file" });
  await expect(hashFile(place("absent"))).rejects.toMatchObject({ code: "missing-file" });
  if (process.platform === "win32") return;
  execFileSync("mkfifo", [place("pipe")]);
  await expect(hashFile(place("pipe"))).rejects.toMatchObject({ code: "unreadable-file" });
});
