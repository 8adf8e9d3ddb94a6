import type { ReportData } from "../document/data.js";

declare global {
  interface Window {
    /** Of this page: whoever asks first reads them, and all others have what came of it. */
    simvlmReport?: Promise<ReportData>;
  }
}

/** The data of the report that this page is, unpacked by the browser; each script of the page may ask for them. */
export function readReportData(): Promise<ReportData> {
  window.simvlmReport ??= readPackedReport().then(unpackReport);
  return window.simvlmReport;
}

/** The same as they stand in the page, which is shown before they are read: they stand below the scripts. */
export async function readPackedReport(): Promise<string> {
  if (document.readyState !== "complete") {
    await new Promise((resolve) => addEventListener("load", resolve, { once: true }));
  }
  return document.getElementById("simvlm-report")?.textContent ?? "";
}

/** Unpacks a report as a page holds it. */
export async function unpackReport(base64: string): Promise<ReportData> {
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
