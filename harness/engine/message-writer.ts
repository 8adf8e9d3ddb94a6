import protobuf from "protobufjs/minimal.js";

const WIRE = { varint: 0, bytes: 2, float: 5 } as const;

/** Writes a protobuf message field by field. Each tensor is copied once, into the finished file. */
export class MessageWriter {
  readonly #writer = protobuf.Writer.create();

  integer(field: number, value: number): this {
    this.#writer.uint32((field << 3) | WIRE.varint).int64(value);
    return this;
  }

  float(field: number, value: number): this {
    this.#writer.uint32((field << 3) | WIRE.float).float(value);
    return this;
  }

  text(field: number, value: string): this {
    this.#writer.uint32((field << 3) | WIRE.bytes).string(value);
    return this;
  }

  bytes(field: number, value: Uint8Array): this {
    this.#writer.uint32((field << 3) | WIRE.bytes).bytes(value);
    return this;
  }

  /** A nested message, written by `fill`. */
  message(field: number, fill: (nested: this) => void): this {
    this.#writer.uint32((field << 3) | WIRE.bytes).fork();
    fill(this);
    this.#writer.ldelim();
    return this;
  }

  finish(): Uint8Array {
    return this.#writer.finish();
  }
}
