import type { ReportData } from "../document/data.js";

declare global {
  interface Window {
    /** Of this page: whoever asks first reads them, and all others have what came of it. */
    simvlmReport?: Promise<ReportData>;
  }
}

/** The data of the report that this page is, unpacked by the browser; each script of the page may ask for them. */
export function readReportData(): Promise<ReportData> {
  window.simvlmReport ??= whenLoaded().then(() => unpack(document.getElementById("simvlm-report")?.textContent ?? ""));
  return window.simvlmReport;
}

/** The data stand below the scripts, and the page is shown before they are read. */
async function whenLoaded(): Promise<void> {
  if (document.readyState === "complete") return;
  await new Promise((resolve) => addEventListener("load", resolve, { once: true }));
}

async function unpack(base64: string): Promise<ReportData> {
  try {
    return await inflate(base64);
  } catch (cause) {
    throw new Error("this file is damaged or was cut off: its data cannot be unpacked", { cause });
  }
}

async function inflate(base64: string): Promise<ReportData> {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).json() as Promise<ReportData>;
}
