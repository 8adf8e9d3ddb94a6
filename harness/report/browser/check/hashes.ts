import type { ReportData } from "../../document/data.js";
import type { EmbeddedFile } from "../../document/embedded-file.js";
import { isLeftOut } from "../../document/left-out.js";
import { compareSealed, listSealed, type SealedValues } from "../../document/sealed-values.js";
import type { CheckedHashes } from "./protocol.js";

/**
 * Whether a report's values and files are what they were when it was written, whatever became of them.
 * @param extract gives the content of a data file
 * @returns undefined where the browser does not hash: in a page that somebody's server sends without encryption
 */
export async function checkHashes(
  data: ReportData,
  seal: SealedValues,
  extract: (file: EmbeddedFile) => Promise<Uint8Array<ArrayBuffer>>,
): Promise<CheckedHashes | undefined> {
  const { subtle } = crypto;
  if (!subtle) return undefined;
  const hash = async (bytes: Uint8Array<ArrayBuffer>) => new Uint8Array(await subtle.digest("SHA-256", bytes));
  const values = listSealed(data, seal.format);
  const encoder = new TextEncoder();
  const digests = await Promise.all(values.map(({ text }) => hash(encoder.encode(text))));
  const checkFile = async (file: EmbeddedFile): Promise<string[]> => {
    if (isLeftOut(file)) return [];
    return toHex(await hash(await extract(file))) === file.sha256 ? [] : [file.path];
  };
  // A file that cannot even be read is named by what was changed in it.
  const files = await Promise.all((data.data?.files ?? []).map((file) => checkFile(file).catch(() => [])));
  const write = { hex: toHex, base64url: toBase64Url };
  return { ...compareSealed(values, seal, (i, encoding) => write[encoding](digests[i]!)), files: files.flat() };
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
