import { SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { sizeOf } from "../engine/trace/rewrite-graph.js";

/** How numbers are stored in a safetensors file; in memory they are 32-bit floats. */
export type StoredType = "F32" | "F16" | "BF16";

/** The bytes that one stored number takes. */
export const BYTES_OF: Readonly<Record<StoredType, number>> = { F32: 4, F16: 2, BF16: 2 };

/** Where a tensor lies: `begin` and `end` count bytes from the first after the header. */
export interface Entry {
  readonly dtype: StoredType;
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
const schema = z.record(
  z.string(),
  z.object({ dtype: z.string(), shape: z.array(whole), data_offsets: z.tuple([whole, whole]) }),
);
const metadataSchema = z.record(z.string(), z.string());

/**
 * Reads a safetensors header and checks that its tensors fill the file's data without gap or overlap.
 * @param text the JSON of the header
 * @param dataBytes how many bytes follow it
 * @throws SimvlmError `bad-safetensors`
 */
export function parseHeader(text: string, dataBytes: number, path: string): Header {
  const { __metadata__: metadata = {}, ...entries } = parseJson(text, path);
  const described = metadataSchema.safeParse(metadata);
  const parsed = schema.safeParse(entries);
  if (!described.success) throw fault(path, "its __metadata__ is not a table of strings");
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw fault(path, `the header's "${issue.path.join(".")}": ${issue.message}`);
  }
  const tensors = new Map<string, Entry>();
  for (const [name, { dtype, shape, data_offsets }] of Object.entries(parsed.data)) {
    if (!(dtype in BYTES_OF)) {
      throw fault(path, `"${name}" is stored as ${dtype}; ${Object.keys(BYTES_OF).join(", ")} can be read`);
    }
    const [begin, end] = data_offsets;
    tensors.set(name, { dtype: dtype as StoredType, shape, begin, end });
  }
  checkLayout(tensors, dataBytes, path);
  return { tensors, metadata: described.data };
}

function checkLayout(tensors: ReadonlyMap<string, Entry>, dataBytes: number, path: string): void {
  let reached = 0;
  let previous = "the header";
  for (const [name, { dtype, shape, begin, end }] of [...tensors].sort(
    ([, a], [, b]) => a.begin - b.begin || a.end - b.end,
  )) {
    const bytes = sizeOf(shape) * BYTES_OF[dtype];
    if (end - begin !== bytes) {
      throw fault(path, `"${name}" is ${dtype} [${shape}], ${bytes} bytes, but lies at ${begin}–${end}`);
    }
    if (begin !== reached) {
      throw fault(
        path,
        `"${name}" ${begin < reached ? "overlaps" : "leaves a gap after"} ${previous} (${begin}, not ${reached})`,
      );
    }
    if (end > dataBytes) {
      throw fault(path, `"${name}" ends at byte ${end} of ${dataBytes}: the file is cut off; fetch it again`);
    }
    [reached, previous] = [end, `"${name}"`];
  }
  if (reached !== dataBytes) throw fault(path, `${dataBytes - reached} bytes after the last tensor belong to none`);
}

function parseJson(text: string, path: string): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === "object" && json !== null && !Array.isArray(json)) return json as Record<string, unknown>;
  } catch {
    // Falls through to the same fault as JSON that is no table.
  }
  throw fault(path, "its header is not a JSON table");
}

/** The error for a safetensors file that is not as it should be. */
export function fault(path: string, problem: string): SimvlmError {
  return new SimvlmError("bad-safetensors", `${path} is not a safetensors file this program can read: ${problem}.`);
}
