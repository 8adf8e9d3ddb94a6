import type { FileHandle } from "node:fs/promises";
import type { SimvlmError } from "@simvlm/metrics";
import { fromBfloat16, fromFloat16 } from "../engine/float16.js";
import { openFile } from "../files/open-file.js";
import { quote } from "./excerpt.js";
import { BYTES_OF, isStoredType, STORED_TYPES, type StorageType, type StoredType } from "./storage-types.js";

/** Numbers converted at a time: no tensor is ever in memory twice. */
const CHUNK = 1 << 18;
/** One read call returns at most 2 GiB, and may return less than asked for. */
const LARGEST_READ = 1 << 30;
/** What shows that a file is something else altogether. */
const START_BYTES = 64;

/** A page or an error in XML that a server sent; a byte order mark may stand before it. */
const WEB_PAGE = /^(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|\?xml)/i;

const DECODE = { F16: fromFloat16, BF16: fromBfloat16 };

/** Makes the error of a damaged file of some format. */
type Fault = (path: string, problem: string) => SimvlmError;

/** An open file of weights, whatever its format. */
export class WeightsFile {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  readonly #handle: FileHandle;
  readonly #fault: Fault;

  private constructor(path: string, size: number, handle: FileHandle, fault: Fault) {
    this.path = path;
    this.size = size;
    this.#handle = handle;
    this.#fault = fault;
  }

  /**
   * Opens a file and has its format read it; what its format throws closes it again.
   * @throws SimvlmError `missing-file`, `unreadable-file`, `lfs-pointer`, that of `fault`
   */
  static async open<Opened>(
    path: string,
    fault: Fault,
    readFormat: (file: WeightsFile) => Promise<Opened>,
  ): Promise<Opened> {
    const handle = await openFile(path);
    try {
      const file = new WeightsFile(path, (await handle.stat()).size, handle, fault);
      await file.#refuseOtherKinds();
      return await readFormat(file);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async #refuseOtherKinds(): Promise<void> {
    if (this.size === 0) throw this.fault("it is empty: the file is cut off; fetch it again");
    const start = new Uint8Array(Math.min(START_BYTES, this.size));
    await this.read(start, 0);
    const text = Buffer.from(start).toString("latin1");
    if (WEB_PAGE.test(text)) throw this.fault("it is a web page, saved in its place: fetch it again");
  }

  /** The error of the format, to be thrown. */
  fault(problem: string): SimvlmError {
    return this.#fault(this.path, problem);
  }

  /** Fills `target` from the byte at `position`. @throws SimvlmError of the format where the file ends before that */
  async read(target: Uint8Array, position: number): Promise<void> {
    let filled = 0;
    while (filled < target.length) {
      const length = Math.min(target.length - filled, LARGEST_READ);
      const { bytesRead } = await this.#handle.read(target, filled, length, position + filled);
      if (bytesRead === 0)
        throw this.fault(`it ends at byte ${position + filled}: the file is cut off; fetch it again`);
      filled += bytesRead;
    }
  }

  /**
   * Stored numbers as 32-bit floats, `count` of them from the byte at `position`.
   * @throws SimvlmError of the format where the file ends before that
   */
  async readFloats(type: StoredType, count: number, position: number): Promise<Float32Array> {
    const numbers = new Float32Array(count);
    if (type === "F32") {
      await this.read(new Uint8Array(numbers.buffer), position);
      return numbers;
    }
    const decode = DECODE[type];
    const chunk = new Uint16Array(Math.min(CHUNK, count));
    for (let start = 0; start < count; start += CHUNK) {
      const part = chunk.subarray(0, Math.min(CHUNK, count - start));
      await this.read(new Uint8Array(part.buffer, 0, part.byteLength), position + start * BYTES_OF[type]);
      for (let i = 0; i < part.length; i++) numbers[start + i] = decode(part[i]!);
    }
    return numbers;
  }

  /** Closes the file; nothing can be read from it afterwards. */
  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** @throws SimvlmError of the format for numbers that do not become 32-bit floats as they are, naming the tensor */
export function requireStoredType(file: WeightsFile, name: string, type: StorageType): StoredType {
  if (isStoredType(type)) return type;
  throw file.fault(`${quote(name)} is stored as ${type}; ${STORED_TYPES.join(", ")} can be read`);
}
