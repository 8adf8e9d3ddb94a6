import type { Graphics } from "../model/messages.js";
import { canWait } from "./without-jspi.js";

/** What of WebGPU is asked here. */
interface WebGpu {
  requestAdapter(): Promise<WebGpuAdapter | null>;
}

interface WebGpuAdapter {
  readonly info?: { readonly isFallbackAdapter?: boolean };
  requestDevice(): Promise<{ destroy(): void }>;
}

/** The graphics processor that this browser lets pages compute on. */
export async function findGraphics(): Promise<Graphics | undefined> {
  const { gpu } = navigator as { readonly gpu?: WebGpu };
  if (!gpu || !canWait) return undefined;
  try {
    const adapter = await gpu.requestAdapter();
    if (!adapter) return undefined;
    (await adapter.requestDevice()).destroy(); // a browser may have one that it does not give
    return { inSoftware: adapter.info?.isFallbackAdapter ?? false };
  } catch {
    return undefined;
  }
}
