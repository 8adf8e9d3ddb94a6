import type { ReportData } from "../document/data.js";
import { decodeBase85 } from "../packing/base85.js";
import { decodeText } from "../packing/coded-text.js";

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
export async function unpackReport(packed: string): Promise<ReportData> {
  try {
    const [words, codes, numbers] = await Promise.all(packed.split("\n").map(inflate));
    return JSON.parse(decodeText({ words: words!, codes: codes!, numbers: numbers! })) as ReportData;
  } catch (cause) {
    throw new Error("this file is damaged or was cut off: its data cannot be unpacked", { cause });
  }
}

async function inflate(line: string): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([decodeBase85(line)]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
