import { type FileHandle, open } from "node:fs/promises";
import { sizeOf } from "../engine/trace/rewrite-graph.js";
import type { WeightArray, WeightArrays } from "../layers/weights.js";
import { fromBfloat16, fromFloat16, toBfloat16, toFloat16 } from "./float16.js";
import { BYTES_OF, type Entry, fault, type Header, parseHeader, type StoredType } from "./header.js";

/*
 * safetensors (https://github.com/huggingface/safetensors): the header's length in 8 little-endian bytes, a JSON
 * header, then the tensors' numbers, little-endian, in the order of their offsets.
 */

const LENGTH_BYTES = 8;
/** The format's own limit; what claims more is not a safetensors file. */
const LONGEST_HEADER = 100_000_000;
/** Numbers converted at a time: no tensor is ever in memory twice. */
const CHUNK = 1 << 18;

const ENCODE = { F16: toFloat16, BF16: toBfloat16 };
const DECODE = { F16: fromFloat16, BF16: fromBfloat16 };

/** How a safetensors file is written. */
export interface WriteOptions {
  readonly dtype?: StoredType;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Writes a new file and forces it to the disk. An existing file is replaced; write to a temporary name and rename. */
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
    for (const { data } of Object.values(weights)) await writeNumbers(file, data, dtype);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function writeNumbers(file: FileHandle, data: Float32Array, dtype: StoredType): Promise<void> {
  for (let start = 0; start < data.length; start += CHUNK) {
    const chunk = data.subarray(start, start + CHUNK);
    const stored = dtype === "F32" ? chunk : convert(chunk, ENCODE[dtype]);
    await file.writeFile(new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength));
  }
}

function convert(numbers: Float32Array, encode: (value: number) => number): Uint16Array {
  const stored = new Uint16Array(numbers.length);
  for (let i = 0; i < numbers.length; i++) stored[i] = encode(numbers[i]!);
  return stored;
}

/** An open safetensors file: its header is read and checked, its tensors are read one at a time. */
export interface SafetensorsFile extends Header {
  /** Where the tensors' `begin` and `end` count from, in bytes. */
  readonly dataOffset: number;
  /**
   * Reads one tensor as 32-bit floats, however it is stored.
   * @throws SimvlmError `bad-safetensors` when there is no such tensor, or the file has become shorter since it was
   *   opened
   */
  read(name: string): Promise<WeightArray>;
  /** Closes the file; nothing can be read from it afterwards. */
  close(): Promise<void>;
}

/** @throws SimvlmError `bad-safetensors` when the header is damaged, tensors overlap, or the file is cut off */
export async function openSafetensors(path: string): Promise<SafetensorsFile> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const length = Buffer.alloc(LENGTH_BYTES);
    await readFully(file, length, 0, path);
    const headerBytes = Number(length.readBigUInt64LE());
    if (headerBytes > LONGEST_HEADER || LENGTH_BYTES + headerBytes > size) {
      throw fault(path, `its first bytes claim a header of ${headerBytes} bytes, the file has ${size}`);
    }
    const text = Buffer.alloc(headerBytes);
    await readFully(file, text, LENGTH_BYTES, path);
    const data = LENGTH_BYTES + headerBytes;
    const header = parseHeader(text.toString("utf8"), size - data, path);
    return {
      ...header,
      dataOffset: data,
      async read(name) {
        const entry = header.tensors.get(name);
        if (!entry) throw fault(path, `it has no tensor "${name}"`);
        return { shape: entry.shape, data: await readNumbers(file, entry, data + entry.begin, path) };
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Every tensor of a file, by name. */
export async function readSafetensors(path: string): Promise<WeightArrays> {
  const file = await openSafetensors(path);
  try {
    const weights: Record<string, WeightArray> = {};
    for (const name of file.tensors.keys()) weights[name] = await file.read(name);
    return weights;
  } finally {
    await file.close();
  }
}

async function readNumbers(
  file: FileHandle,
  { dtype, shape }: Entry,
  begin: number,
  path: string,
): Promise<Float32Array> {
  const numbers = new Float32Array(sizeOf(shape));
  if (dtype === "F32") {
    await readFully(file, new Uint8Array(numbers.buffer), begin, path);
    return numbers;
  }
  const decode = DECODE[dtype];
  const chunk = new Uint16Array(Math.min(CHUNK, numbers.length));
  for (let start = 0; start < numbers.length; start += CHUNK) {
    const part = chunk.subarray(0, Math.min(CHUNK, numbers.length - start));
    await readFully(file, new Uint8Array(part.buffer, 0, part.byteLength), begin + start * BYTES_OF[dtype], path);
    for (let i = 0; i < part.length; i++) numbers[start + i] = decode(part[i]!);
  }
  return numbers;
}

/** One read call returns at most 2 GiB, and may return less than asked for. */
const LARGEST_READ = 1 << 30;

async function readFully(file: FileHandle, target: Uint8Array, position: number, path: string): Promise<void> {
  let filled = 0;
  while (filled < target.length) {
    const length = Math.min(target.length - filled, LARGEST_READ);
    const { bytesRead } = await file.read(target, filled, length, position + filled);
    if (bytesRead === 0) throw fault(path, `it ends at byte ${position + filled}: the file is cut off; fetch it again`);
    filled += bytesRead;
  }
}
