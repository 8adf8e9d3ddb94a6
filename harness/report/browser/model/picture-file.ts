/* What a picture's file says that a browser would act upon, or take in its own way. */

/** A piece of a file: its name, and where its content lies. */
interface Piece {
  readonly name: string;
  /** Where the name lies. */
  readonly nameAt: number;
  readonly content: Uint8Array;
}

const PNG_SIGNATURE = "\x89PNG\r\n\x1a\n";
const EXIF = "Exif";

/** Whether it is a JPEG with four inks, as printers take them; browsers make other colours of these than Pillow and sharp. */
export function hasInks(bytes: Uint8Array): boolean {
  const frame = listSegments(bytes).find(({ name }) => /^c[0-35-79-bd-f]$/.test(name));
  return frame?.content[5] === 4;
}

/** The same picture without what says that it is to be turned: browsers turn it whatever they are told. */
export function withoutOrientation(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const jpeg = listSegments(bytes).filter(({ name, content }) => name === "e1" && textAt(content, 0, 4) === EXIF);
  const png = listChunks(bytes).filter(({ name }) => name === "eXIf");
  if (jpeg.length + png.length === 0) return bytes;
  const changed = bytes.slice();
  // An application's segment of another name, and a chunk that is of no use: both are skipped.
  for (const { content } of jpeg) changed.fill(0, content.byteOffset, content.byteOffset + EXIF.length);
  for (const { nameAt } of png) changed.set([0x7a], nameAt); // zXIf, private
  return changed;
}

/** The segments of a JPEG before its pixels, by their markers. */
function listSegments(bytes: Uint8Array): Piece[] {
  const pieces: Piece[] = [];
  if (textAt(bytes, 0, 2) !== "\xff\xd8") return pieces;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff; ) {
    const name = bytes[at + 1]!.toString(16);
    if (name === "da") break; // pixels
    if (name === "ff") {
      at++; // filling
      continue;
    }
    const length = view.getUint16(at + 2);
    pieces.push({ name, nameAt: at + 1, content: bytes.subarray(at + 4, at + 2 + length) });
    at += 2 + length;
  }
  return pieces;
}

/** The chunks of a PNG. */
function listChunks(bytes: Uint8Array): Piece[] {
  const pieces: Piece[] = [];
  if (textAt(bytes, 0, PNG_SIGNATURE.length) !== PNG_SIGNATURE) return pieces;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = PNG_SIGNATURE.length; at + 8 <= bytes.length; ) {
    const length = view.getUint32(at);
    pieces.push({ name: textAt(bytes, at + 4, 4), nameAt: at + 4, content: bytes.subarray(at + 8, at + 8 + length) });
    at += 12 + length;
  }
  return pieces;
}

function textAt(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}
