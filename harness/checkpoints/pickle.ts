import { cut, quote } from "./excerpt.js";
import { PickleBytes } from "./pickle-bytes.js";
import { readConstant } from "./pickle-constants.js";
import { PickleList, type PickleMeaning, PickleTable } from "./pickle-values.js";

/*
 * Python's pickle (https://docs.python.org/3/library/pickletools.html) is a program for a small stack machine, which
 * may call any function of Python. This machine knows data alone: texts, numbers, lists, tuples and tables. What a
 * pickle asks for beyond that is for whoever reads it to allow, by name; nothing is ever looked up or run.
 */

/** Steps and items together: 7,000 tensors take so many, and no pickle keeps us longer or takes more memory. */
const MOST_STEPS = 500_000;
const NEWEST_PROTOCOL = 5;

/** What is known and refused. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ["P", "PERSID"],
  ["i", "INST"],
  ["o", "OBJ"],
  ["\x81", "NEWOBJ"],
  ["\x92", "NEWOBJ_EX"],
  ["\x82", "EXT1"],
  ["\x83", "EXT2"],
  ["\x84", "EXT4"],
  ["\x8f", "EMPTY_SET"],
  ["\x90", "ADDITEMS"],
  ["\x91", "FROZENSET"],
  ["C", "SHORT_BINBYTES"],
  ["B", "BINBYTES"],
  ["\x8e", "BINBYTES8"],
  ["\x96", "BYTEARRAY8"],
  ["\x97", "NEXT_BUFFER"],
  ["\x98", "READONLY_BUFFER"],
]);

/** Runs the pickles that follow each other in some bytes. */
export class PickleReader {
  readonly #bytes: PickleBytes;
  readonly #meaning: PickleMeaning;
  readonly #fault: (problem: string) => Error;
  #stack: unknown[] = [];
  #marks: number[] = [];
  #memo = new Map<number, unknown>();
  #steps = 0;

  /** @param fault makes the error to be thrown from what is wrong */
  constructor(bytes: Buffer, meaning: PickleMeaning, fault: (problem: string) => Error) {
    this.#bytes = new PickleBytes(bytes, fault);
    this.#meaning = meaning;
    this.#fault = fault;
  }

  /** Where the next pickle begins. */
  get position(): number {
    return this.#bytes.position;
  }

  /** The value of the next pickle. */
  read(): unknown {
    this.#stack = [];
    this.#marks = [];
    this.#memo = new Map();
    for (;;) {
      this.#work(1);
      const opcode = String.fromCharCode(this.#bytes.unsigned(1));
      if (opcode === ".") return this.#pop();
      const value = readConstant(this.#bytes, opcode) ?? this.#compose(opcode);
      if (value !== undefined) this.#stack.push(value);
      else this.#act(opcode);
    }
  }

  /** The value that an instruction makes from others; undefined for one that makes none. */
  #compose(opcode: string): unknown {
    const bytes = this.#bytes;
    switch (opcode) {
      case "N": // NONE
        return null;
      case "2": // DUP
        return this.#top();
      case "l": // LIST
        return this.#append(this.#popToMark(), new PickleList());
      case "t": // TUPLE
        return this.#popToMark();
      case "\x85": // TUPLE1
      case "\x86": // TUPLE2
      case "\x87": // TUPLE3
        return this.#popMany(opcode.charCodeAt(0) - 0x84);
      case "d": // DICT
        return this.#set(this.#popToMark(), new PickleTable());
      case "h": // BINGET
        return this.#recall(bytes.unsigned(1));
      case "j": // LONG_BINGET
        return this.#recall(bytes.unsigned(4));
      case "g": // GET
        return this.#recall(Number(bytes.decimal()));
      case "c": // GLOBAL
        return this.#meaning.find(`${bytes.line()}.${bytes.line()}`);
      case "\x93": // STACK_GLOBAL
        return this.#meaning.find(
          this.#popMany(2)
            .map((part) => this.#requireText(part))
            .join("."),
        );
      case "R": // REDUCE
        return this.#call(this.#popMany(2));
      case "Q": // BINPERSID
        return this.#meaning.persistent(this.#pop());
      default:
        return undefined;
    }
  }

  /** Carries out an instruction that leaves no value. */
  #act(opcode: string): void {
    const bytes = this.#bytes;
    switch (opcode) {
      case "\x80": // PROTO
        this.#checkProtocol(bytes.unsigned(1));
        break;
      case "\x95": // FRAME: how many bytes belong together, which is nothing to us
        bytes.check(bytes.length());
        break;
      case "(": // MARK
        this.#marks.push(this.#stack.length);
        break;
      case "0": // POP
        if (this.#stack.length === this.#marks.at(-1)) this.#marks.pop();
        else this.#pop();
        break;
      case "1": // POP_MARK
        this.#popToMark();
        break;
      case "a": // APPEND
        this.#append([this.#pop()]);
        break;
      case "e": // APPENDS
        this.#append(this.#popToMark());
        break;
      case "s": // SETITEM
        this.#set(this.#popMany(2));
        break;
      case "u": // SETITEMS
        this.#set(this.#popToMark());
        break;
      case "q": // BINPUT
        this.#memo.set(bytes.unsigned(1), this.#top());
        break;
      case "r": // LONG_BINPUT
        this.#memo.set(bytes.unsigned(4), this.#top());
        break;
      case "p": // PUT
        this.#memo.set(Number(bytes.decimal()), this.#top());
        break;
      case "\x94": // MEMOIZE
        this.#memo.set(this.#memo.size, this.#top());
        break;
      case "b": // BUILD
        this.#build(this.#pop());
        break;
      case "i": // INST, which finds a class and calls it
        this.#meaning.find(`${bytes.line()}.${bytes.line()}`);
        throw this.#fault(this.#tellRefused(opcode));
      default:
        throw this.#fault(this.#tellRefused(opcode));
    }
  }

  #tellRefused(opcode: string): string {
    const known = REFUSED.get(opcode);
    if (known) return `its pickle has the instruction ${known}, which weights do not need`;
    const code = opcode.charCodeAt(0).toString(16).padStart(2, "0");
    return `byte ${this.#bytes.position - 1} of its pickle, 0x${code}, is no instruction of one`;
  }

  #checkProtocol(protocol: number): void {
    if (protocol > NEWEST_PROTOCOL) throw this.#fault(`its pickle is of protocol ${protocol}, newer than 5`);
  }

  #call([callee, args]: readonly unknown[]): unknown {
    if (!Array.isArray(args)) throw this.#fault("it calls something with what is no tuple");
    return this.#meaning.call(callee, args, (items) => this.#work(items));
  }

  #build(state: unknown): void {
    this.#meaning.build(this.#top(), state);
  }

  #append(items: readonly unknown[], list = this.#top()): unknown {
    if (!(list instanceof PickleList)) throw this.#fault("it appends to what is no list");
    for (const item of items) list.add(item);
    return list;
  }

  #set(items: readonly unknown[], table = this.#top()): unknown {
    if (!(table instanceof PickleTable)) throw this.#fault("it sets an entry of what is no table");
    if (items.length % 2 !== 0) throw this.#fault("it sets a key without a value");
    for (let i = 0; i < items.length; i += 2) {
      const key = this.#requireText(items[i]);
      if (!table.add(key, items[i + 1])) throw this.#fault(`it has ${quote(key)} twice`);
    }
    return table;
  }

  #requireText(value: unknown): string {
    if (typeof value === "string") return value;
    throw this.#fault(`it has ${typeof value === "object" ? "an object" : cut(String(value))} where a text should be`);
  }

  #recall(key: number): unknown {
    if (this.#memo.has(key)) return this.#memo.get(key);
    throw this.#fault(`it asks for entry ${key} of its memo, which was never put there`);
  }

  /** The lowest height that may be popped to. */
  #floor(): number {
    return this.#marks.at(-1) ?? 0;
  }

  #top(): unknown {
    if (this.#stack.length <= this.#floor()) throw this.#fault("it takes a value from an empty stack");
    return this.#stack.at(-1);
  }

  #pop(): unknown {
    const value = this.#top();
    this.#stack.pop();
    return value;
  }

  #popMany(count: number): unknown[] {
    if (this.#stack.length - count < this.#floor()) throw this.#fault("it takes a value from an empty stack");
    return this.#stack.splice(-count);
  }

  #popToMark(): unknown[] {
    const mark = this.#marks.pop();
    if (mark === undefined) throw this.#fault("it takes what lies above a mark, and there is none");
    return this.#stack.splice(mark);
  }

  #work(items: number): void {
    this.#steps += items;
    if (this.#steps > MOST_STEPS) throw this.#fault(`its pickle has more than ${MOST_STEPS} steps`);
  }
}
