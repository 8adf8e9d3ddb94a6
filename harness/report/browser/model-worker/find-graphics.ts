import type { Graphics } from "../model/messages.js";
import { canWait } from "./without-jspi.js";

/** What of WebGPU is asked here. */
interface WebGpu {
  requestAdapter(): Promise<{ readonly info?: { readonly isFallbackAdapter?: boolean } } | null>;
}

/** The graphics processor that this browser lets pages compute on. */
export async function findGraphics(): Promise<Graphics | undefined> {
  const { gpu } = navigator as { readonly gpu?: WebGpu };
  const adapter = canWait ? await gpu?.requestAdapter().catch(() => null) : null;
  return adapter ? { inSoftware: adapter.info?.isFallbackAdapter ?? false } : undefined;
}
