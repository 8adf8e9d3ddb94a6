import { isUtf8 } from "node:buffer";
import { SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { sizeOf } from "../engine/trace/graph.js";
import { parseTable } from "../files/json-table.js";
import { cut, quote } from "./excerpt.js";
import { BYTES_OF, isStorageType, type StorageType } from "./storage-types.js";

/** Where a tensor lies: `begin` and `end` count bytes from the first after the header. */
export interface Entry {
  readonly dtype: StorageType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** What the header of a safetensors file says. */
export interface Header {
  readonly tensors: ReadonlyMap<string, Entry>;
  readonly metadata: Readonly<Record<string, string>>;
}

const whole = z.int().nonnegative();
const entrySchema = z.object({ dtype: z.string(), shape: z.array(whole), data_offsets: z.tuple([whole, whole]) });
const metadataSchema = z.record(z.string(), z.string());

/**
 * Reads a safetensors header and checks that its tensors fill the file's data without gap or overlap.
 * @param bytes the JSON of the header
 * @param dataBytes how many bytes follow it
 * @throws SimvlmError `bad-safetensors`
 */
export function parseHeader(bytes: Buffer, dataBytes: number, path: string): Header {
  const { __metadata__: metadata = {}, ...entries } = parseJson(bytes, path);
  const described = metadataSchema.safeParse(metadata);
  if (!described.success) throw fault(path, "its __metadata__ is not a table of strings");
  const tensors = new Map(Object.entries(entries).map(([name, entry]) => [name, parseEntry(name, entry, path)]));
  checkLayout(tensors, dataBytes, path);
  return { tensors, metadata: described.data };
}

function parseEntry(name: string, entry: unknown, path: string): Entry {
  const parsed = entrySchema.safeParse(entry);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw fault(path, `the header's ${quote([name, ...issue.path].join("."))}: ${issue.message}`);
  }
  const { dtype, shape, data_offsets } = parsed.data;
  if (!isStorageType(dtype)) {
    throw fault(
      path,
      `${quote(name)} is stored as ${cut(dtype)}, which is none of ${Object.keys(BYTES_OF).join(", ")}`,
    );
  }
  const [begin, end] = data_offsets;
  return { dtype, shape, begin, end };
}

function checkLayout(tensors: ReadonlyMap<string, Entry>, dataBytes: number, path: string): void {
  let reached = 0;
  let previous = "the header";
  for (const [name, { dtype, shape, begin, end }] of [...tensors].sort(
    ([, a], [, b]) => a.begin - b.begin || a.end - b.end,
  )) {
    const bytes = sizeOf(shape) * BYTES_OF[dtype];
    if (end - begin !== bytes) {
      throw fault(path, `${quote(name)} is ${dtype} [${cut(`${shape}`)}], ${bytes} bytes, but lies at ${begin}–${end}`);
    }
    if (begin !== reached) {
      const relation = begin < reached ? "overlaps" : "leaves a gap after";
      throw fault(path, `${quote(name)} ${relation} ${previous} (${begin}, not ${reached})`);
    }
    if (end > dataBytes) {
      throw fault(path, `${quote(name)} ends at byte ${end} of ${dataBytes}: the file is cut off; fetch it again`);
    }
    [reached, previous] = [end, quote(name)];
  }
  if (reached !== dataBytes) throw fault(path, `${dataBytes - reached} bytes after the last tensor belong to none`);
}

function parseJson(bytes: Buffer, path: string): Record<string, unknown> {
  if (!isUtf8(bytes)) throw fault(path, "its header is not UTF-8 text");
  return parseTable(bytes.toString("utf8"), quote, (problem) => fault(path, `its header ${problem}`));
}

/** The error for a safetensors file that is not as it should be. */
export function fault(path: string, problem: string): SimvlmError {
  return new SimvlmError("bad-safetensors", `${path} is not a safetensors file this program can read: ${problem}.`);
}
