import { SimvlmError } from "@simvlm/metrics";
import { isPointer, refusePointer } from "../files/lfs-pointer.js";

/** The formats that photographs are read from. */
export type ImageFormat = "JPEG" | "PNG" | "WebP" | "GIF" | "AVIF" | "TIFF" | "BMP";

/** As error messages list them. */
export const IMAGE_FORMATS = "JPEG, PNG, WebP, GIF, AVIF, TIFF and BMP";

/** How the files begin, byte by byte as Latin-1. */
const STARTS: readonly (readonly [ImageFormat, RegExp])[] = [
  ["JPEG", /^\xff\xd8\xff/],
  ["PNG", /^\x89PNG\r\n/],
  ["WebP", /^RIFF[\s\S]{4}WEBP/],
  ["GIF", /^GIF8[79]a/],
  ["TIFF", /^(?:II[*+]|MM.[*+])/s],
  ["BMP", /^BM/],
];

/** In bytes: as many show of what kind a file is. */
export const FORMAT_START = 512;

/** The format that a picture's bytes show, whatever its file is called; undefined for none of those that are read. */
function recognizeFormat(bytes: Uint8Array): ImageFormat | undefined {
  const start = Buffer.from(bytes.subarray(0, FORMAT_START)).toString("latin1");
  const [format] = STARTS.find(([, pattern]) => pattern.test(start)) ?? [];
  return format ?? (listBrands(start).some((brand) => brand === "avif" || brand === "avis") ? "AVIF" : undefined);
}

/**
 * What a file is instead of a photograph, as far as its first {@link FORMAT_START} bytes show: drawings (SVG) and
 * documents are programs to be run. Undefined for a photograph.
 */
export function findOtherKind(bytes: Uint8Array): string | undefined {
  if (recognizeFormat(bytes)) return undefined;
  if (bytes.length === 0) return "empty";
  if (isPointer(bytes)) return "a Git LFS pointer";
  const start = Buffer.from(bytes.subarray(0, FORMAT_START)).toString("latin1");
  if (listBrands(start).some((brand) => /^(?:hei[cxms]|hev[cx]|mif1|msf1)$/.test(brand))) return "HEIC";
  const { kind = UNKNOWN } = OTHERS.find(({ pattern }) => pattern.test(start)) ?? {};
  return kind;
}

const UNKNOWN = "of no kind that is known";
const OTHERS: readonly { readonly kind: string; readonly pattern: RegExp }[] = [
  { kind: "SVG or other XML", pattern: /^(?:\xef\xbb\xbf)?\s*<(?:\?xml|!--|!doctype svg|svg)/i },
  { kind: "a web page", pattern: /^(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|body)/i },
  { kind: "JSON", pattern: /^(?:\xef\xbb\xbf)?\s*[{[]/ },
  { kind: "PDF", pattern: /^%PDF/ },
  { kind: "a ZIP archive", pattern: /^PK/ },
];

/**
 * The format of a picture.
 * @throws SimvlmError `broken-image`, `lfs-pointer`
 */
export function requireFormat(bytes: Uint8Array, name: string): ImageFormat {
  refusePointer(bytes, name);
  const format = recognizeFormat(bytes);
  if (format) return format;
  const kind = findOtherKind(bytes);
  const found = kind === undefined || kind === UNKNOWN ? "none of the formats" : `${kind}, none of the formats`;
  throw new SimvlmError(
    "broken-image",
    `${name} is not a readable image: it is ${found} that photographs are read from: ${IMAGE_FORMATS}. Convert it to JPEG or PNG.`,
  );
}

/** What an ISO base media file says that it is: its first box has its own length, `ftyp`, and names of four letters. */
function listBrands(start: string): string[] {
  if (start.slice(4, 8) !== "ftyp") return [];
  const length = [0, 1, 2, 3].reduce((sum, at) => 256 * sum + start.charCodeAt(at), 0);
  const [major = "", , ...compatible] = start.slice(8, length).match(/[\s\S]{4}/g) ?? [];
  return [major, ...compatible];
}
