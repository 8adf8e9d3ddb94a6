import type { PickleBytes } from "./pickle-bytes.js";
import { PickleFloat, PickleList, PickleTable } from "./pickle-values.js";

/** The value that an instruction of a pickle holds itself; undefined for one that holds none. */
export function readConstant(bytes: PickleBytes, opcode: string): unknown {
  switch (opcode) {
    case "\x88": // NEWTRUE
      return true;
    case "\x89": // NEWFALSE
      return false;
    case "J": // BININT
      return bytes.take(4).readInt32LE();
    case "K": // BININT1
      return bytes.unsigned(1);
    case "M": // BININT2
      return bytes.unsigned(2);
    case "\x8a": // LONG1
      return bytes.integer(bytes.unsigned(1));
    case "\x8b": // LONG4
      return bytes.integer(bytes.unsigned(4));
    case "I": // INT
    case "L": // LONG
      return bytes.decimal();
    case "F": // FLOAT
      return new PickleFloat(Number(bytes.line()));
    case "G": // BINFLOAT
      return new PickleFloat(bytes.take(8).readDoubleBE());
    case "S": // STRING
      return bytes.line().replace(/^(['"])(.*)\1$/s, "$2");
    case "V": // UNICODE
      return bytes.line();
    case "U": // SHORT_BINSTRING, of Python 2
    case "\x8c": // SHORT_BINUNICODE
      return bytes.text(bytes.unsigned(1));
    case "T": // BINSTRING, of Python 2
    case "X": // BINUNICODE
      return bytes.text(bytes.unsigned(4));
    case "\x8d": // BINUNICODE8
      return bytes.text(bytes.length());
    case "]": // EMPTY_LIST
      return new PickleList();
    case ")": // EMPTY_TUPLE
      return [];
    case "}": // EMPTY_DICT
      return new PickleTable();
    default:
      return undefined;
  }
}
