import type { RgbImage, Size } from "./rgb-image.js";

/*
 * Windows bitmaps, which sharp does not read: 1 to 32 bits, with a palette or with masks, run lengths, and OS/2's short
 * header (https://learn.microsoft.com/windows/win32/gdi/bitmap-storage). Transparency is left out.
 */

const FILE_HEADER = 14;
const SHORT_HEADER = 12;
const LARGEST_SIDE = 2 ** 24;

const COMPRESSION = { none: 0, rle8: 1, rle4: 2, masks: 3, masksWithAlpha: 6 } as const;

interface Header extends Size {
  readonly topDown: boolean;
  readonly bits: number;
  readonly compression: number;
  /** Where the pixels begin. */
  readonly pixelsAt: number;
  readonly paletteAt: number;
  readonly colours: number;
  /** Bytes of a palette's entry. */
  readonly colourBytes: number;
  /** Which bits of a pixel are red, green and blue. */
  readonly masks: readonly number[];
}

/** @throws Error for a header that is none */
export function readBmpSize(bytes: Uint8Array): Size {
  const { width, height } = readHeader(viewOf(bytes));
  return { width, height };
}

/** @throws Error for what is damaged, cut short or of an unknown kind */
export function decodeBmp(bytes: Uint8Array): RgbImage {
  const header = readHeader(viewOf(bytes));
  const { width, height, bits, topDown } = header;
  const data = new Uint8Array(3 * width * height);
  const rowOf = (line: number) => 3 * width * (topDown ? line : height - 1 - line);
  if (bits <= 8) {
    const palette = readPalette(bytes, header);
    const indices = isRunLength(header) ? unpackRuns(bytes, header) : unpackIndices(bytes, header);
    for (let line = 0; line < height; line++) {
      let to = rowOf(line);
      for (let x = 0; x < width; x++) {
        const colour = 3 * indices[line * width + x]!;
        data[to++] = palette[colour]!;
        data[to++] = palette[colour + 1]!;
        data[to++] = palette[colour + 2]!;
      }
    }
  } else {
    const channels = header.masks.map(readChannel);
    const bytesEach = bits / 8;
    const lineLength = lineBytes(header);
    requireBytes(bytes, header.pixelsAt + (height - 1) * lineLength + width * bytesEach);
    for (let line = 0; line < height; line++) {
      let to = rowOf(line);
      for (let x = 0; x < width; x++) {
        const at = header.pixelsAt + line * lineLength + x * bytesEach;
        let pixel = 0;
        for (let i = bytesEach - 1; i >= 0; i--) pixel = (pixel << 8) | bytes[at + i]!;
        for (const channel of channels) data[to++] = channel(pixel);
      }
    }
  }
  return { width, height, data };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function readHeader(view: DataView): Header {
  if (view.byteLength < FILE_HEADER + SHORT_HEADER) throw new Error("the bitmap ends within its header");
  const length = view.getUint32(FILE_HEADER, true);
  const short = length === SHORT_HEADER;
  if (!short && (length < 40 || length > 1024)) throw new Error(`a bitmap's header of ${length} bytes is unknown`);
  if (view.byteLength < FILE_HEADER + length) throw new Error("the bitmap ends within its header");
  const signed = short ? view.getUint16(20, true) : view.getInt32(22, true);
  const width = short ? view.getUint16(18, true) : view.getInt32(18, true);
  const height = Math.abs(signed);
  const bits = view.getUint16(short ? 24 : 28, true);
  const compression = short ? COMPRESSION.none : view.getUint32(30, true);
  if (width < 1 || height < 1 || width > LARGEST_SIDE || height > LARGEST_SIDE) {
    throw new Error(`a bitmap cannot be ${width} × ${height} pixels`);
  }
  const known =
    (compression === COMPRESSION.none && [1, 4, 8, 16, 24, 32].includes(bits)) ||
    (compression === COMPRESSION.rle8 && bits === 8) ||
    (compression === COMPRESSION.rle4 && bits === 4) ||
    ((compression === COMPRESSION.masks || compression === COMPRESSION.masksWithAlpha) && (bits === 16 || bits === 32));
  if (!known) throw new Error(`a bitmap of ${bits} bits with compression ${compression} is unknown`);
  const hasMasks = compression >= COMPRESSION.masks;
  const maskBytes = hasMasks && length === 40 ? (compression === COMPRESSION.masks ? 12 : 16) : 0;
  if (hasMasks && view.byteLength < FILE_HEADER + 52) throw new Error("the bitmap ends within its header");
  return {
    width,
    height,
    topDown: signed < 0 && !short,
    bits,
    compression,
    pixelsAt: view.getUint32(10, true),
    paletteAt: FILE_HEADER + length + maskBytes,
    colours: (short ? 0 : view.getUint32(46, true)) || 2 ** Math.min(bits, 8),
    colourBytes: short ? 3 : 4,
    masks: hasMasks
      ? [54, 58, 62].map((at) => view.getUint32(at, true))
      : bits === 16
        ? [0x7c00, 0x3e0, 0x1f]
        : [0xff0000, 0xff00, 0xff],
  };
}

function isRunLength({ compression }: Header): boolean {
  return compression === COMPRESSION.rle8 || compression === COMPRESSION.rle4;
}

/** `[256, 3]`; the colours that the file leaves out are black. */
function readPalette(bytes: Uint8Array, { paletteAt, colours, colourBytes }: Header): Uint8Array {
  const palette = new Uint8Array(3 * 256);
  for (let index = 0; index < Math.min(colours, 256); index++) {
    for (let channel = 0; channel < 3; channel++) {
      palette[3 * index + channel] = bytes[paletteAt + index * colourBytes + 2 - channel] ?? 0;
    }
  }
  return palette;
}

/** Lines begin at multiples of four bytes. */
function lineBytes({ width, bits }: Size & { readonly bits: number }): number {
  return 4 * Math.ceil((width * bits) / 32);
}

/** `[height, width]`, in the file's order. */
function unpackIndices(bytes: Uint8Array, header: Header): Uint8Array {
  const { width, height, bits, pixelsAt } = header;
  const perByte = 8 / bits;
  const lineLength = lineBytes(header);
  requireBytes(bytes, pixelsAt + (height - 1) * lineLength + Math.ceil(width / perByte));
  const indices = new Uint8Array(width * height);
  for (let line = 0; line < height; line++) {
    for (let x = 0; x < width; x++) {
      const byte = bytes[pixelsAt + line * lineLength + Math.floor(x / perByte)]!;
      indices[line * width + x] = (byte >> (8 - bits * (1 + (x % perByte)))) & (2 ** bits - 1);
    }
  }
  return indices;
}

/** Run lengths: pairs of a count and an index, or of 0 and what is to be done. */
function unpackRuns(bytes: Uint8Array, { width, height, bits, pixelsAt }: Header): Uint8Array {
  const indices = new Uint8Array(width * height);
  let at = pixelsAt;
  let x = 0;
  let line = 0;
  const put = (index: number) => {
    if (x < width && line < height) indices[line * width + x] = index;
    x++;
  };
  const half = (byte: number, i: number) => (bits === 8 ? byte : i % 2 === 0 ? byte >> 4 : byte & 15);
  while (line < height) {
    requireBytes(bytes, at + 2);
    const [count, value] = [bytes[at]!, bytes[at + 1]!];
    at += 2;
    if (count > 0) {
      for (let i = 0; i < count; i++) put(half(value, i));
    } else if (value === 0) {
      x = 0;
      line++;
    } else if (value === 1) {
      break;
    } else if (value === 2) {
      requireBytes(bytes, at + 2);
      x += bytes[at]!;
      line += bytes[at + 1]!;
      at += 2;
    } else {
      const length = bits === 8 ? value : Math.ceil(value / 2);
      requireBytes(bytes, at + length);
      for (let i = 0; i < value; i++) put(half(bytes[at + (bits === 8 ? i : i >> 1)]!, i));
      at += length + (length % 2);
    }
  }
  return indices;
}

/** A channel's bits, scaled to 0 to 255 and rounded down. */
function readChannel(mask: number): (pixel: number) => number {
  if (mask === 0) return () => 0;
  const shift = 31 - Math.clz32(mask & -mask);
  const most = mask >>> shift;
  return (pixel) => Math.floor((((pixel & mask) >>> shift) * 255) / most);
}

function requireBytes(bytes: Uint8Array, end: number): void {
  if (end > bytes.length) throw new Error("the bitmap is cut short");
}
