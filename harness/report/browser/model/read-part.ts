import { PART_TYPE, type PagePart } from "../../model-page/page-parts.js";

/** A piece of the page, inflated. Its element is emptied, so that it is in memory once. */
export async function readPart(name: PagePart): Promise<Uint8Array<ArrayBuffer>> {
  const holder = document.querySelector(`script[type="${PART_TYPE}"][data-part="${name}"]`);
  const bytes = fromBase64(holder?.textContent ?? "");
  if (holder) holder.textContent = "";
  const inflated = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(inflated).arrayBuffer());
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}
