import type { FileHandle } from "node:fs/promises";
import { SimvlmError } from "@simvlm/metrics";
import type { AsyncBuffer, Compressors, FileMetaData, RowGroup, SchemaTree } from "hyparquet";
import { openFile } from "./open-file.js";
import { MOST_RECORDS } from "./record-limit.js";

/** In bytes: what the chosen columns of one row group may take, packed or not; they are in memory at once. */
const LARGEST_GROUP = 2 ** 30;
const MAGIC = "PAR1";

/** A table as Parquet holds it: its columns by name, its rows in groups. */
export interface ParquetTable {
  readonly path: string;
  /** The names of the outermost columns, in the file's order. */
  readonly columns: readonly string[];
  readonly length: number;
  /** The columns that hold pictures or other files: structures with `bytes` in them, and bytes that are not text. */
  readonly pictures: readonly string[];
  /** The rows of each row group: where they begin, and how many they are. */
  readonly groups: readonly ParquetGroup[];
  /**
   * The rows, from the first to the last; one row group is in memory at a time. Texts are strings, bytes `Uint8Array`,
   * whole numbers that fit are numbers; a column of structures gives objects, one of lists arrays.
   * @param columns those that are read
   * @throws SimvlmError `bad-parquet`, `too-long`
   */
  rows(columns: readonly string[]): AsyncGenerator<ParquetRow>;
  /** The rows of one of the groups, as {@link rows} gives them. */
  readGroup(group: ParquetGroup, columns: readonly string[]): Promise<ParquetRow[]>;
}

/** A row, by column. */
export type ParquetRow = Readonly<Record<string, unknown>>;

/** A row group: rows that are stored, and read, together. */
export interface ParquetGroup {
  readonly index: number;
  /** The number of its first row in the file. */
  readonly start: number;
  readonly length: number;
}

/**
 * Whether a file begins as Parquet does, whatever it is called.
 * @throws SimvlmError `missing-file`, `unreadable-file`
 */
export async function isParquet(path: string): Promise<boolean> {
  const file = await openFile(path);
  try {
    const start = Buffer.alloc(MAGIC.length);
    await file.read(start, 0, MAGIC.length, 0);
    return start.toString("latin1") === MAGIC;
  } finally {
    await file.close();
  }
}

/**
 * A Parquet file, as the Hugging Face hub serves data sets. Only what describes it is read until its rows are asked for.
 * @throws SimvlmError `missing-file`, `unreadable-file`, `bad-parquet`
 */
export async function openParquet(path: string): Promise<ParquetTable> {
  const { parquetMetadataAsync, parquetSchema } = await import("hyparquet"); // loaded only where it is needed
  const metadata = await withFile(path, async (file) => {
    const found = await parquetMetadataAsync(file);
    requireOwnColumns(found, parquetSchema(found));
    return found;
  });
  const length = Number(metadata.num_rows);
  const { children } = parquetSchema(metadata);
  const columns = children.map(({ element }) => element.name);
  const groups: ParquetGroup[] = [];
  let start = 0;
  for (const [index, { num_rows }] of metadata.row_groups.entries()) {
    groups.push({ index, start, length: Number(num_rows) });
    start += Number(num_rows);
  }
  const readGroup: ParquetTable["readGroup"] = (group, chosen) => readRows(path, metadata, group, chosen);
  return {
    path,
    columns,
    length,
    pictures: children.filter(holdsBytes).map(({ element }) => element.name),
    groups,
    readGroup,
    async *rows(chosen) {
      for (const group of groups) yield* await readGroup(group, chosen);
    },
  };
}

/**
 * Every chunk must be of a column of its own: what hyparquet begins to read of another, and gives up, ends the process when
 * it fails, since nobody waits for it.
 */
function requireOwnColumns({ row_groups }: FileMetaData, schema: SchemaTree): void {
  const known = new Set(leavesOf(schema));
  for (const { columns } of row_groups) {
    const paths = columns.map(({ meta_data }) => meta_data?.path_in_schema.join("\0") ?? "");
    if (new Set(paths).size < paths.length || !paths.every((path) => known.has(path))) {
      throw new Error("its columns are not those of its schema");
    }
  }
}

function leavesOf({ path, children }: SchemaTree): string[] {
  return children.length === 0 ? [path.join("\0")] : children.flatMap(leavesOf);
}

function holdsBytes({ element, children }: SchemaTree): boolean {
  if (children.length > 0) return children.some((child) => child.element.name === "bytes" && holdsBytes(child));
  const { type, converted_type, logical_type } = element;
  return type === "BYTE_ARRAY" && converted_type === undefined && logical_type === undefined;
}

async function readRows(
  path: string,
  metadata: FileMetaData,
  { index, start, length }: ParquetGroup,
  columns: readonly string[],
): Promise<ParquetRow[]> {
  const [{ parquetReadObjects }, { compressors }] = await Promise.all([
    import("hyparquet"),
    import("hyparquet-compressors"),
  ]);
  requireSmall(metadata.row_groups[index]!, columns, path);
  const rows = await withFile(path, (file) =>
    parquetReadObjects({
      file,
      metadata,
      columns: [...columns],
      rowStart: start,
      rowEnd: start + length,
      compressors: bounded(compressors),
      utf8: false, // bytes that do not say that they are text stay bytes
      geoparquet: false,
    }),
  );
  return rows.map((row) => plain(row) as ParquetRow);
}

/** What is wrong with the file comes as errors of all kinds. */
async function withFile<T>(path: string, read: (file: AsyncBuffer) => Promise<T>): Promise<T> {
  const file = await openFile(path);
  try {
    return await read(await toBuffer(file));
  } catch (cause) {
    const { message } = cause as Error;
    throw new SimvlmError("bad-parquet", `${path} cannot be read as Parquet: ${message}. Fetch the file again.`, {
      cause,
    });
  } finally {
    await file.close();
  }
}

async function toBuffer(file: FileHandle): Promise<AsyncBuffer> {
  const { size } = await file.stat();
  return {
    byteLength: size,
    async slice(start, end = size) {
      const length = Math.min(end, size) - start;
      if (!(start >= 0 && length >= 0 && length <= LARGEST_GROUP)) throw new Error("it points outside itself");
      const bytes = new Uint8Array(length);
      const { bytesRead } = await file.read(bytes, 0, length, start);
      if (bytesRead < length) throw new Error("it is cut short");
      return bytes.buffer;
    },
  };
}

function requireSmall(group: RowGroup, columns: readonly string[], path: string): void {
  const chosen = group.columns.flatMap(({ meta_data }) =>
    meta_data && columns.includes(meta_data.path_in_schema[0] ?? "") ? [meta_data] : [],
  );
  const size = chosen.reduce((sum, { total_uncompressed_size: bytes }) => sum + Number(bytes), 0);
  const values = chosen.reduce((most, { num_values }) => Math.max(most, Number(num_values)), 0);
  if (size <= LARGEST_GROUP && values <= MOST_RECORDS) return;
  throw new SimvlmError(
    "too-long",
    `${path} has a row group of ${size} bytes, more than ${LARGEST_GROUP}: write it again with smaller row groups.`,
  );
}

/** A page may say that it unpacks to anything. */
function bounded(compressors: Compressors): Compressors {
  return Object.fromEntries(
    Object.entries(compressors).map(([codec, unpack]) => [
      codec,
      (input: Uint8Array, length: number) => {
        if (!(length <= LARGEST_GROUP)) throw new Error(`a page of ${length} bytes`);
        return unpack(input, length);
      },
    ]),
  );
}

/** Whole numbers of 64 bits as numbers, where these hold them. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
