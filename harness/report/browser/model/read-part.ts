import { type BesidePage, PART_TYPE, type PagePart, partFile } from "../../model-page/page-parts.js";
import { fromBase64 } from "./from-base64.js";

/**
 * A piece of the page, inflated.
 * @param beside where the pieces lie, if they are not in the page
 * @throws Error for a piece that is not there, or another page's
 */
export async function readPart(name: PagePart, beside: BesidePage | undefined): Promise<Uint8Array<ArrayBuffer>> {
  if (!beside) return inflate(new Blob([takeOut(name)]));
  const file = partFile(name);
  const content = await ask(`${encodeURIComponent(beside.folder)}/${file}`, beside.hashes[name]);
  return file.endsWith(".gz") ? inflate(content) : new Uint8Array(await content.arrayBuffer());
}

async function ask(address: string, integrity: string): Promise<Blob> {
  if (location.protocol === "file:") {
    throw new Error("its pieces lie beside the page, and browsers fetch none of a disk. Open it with: simvlm serve");
  }
  const problem = `${address} is not there, or another page's. Write the page again.`;
  const response = await fetch(address, { integrity }).catch(() => {
    throw new Error(problem);
  });
  if (!response.ok) throw new Error(problem);
  return response.blob();
}

async function inflate(content: Blob): Promise<Uint8Array<ArrayBuffer>> {
  const inflated = content.stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(inflated).arrayBuffer());
}

/** Its element is emptied, so that it is in memory once. */
function takeOut(name: PagePart): Uint8Array<ArrayBuffer> {
  const holder = document.querySelector(`script[type="${PART_TYPE}"][data-part="${name}"]`);
  const bytes = fromBase64(holder?.textContent ?? "");
  if (holder) holder.textContent = "";
  return bytes;
}
