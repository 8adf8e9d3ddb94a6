import { isUtf8 } from "node:buffer";
import { JSON_LIMITS } from "./parse-json.js";
import { parsePythonJson } from "./python-json.js";
import { LONGEST_RECORD } from "./text-stream.js";

/*
 * Takes long JSON apart: a list, or an object of lists, becomes the records in its lists, and `JSON.parse` is given each
 * of them by itself. A whole text of more than 512 MB is beyond V8's strings, and what it becomes beyond memory.
 */

/** What was found: an item of a list, or a field of the object that is no list. */
export interface JsonPiece {
  /** The field's name; absent in a list that is the whole. */
  readonly key: string | undefined;
  /** The number of an item in its list; absent for a field that is no list. */
  readonly index?: number;
  /** Absent where a list begins, which may stay empty. */
  readonly value?: unknown;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const SPACE = 0x20;

/**
 * The pieces of a JSON text, one in memory at a time.
 * @param fault makes the error to be thrown from what is wrong, and where: `annotations[3]`
 */
export async function* splitJson(
  chunks: AsyncIterable<Buffer>,
  fault: (problem: string, place?: string) => Error,
): AsyncGenerator<JsonPiece> {
  const splitter = new Splitter(fault);
  for await (const chunk of chunks) yield* splitter.push(chunk);
  splitter.end();
}

class Splitter {
  readonly #fault: (problem: string, place?: string) => Error;
  #place: "start" | "list" | "key" | "field" | "field-list" | "after-list" | "end" = "start";
  /** How many lists and objects are open in the piece. */
  #depth = 0;
  #string: "none" | "open" | "escaped" = "none";
  #isBlank = true;
  #parts: Buffer[] = [];
  #length = 0;
  #key: string | undefined;
  #index = 0;
  #fields = 0;

  constructor(fault: (problem: string, place?: string) => Error) {
    this.#fault = fault;
  }

  push(chunk: Buffer): JsonPiece[] {
    const pieces: JsonPiece[] = [];
    let start = 0;
    const cut = (at: number): void => {
      this.#add(chunk.subarray(start, at));
      start = at + 1;
    };
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]!;
      if (this.#string !== "none") {
        if (this.#string === "escaped") this.#string = "open";
        else if (byte === BACKSLASH) this.#string = "escaped";
        else if (byte === QUOTE) this.#string = "none";
      } else if (byte <= SPACE) {
        // Between values, or for JSON.parse to refuse.
      } else if (byte === QUOTE) {
        this.#begin();
        this.#string = "open";
      } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
        if (this.#open(byte, pieces)) cut(at);
      } else if (this.#depth > 0) {
        if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) this.#depth--;
      } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT || byte === COMMA || byte === COLON) {
        cut(at);
        this.#separate(byte, pieces);
      } else this.#begin();
    }
    this.#add(chunk.subarray(start));
    return pieces;
  }

  end(): void {
    if (this.#place !== "end") throw this.#fault("unexpected end", this.#where());
  }

  /** A value begins or goes on. */
  #begin(): void {
    this.#isBlank = false;
    const { [this.#place]: isWrong } = { start: true, "after-list": true, end: true } as Record<string, boolean>;
    if (isWrong) throw this.#fault(this.#place === "start" ? "it is no list and no object" : "more than one value");
  }

  /** @returns whether the bracket is that of the whole, or of a list in it, and so belongs to no piece */
  #open(byte: number, pieces: JsonPiece[]): boolean {
    if (this.#place === "start") {
      this.#place = byte === OPEN_LIST ? "list" : "key";
      if (byte === OPEN_LIST) pieces.push({ key: undefined, index: 0 });
      return true;
    }
    if (this.#place === "field" && this.#isBlank && byte === OPEN_LIST) {
      this.#place = "field-list";
      this.#index = 0;
      pieces.push({ key: this.#key, index: 0 });
      return true;
    }
    this.#begin();
    if (++this.#depth > JSON_LIMITS.depth) {
      throw this.#fault(`nested more than ${JSON_LIMITS.depth} deep`, this.#where());
    }
    return false;
  }

  /** What ends a piece: a comma, a colon, or the bracket that closes the whole or a list in it. */
  #separate(byte: number, pieces: JsonPiece[]): void {
    const isClosing = byte === CLOSE_LIST || byte === CLOSE_OBJECT;
    const isList = this.#place === "list" || this.#place === "field-list";
    if (isList && (byte === COMMA || byte === CLOSE_LIST)) {
      const isEmpty = isClosing && this.#index === 0 && this.#isBlank;
      if (!isEmpty) {
        const value = this.#take();
        pieces.push({ key: this.#key, index: this.#index++, value });
      }
      if (isClosing) this.#place = this.#place === "list" ? "end" : "after-list";
    } else if (this.#place === "key" && byte === COLON) {
      const key = this.#take();
      if (typeof key !== "string") throw this.#fault("a key is no text");
      this.#key = key;
      this.#fields++;
      this.#place = "field";
    } else if (this.#place === "key" && byte === CLOSE_OBJECT && this.#isBlank && this.#fields === 0) {
      this.#place = "end";
    } else if (this.#place === "field" && (byte === COMMA || byte === CLOSE_OBJECT)) {
      pieces.push({ key: this.#key, value: this.#take() });
      this.#place = isClosing ? "end" : "key";
    } else if (this.#place === "after-list" && (byte === COMMA || byte === CLOSE_OBJECT)) {
      this.#place = isClosing ? "end" : "key";
    } else {
      throw this.#fault(`unexpected ${String.fromCharCode(byte)}`, this.#where());
    }
    this.#reset();
  }

  #add(part: Buffer): void {
    this.#length += part.length;
    if (this.#length > LONGEST_RECORD) {
      throw this.#fault(`one value or space of more than ${LONGEST_RECORD} bytes`, this.#where());
    }
    if (part.length > 0) this.#parts.push(part);
  }

  #take(): unknown {
    const bytes = this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts);
    if (!isUtf8(bytes)) throw this.#fault("no UTF-8 text", this.#where());
    try {
      return parsePythonJson(bytes.toString("utf8"));
    } catch (error) {
      throw this.#fault((error as Error).message, this.#where());
    }
  }

  #reset(): void {
    [this.#parts, this.#length, this.#isBlank] = [[], 0, true];
  }

  #where(): string {
    const isList = this.#place === "list" || this.#place === "field-list";
    return `${this.#key ?? ""}${isList ? `[${this.#index}]` : ""}`;
  }
}
