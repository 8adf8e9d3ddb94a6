import { SimvlmError } from "@simvlm/metrics";
import { openParquet, type ParquetGroup, type ParquetTable } from "./parquet.js";

/*
 * Pictures that lie in Parquet files are named like files, `data/test.parquet#image[12]`, and their bytes are taken from
 * the row group when they are asked for.
 */

/** Where a file's bytes lie in a Parquet file. */
export interface CellPlace {
  readonly path: string;
  readonly column: string;
  /** The row's number in the file. */
  readonly row: number;
}

const PLACE = /^(.+)#([^#[\]]+)\[(\d{1,9})\]$/s;

/** `data/test.parquet#image[12]` */
export function formatCellPlace({ path, column, row }: CellPlace): string {
  return `${path}#${column}[${row}]`;
}

/** The place that a name names; undefined for that of a file by itself. */
export function parseCellPlace(name: string): CellPlace | undefined {
  const [, path, column, row] = PLACE.exec(name) ?? [];
  return path === undefined || column === undefined ? undefined : { path, column, row: Number(row) };
}

/** The file that a name names or, for a place in a Parquet file, the file that it lies in. */
export function holdingFile(name: string): string {
  return parseCellPlace(name)?.path ?? name;
}

/** In bytes: row groups that are kept, since pictures are mostly asked for one after the other. */
const MOST_KEPT = 2 ** 28;

interface KeptGroup {
  readonly cells: Promise<readonly (Uint8Array | undefined)[]>;
  bytes: number;
}

const tables = new Map<string, Promise<ParquetTable>>();
/** The one that was asked for last comes last. */
const kept = new Map<string, KeptGroup>();

/**
 * The bytes of one cell: of a structure with `bytes`, or bytes themselves.
 * @throws SimvlmError what {@link openParquet} throws, `missing-cell`
 */
export async function readCell(place: CellPlace): Promise<Uint8Array> {
  const table = await openOnce(place.path);
  const group = table.groups.find(({ start, length }) => place.row >= start && place.row < start + length);
  const bytes = group && table.pictures.includes(place.column) ? await readFrom(table, group, place) : undefined;
  if (bytes) return bytes;
  throw new SimvlmError("missing-cell", `${formatCellPlace(place)}: there are no bytes in the file. Fetch it again.`);
}

function openOnce(path: string): Promise<ParquetTable> {
  const known = tables.get(path);
  if (known) return known;
  const table = openParquet(path);
  tables.set(path, table);
  table.catch(() => tables.delete(path));
  return table;
}

async function readFrom(table: ParquetTable, group: ParquetGroup, { column, row }: CellPlace) {
  const key = `${group.index} ${column} ${table.path}`;
  const found = kept.get(key) ?? { cells: readCells(table, group, column), bytes: 0 };
  kept.delete(key);
  kept.set(key, found);
  try {
    const cells = await found.cells;
    found.bytes = cells.reduce((sum, cell) => sum + (cell?.length ?? 0), 0);
    dropOldest(key);
    return cells[row - group.start];
  } catch (error) {
    kept.delete(key);
    throw error;
  }
}

async function readCells(table: ParquetTable, group: ParquetGroup, column: string) {
  const rows = await table.readGroup(group, [column]);
  return rows.map((row) => toBytes(row[column]));
}

function toBytes(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  const bytes = typeof value === "object" && value !== null && "bytes" in value ? value.bytes : undefined;
  return bytes instanceof Uint8Array ? bytes : undefined;
}

function dropOldest(newest: string): void {
  let sum = [...kept.values()].reduce((bytes, group) => bytes + group.bytes, 0);
  for (const [key, { bytes }] of kept) {
    if (sum <= MOST_KEPT || key === newest) return;
    kept.delete(key);
    sum -= bytes;
  }
}
