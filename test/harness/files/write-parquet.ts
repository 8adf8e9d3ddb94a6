/*
 * Writes small Parquet files as the Hugging Face hub serves them: texts, whole numbers, bytes, lists of texts, and pictures
 * as structures of bytes and path. Pages are plain, unpacked, one a column and row group.
 */

export type ParquetValue = string | number | Uint8Array | null | readonly string[] | ParquetPicture;
/** A picture as `datasets` writes it. */
export interface ParquetPicture {
  readonly bytes: Uint8Array | null;
  readonly path: string | null;
}

type Field = readonly [id: number, type: number, bytes: Buffer];
const [I32, I64, BINARY, LIST, STRUCT] = [5, 6, 8, 9, 12];
const TYPES = { int64: 2, bytes: 6 } as const;
const [OPTIONAL, REPEATED] = [1, 2];
const UTF8 = 0;
const DATA_PAGE = 0;
const LIST_TYPE = 3;

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}

const i32 = (id: number, value: number): Field => [id, I32!, varint(value * 2)];
const i64 = (id: number, value: number): Field => [id, I64!, varint(value * 2)];
const text = (value: string | Uint8Array) => Buffer.concat([varint(Buffer.byteLength(value)), Buffer.from(value)]);
const struct = (...fields: readonly Field[]): Buffer => {
  let last = 0;
  const parts = fields.map(([id, type, bytes]) => {
    const header = Buffer.from([((id - last) << 4) | type]);
    last = id;
    return Buffer.concat([header, bytes]);
  });
  return Buffer.concat([...parts, Buffer.from([0])]);
};
const list = (id: number, type: number, items: readonly Buffer[]): Field => {
  const header = items.length < 15 ? Buffer.from([(items.length << 4) | type]) : Buffer.from([0xf0 | type]);
  return [id, LIST!, Buffer.concat([header, ...(items.length < 15 ? [] : [varint(items.length)]), ...items])];
};

interface Leaf {
  readonly path: readonly string[];
  readonly type: number;
  readonly maxDefinition: number;
  readonly maxRepetition: number;
  readonly isText: boolean;
  readonly entries: readonly { definition: number; repetition: number; value?: string | number | Uint8Array }[];
}

function leaf(path: string[], values: readonly (string | number | Uint8Array | null)[], depth = 1): Leaf {
  const isNumber = values.some((value) => typeof value === "number");
  return {
    path,
    type: isNumber ? TYPES.int64 : TYPES.bytes,
    maxDefinition: depth,
    maxRepetition: 0,
    isText: values.some((value) => typeof value === "string"),
    entries: values.map((value) =>
      value === null ? { definition: depth - 1, repetition: 0 } : { definition: depth, repetition: 0, value },
    ),
  };
}

function listLeaf(name: string, values: readonly (readonly string[])[]): Leaf {
  const entries = values.flatMap((items) =>
    items.length === 0
      ? [{ definition: 1, repetition: 0 }]
      : items.map((value, i) => ({ definition: 3, repetition: i === 0 ? 0 : 1, value })),
  );
  const path = [name, "list", "element"];
  return { path, type: TYPES.bytes, maxDefinition: 3, maxRepetition: 1, isText: true, entries };
}

const isPicture = (value: ParquetValue | undefined): value is ParquetPicture =>
  typeof value === "object" && value !== null && "bytes" in value;

function leavesOf(name: string, values: readonly ParquetValue[]): Leaf[] {
  if (values.some(isPicture)) {
    const pictures = values.map((value) => (isPicture(value) ? value : { bytes: null, path: null }));
    const of = (field: "bytes" | "path") => pictures.map((picture) => picture[field]);
    return [leaf([name, "bytes"], of("bytes"), 2), leaf([name, "path"], of("path"), 2)];
  }
  if (values.some(Array.isArray)) return [listLeaf(name, values as string[][])];
  return [leaf([name], values as (string | number | Uint8Array | null)[])];
}

function schemaOf(name: string, leaves: readonly Leaf[]): Buffer[] {
  const element = (title: string, { type, isText }: Leaf) =>
    struct(i32(1, type), i32(3, OPTIONAL!), [4, BINARY!, text(title)], ...(isText ? [i32(6, UTF8)] : []));
  const [first] = leaves;
  const group = (title: string, repetition: number, children: number, more: readonly Field[] = []) =>
    struct(i32(3, repetition), [4, BINARY!, text(title)], i32(5, children), ...more);
  if (first!.maxRepetition > 0) {
    return [group(name, OPTIONAL!, 1, [i32(6, LIST_TYPE)]), group("list", REPEATED!, 1), element("element", first!)];
  }
  if (first!.path.length === 1) return [element(name, first!)];
  return [group(name, OPTIONAL!, leaves.length), ...leaves.map((child) => element(child.path.at(-1)!, child))];
}

function levels(values: readonly number[], most: number): Buffer {
  if (most === 0) return Buffer.alloc(0);
  const runs = Buffer.concat(values.flatMap((value) => [varint(2), Buffer.from([value])]));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(runs.length);
  return Buffer.concat([length, runs]);
}

function pageOf({ entries, maxDefinition, maxRepetition }: Leaf): Buffer {
  const plain = entries.flatMap(({ value }) => {
    if (value === undefined) return [];
    const number = Buffer.alloc(typeof value === "number" ? 8 : 4);
    if (typeof value === "number") number.writeBigInt64LE(BigInt(value));
    else number.writeUInt32LE(Buffer.byteLength(value));
    return typeof value === "number" ? [number] : [number, Buffer.from(value)];
  });
  const repetitions = entries.map(({ repetition }) => repetition);
  const definitions = entries.map(({ definition }) => definition);
  const data = Buffer.concat([levels(repetitions, maxRepetition), levels(definitions, maxDefinition), ...plain]);
  const header = struct(i32(1, DATA_PAGE), i32(2, data.length), i32(3, data.length), [
    5,
    STRUCT!,
    struct(i32(1, entries.length), i32(2, 0), i32(3, 3), i32(4, 3)),
  ]);
  return Buffer.concat([header, data]);
}

/**
 * @param columns by name, all of the same length
 * @param groupRows rows in a group; default: all are one group
 */
export function formatParquet(columns: Readonly<Record<string, readonly ParquetValue[]>>, groupRows?: number): Buffer {
  const names = Object.entries(columns);
  const length = names[0]?.[1].length ?? 0;
  const step = groupRows ?? Math.max(length, 1);
  const parts: Buffer[] = [Buffer.from("PAR1")];
  let at = 4;
  const groups: Buffer[] = [];
  for (let start = 0; start < length; start += step) {
    const chunks = names.flatMap(([name, values]) => leavesOf(name, values.slice(start, start + step)));
    const described = chunks.map((chunk) => {
      const page = pageOf(chunk);
      const offset = at;
      parts.push(page);
      at += page.length;
      const metadata = struct(
        i32(1, chunk.type),
        list(2, I32!, [varint(0)]),
        list(3, BINARY!, chunk.path.map(text)),
        i32(4, 0),
        i64(5, chunk.entries.length),
        i64(6, page.length),
        i64(7, page.length),
        i64(9, offset),
      );
      return struct(i64(2, offset), [3, STRUCT!, metadata]);
    });
    groups.push(struct(list(1, STRUCT!, described), i64(2, 0), i64(3, Math.min(step, length - start))));
  }
  const schema = names.flatMap(([name, values]) => schemaOf(name, leavesOf(name, values)));
  const root = struct([4, BINARY!, text("schema")], i32(5, names.length));
  const footer = struct(i32(1, 1), list(2, STRUCT!, [root, ...schema]), i64(3, length), list(4, STRUCT!, groups));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(footer.length);
  return Buffer.concat([...parts, footer, size, Buffer.from("PAR1")]);
}
