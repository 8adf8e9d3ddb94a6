import { quote } from "./excerpt.js";

/** The bytes of the longest integer: PyTorch's magic number has ten. */
const LONGEST_INTEGER = 16;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The numbers and texts in a pickle, little-endian, one after the other. What is announced must be there. */
export class PickleBytes {
  /** Of what is read next. */
  position = 0;
  readonly #bytes: Buffer;
  readonly #fault: (problem: string) => Error;

  /** @param fault makes the error to be thrown from what is wrong */
  constructor(bytes: Buffer, fault: (problem: string) => Error) {
    this.#bytes = bytes;
    this.#fault = fault;
  }

  /** So many bytes, not copied. */
  take(count: number): Buffer {
    this.check(count);
    this.position += count;
    return this.#bytes.subarray(this.position - count, this.position);
  }

  /** Throws unless so many bytes follow. */
  check(count: number): void {
    const left = this.#bytes.length - this.position;
    if (count <= left) return;
    throw this.#fault(`its pickle wants ${count} more bytes and has ${left}: it is cut off or damaged`);
  }

  unsigned(bytes: 1 | 2 | 4): number {
    return this.take(bytes).readUIntLE(0, bytes);
  }

  /** A length of 8 bytes; one that no number holds exactly is too long anyway. */
  length(): number {
    return Number(this.take(8).readBigUInt64LE());
  }

  /** A signed integer of so many bytes. */
  integer(bytes: number): number | bigint {
    if (bytes > LONGEST_INTEGER) throw this.#fault(`it has an integer of ${bytes} bytes`);
    const value = this.take(bytes).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    return narrow(BigInt.asIntN(8 * bytes, value));
  }

  /** An integer as a line of text; `00` and `01` are the booleans of old protocols. */
  decimal(): number | bigint | boolean {
    const line = this.line();
    if (line === "00" || line === "01") return line === "01";
    if (!/^-?\d{1,38}L?$/.test(line)) throw this.#fault(`it has ${quote(line)} where an integer should be`);
    return narrow(BigInt(line.replace("L", "")));
  }

  line(): string {
    const end = this.#bytes.indexOf("\n", this.position);
    if (end < 0) throw this.#fault("its pickle ends in the middle of a line: it is cut off or damaged");
    const line = this.text(end - this.position);
    this.position++;
    return line;
  }

  /** A text of so many bytes. */
  text(bytes: number): string {
    const taken = this.take(bytes);
    try {
      return utf8.decode(taken);
    } catch {
      throw this.#fault("it has a text that is not UTF-8");
    }
  }
}

/** An integer as a number where that is exact. */
function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
