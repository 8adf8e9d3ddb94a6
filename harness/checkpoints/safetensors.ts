import { type FileHandle, open } from "node:fs/promises";
import { SimvlmError } from "@simvlm/metrics";
import { toBfloat16, toFloat16 } from "../engine/float16.js";
import { sizeOf } from "../engine/trace/graph.js";
import type { WeightArray, WeightArrays } from "../layers/weights.js";
import { quote } from "./excerpt.js";
import { type Entry, fault, type Header, parseHeader } from "./header.js";
import { BYTES_OF, STORED_TYPES, type StoredType } from "./storage-types.js";
import type { StoredWeights } from "./stored-weights.js";
import { requireStoredType, WeightsFile } from "./weights-file.js";

/*
 * safetensors (https://github.com/huggingface/safetensors): the header's length in 8 little-endian bytes, a JSON
 * header, then the tensors' numbers, little-endian, in the order of their offsets.
 */

const LENGTH_BYTES = 8;
/** In bytes: ten times the headers of the largest models. The format's own limit, 100 MB, takes seconds to refuse. */
const LONGEST_HEADER = 1 << 24;
/** Numbers converted at a time: no tensor is ever in memory twice. */
const CHUNK = 1 << 18;

const ENCODE = { F16: toFloat16, BF16: toBfloat16 };
/** Where all of these bits are set, a number is none, or infinite. */
const EXPONENT = { F16: 0x7c00, BF16: 0x7f80 };

/** How a safetensors file is written. */
export interface WriteOptions {
  readonly dtype?: StoredType;
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * Writes a new file and forces it to the disk. An existing file is replaced; write to a temporary name and rename.
 * @throws SimvlmError `not-storable` naming a weight that is too large for the type
 */
export async function writeSafetensors(path: string, weights: WeightArrays, options: WriteOptions = {}): Promise<void> {
  const { dtype = "F32", metadata = {} } = options;
  const header: Record<string, unknown> = Object.keys(metadata).length > 0 ? { __metadata__: metadata } : {};
  let offset = 0;
  for (const [name, { shape }] of Object.entries(weights)) {
    const end = offset + sizeOf(shape) * BYTES_OF[dtype];
    header[name] = { dtype, shape, data_offsets: [offset, end] };
    offset = end;
  }
  const json = Buffer.from(JSON.stringify(header));
  // Spaces after the JSON align the data to 8 bytes.
  const text = Buffer.concat([json, Buffer.alloc((LENGTH_BYTES - (json.length % LENGTH_BYTES)) % LENGTH_BYTES, " ")]);
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeBigUInt64LE(BigInt(text.length));
  const file = await open(path, "w");
  try {
    await file.writeFile(Buffer.concat([length, text]));
    for (const [name, { data }] of Object.entries(weights)) await writeNumbers(file, name, data, dtype);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function writeNumbers(file: FileHandle, name: string, data: Float32Array, dtype: StoredType): Promise<void> {
  for (let start = 0; start < data.length; start += CHUNK) {
    const chunk = data.subarray(start, start + CHUNK);
    const stored = dtype === "F32" ? chunk : convert(chunk, name, dtype);
    await file.writeFile(new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength));
  }
}

function convert(numbers: Float32Array, name: string, dtype: keyof typeof ENCODE): Uint16Array {
  const [encode, exponent] = [ENCODE[dtype], EXPONENT[dtype]];
  const stored = new Uint16Array(numbers.length);
  for (let i = 0; i < numbers.length; i++) {
    const half = encode(numbers[i]!);
    if ((half & exponent) === exponent && Number.isFinite(numbers[i])) {
      const types = STORED_TYPES.filter((type) => type !== dtype).join(" or ");
      throw new SimvlmError(
        "not-storable",
        `${quote(name)} has the number ${numbers[i]}, which ${dtype} does not hold. Store the weights as ${types}.`,
      );
    }
    stored[i] = half;
  }
  return stored;
}

/** An open safetensors file: its header is read and checked, its tensors are read one at a time. */
export interface SafetensorsFile extends StoredWeights, Header {
  readonly tensors: ReadonlyMap<string, Entry>;
}

/**
 * Opens a safetensors file; of its tensors none is read.
 * @throws SimvlmError `bad-safetensors` when the header is damaged, tensors overlap, or the file is cut off;
 *   `missing-file`, `unreadable-file`, `lfs-pointer`
 */
export function openSafetensors(path: string): Promise<SafetensorsFile> {
  return WeightsFile.open(path, fault, async (file) => {
    const length = Buffer.alloc(LENGTH_BYTES);
    await file.read(length, 0);
    const headerBytes = Number(length.readBigUInt64LE());
    if (headerBytes > LONGEST_HEADER || LENGTH_BYTES + headerBytes > file.size) {
      throw file.fault(`its first bytes claim a header of ${headerBytes} bytes, the file has ${file.size}`);
    }
    const text = Buffer.alloc(headerBytes);
    await file.read(text.subarray(0, 1), LENGTH_BYTES);
    if (text.toString("latin1", 0, 1) !== "{") throw file.fault("its header is not a JSON table");
    await file.read(text, LENGTH_BYTES);
    const data = LENGTH_BYTES + headerBytes;
    const header = parseHeader(text, file.size - data, path);
    const entryOf = (name: string) => {
      const entry = header.tensors.get(name);
      if (entry) return entry;
      throw file.fault(`it has no tensor ${quote(name)}`);
    };
    return {
      ...header,
      source: path,
      async read(name) {
        const { dtype, shape, begin } = entryOf(name);
        const type = requireStoredType(file, name, dtype);
        return { shape, data: await file.readFloats(type, sizeOf(shape), data + begin) };
      },
      place(name) {
        const { begin, end } = entryOf(name);
        return { path, offset: data + begin, length: end - begin };
      },
      close: () => file.close(),
    };
  });
}

/** Every tensor of a file, by name. @throws SimvlmError as {@link openSafetensors}, and for a tensor that is no weight */
export async function readSafetensors(path: string): Promise<WeightArrays> {
  const file = await openSafetensors(path);
  try {
    const weights: [string, WeightArray][] = [];
    for (const name of file.tensors.keys()) weights.push([name, await file.read(name)]);
    return Object.fromEntries(weights); // a tensor may be called __proto__
  } finally {
    await file.close();
  }
}
