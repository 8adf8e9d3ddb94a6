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

/** The bytes that brands may lie in. */
const START_BYTES = 512;

/** The format that a picture's bytes show, whatever its file is called; undefined for none of those that are read. */
export function recognizeFormat(bytes: Uint8Array): ImageFormat | undefined {
  const start = Buffer.from(bytes.subarray(0, START_BYTES)).toString("latin1");
  const [format] = STARTS.find(([, pattern]) => pattern.test(start)) ?? [];
  return format ?? (listBrands(start).some((brand) => brand === "avif" || brand === "avis") ? "AVIF" : undefined);
}

/** What a file that is none of them looks like, for messages; undefined where nothing is known. */
export function describeOther(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0) return "empty";
  const start = Buffer.from(bytes.subarray(0, START_BYTES)).toString("latin1");
  if (listBrands(start).some((brand) => /^(?:hei[cxms]|hev[cx]|mif1|msf1)$/.test(brand))) return "HEIC";
  if (/^(?:\xef\xbb\xbf)?\s*<(?:\?xml|!--|!doctype svg|svg)/i.test(start)) return "SVG or other XML";
  if (/^(?:\xef\xbb\xbf)?\s*<(?:!doctype|html)/i.test(start)) return "a web page";
  if (start.startsWith("%PDF")) return "PDF";
  return undefined;
}

/** What an ISO base media file says that it is: its first box has its own length, `ftyp`, and names of four letters. */
function listBrands(start: string): string[] {
  if (start.slice(4, 8) !== "ftyp") return [];
  const length = [0, 1, 2, 3].reduce((sum, at) => 256 * sum + start.charCodeAt(at), 0);
  const [major = "", , ...compatible] = start.slice(8, length).match(/[\s\S]{4}/g) ?? [];
  return [major, ...compatible];
}
