import { element } from "./element.js";

/** Browsers read the file after the click has been handled. */
const KEPT_MILLISECONDS = 10_000;

/** Hands a file to the reader's downloads. */
export function download(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = element("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MILLISECONDS);
}

/** A title as the name of a file: its letters and digits. */
export function fileNameOf(title: string): string {
  const name = title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-|-$/g, "");
  return name || "simvlm";
}
