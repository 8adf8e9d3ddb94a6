import { crc32 } from "node:zlib";

/* Files as torch.save makes them, and as it never would, byte by byte. */

/** How an entry of a zip differs from what it should be. */
export interface ZipEntry {
  readonly name: string;
  readonly data: Uint8Array | string;
  /** 0 is stored. */
  readonly method?: number;
  /** The name where the bytes lie, if that is another. */
  readonly localName?: string;
  /** Where the bytes lie, if that is not where they are written. */
  readonly offset?: number;
}

const u16 = (value: number) => Buffer.from([value & 0xff, value >> 8]);
const u32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

/** A zip of stored entries. */
export function zipOf(entries: readonly ZipEntry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let position = 0;
  for (const { name, data, method = 0, localName = name, offset } of entries) {
    const bytes = Buffer.from(data);
    const facts = Buffer.concat([
      ...[u16(20), u16(0), u16(method), u32(0), u32(crc32(bytes)), u32(bytes.length), u32(bytes.length)],
    ]);
    const local = Buffer.concat([
      ...[u32(0x04034b50), facts, u16(localName.length), u16(0), Buffer.from(localName), bytes],
    ]);
    directory.push(
      Buffer.concat([
        ...[u32(0x02014b50), u16(20), facts, u16(name.length), u16(0), u16(0), u16(0), u16(0), u32(0)],
        ...[u32(offset ?? position), Buffer.from(name)],
      ]),
    );
    parts.push(local);
    position += local.length;
  }
  const table = Buffer.concat(directory);
  const count = u16(entries.length);
  const end = [u32(0x06054b50), u32(0), count, count, u32(table.length), u32(position), u16(0)];
  return Buffer.concat([...parts, table, ...end]);
}

/** A pickle of protocol 2 from its instructions: text as it stands, numbers as bytes. */
export function pickleOf(...instructions: readonly (string | number | Uint8Array)[]): Buffer {
  const parts = instructions.map((part) =>
    typeof part === "string" ? Buffer.from(part, "latin1") : typeof part === "number" ? Buffer.from([part]) : part,
  );
  return Buffer.concat([Buffer.from([0x80, 2]), ...parts, Buffer.from(".")]);
}

/** A text, as BINUNICODE. */
export function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from("X"), u32(bytes.length), bytes]);
}

/** An integer, as LONG1 of 16 bytes. */
export function integer(value: number | bigint): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeBigInt64LE(BigInt.asIntN(64, BigInt(value)));
  bytes.writeBigInt64LE(BigInt.asIntN(64, BigInt(value) >> 64n), 8);
  return Buffer.concat([Buffer.from([0x8a, 16]), bytes]);
}

export const tuple = (...items: readonly Uint8Array[]) => Buffer.concat([Buffer.from("("), ...items, Buffer.from("t")]);
const table = (...items: readonly Uint8Array[]) => Buffer.concat([Buffer.from("}("), ...items, Buffer.from("u")]);
const numbers = (values: readonly (number | bigint)[]) => tuple(...values.map(integer));

/** A tensor as it is pickled. */
export interface PickledView {
  readonly key?: string;
  /** The class of its storage in the module `torch`. */
  readonly type?: string;
  /** How many numbers its storage has. */
  readonly count?: number | bigint;
  readonly offset?: number | bigint;
  readonly shape?: readonly (number | bigint)[];
  readonly strides?: readonly (number | bigint)[];
}

/** A call of `_rebuild_tensor_v2`. */
export function tensor(view: PickledView = {}, isLegacy = false): Buffer {
  const { key = "0", type = "FloatStorage", count = 6, offset = 0, shape = [2, 3], strides = [3, 1] } = view;
  const storage = [text("storage"), Buffer.from(`ctorch\n${type}\n`), text(key), text("cpu"), integer(count)];
  const id = Buffer.concat([tuple(...storage, ...(isLegacy ? [Buffer.from("N")] : [])), Buffer.from("Q")]);
  const parts = [id, integer(offset), numbers(shape), numbers(strides), Buffer.from([0x89]), Buffer.from("}")];
  return Buffer.concat([Buffer.from("ctorch._utils\n_rebuild_tensor_v2\n"), tuple(...parts), Buffer.from("R")]);
}

/** A state_dict's pickle. */
export function stateOf(tensors: Readonly<Record<string, Uint8Array>>): Buffer {
  return pickleOf(table(...Object.entries(tensors).flatMap(([name, value]) => [text(name), value])));
}

/** 32-bit floats as bytes. */
export function floats(...values: readonly number[]): Uint8Array {
  return new Uint8Array(Float32Array.from(values).buffer);
}

/** An archive of `torch.save`. */
export function archiveOf(
  pickle: Uint8Array,
  storages: Readonly<Record<string, Uint8Array>> = { 0: floats(1, 2, 3, 4, 5, 6) },
  more: readonly ZipEntry[] = [],
): Buffer {
  return zipOf([
    { name: "model/data.pkl", data: pickle },
    { name: "model/byteorder", data: "little" },
    ...Object.entries(storages).map(([key, data]) => ({ name: `model/data/${key}`, data })),
    { name: "model/version", data: "3\n" },
    ...more,
  ]);
}

/** A file of before PyTorch 1.6. */
export function legacyOf(
  pickle: Uint8Array,
  storages: Readonly<Record<string, Float32Array>>,
  { isLittle = true, magic = 0x1950a86a20f9469cfc6cn } = {},
): Buffer {
  const keys = Object.keys(storages).map(text);
  const counted = Object.values(storages).flatMap((data) => {
    const count = Buffer.alloc(8);
    count.writeBigUInt64LE(BigInt(data.length));
    return [count, new Uint8Array(data.buffer)];
  });
  return Buffer.concat([
    pickleOf(integer(magic)),
    pickleOf(integer(1001)),
    pickleOf(
      table(text("protocol_version"), integer(1001), text("little_endian"), Buffer.from([isLittle ? 0x88 : 0x89])),
    ),
    pickle,
    pickleOf("](", ...keys, "e"),
    ...counted,
  ]);
}
