import type { FileHandle } from "node:fs/promises";
import { SimvlmError } from "@simvlm/metrics";
import type { ConstantSource, ExternalData } from "../../engine/onnx-writer.js";
import { openFile } from "../../files/open-file.js";

/** Weights one after another, and where each lies, by the names of the graphs' inputs. */
export interface PackedWeights {
  readonly bytes: Uint8Array;
  readonly external: Readonly<Record<string, ExternalData>>;
}

/** Where a tensor may begin. */
const ALIGNMENT = 64;

/**
 * Copies weights into one file as they are stored, each once: those in half precision stay so, and graphs widen them.
 * @param location what the graphs call the file
 * @throws SimvlmError `missing-file`, `unreadable-file`
 */
export async function packWeights(
  sources: Readonly<Record<string, ConstantSource>>,
  location: string,
): Promise<PackedWeights> {
  const external: Record<string, ExternalData> = {};
  const offsets = new Map<string | ArrayBufferView, number>();
  const parts: { readonly source: ConstantSource; readonly offset: number }[] = [];
  let size = 0;
  for (const [name, source] of Object.entries(sources)) {
    const key = ArrayBuffer.isView(source) ? source : JSON.stringify([source.location, source.offset]);
    const length = ArrayBuffer.isView(source) ? source.byteLength : source.length;
    const offset = offsets.get(key) ?? size;
    if (offset === size) {
      parts.push({ source, offset });
      size += Math.ceil(length / ALIGNMENT) * ALIGNMENT;
    }
    offsets.set(key, offset);
    const stored = ArrayBuffer.isView(source) ? undefined : source.stored;
    external[name] = { location, offset, length, ...(stored && { stored }) };
  }
  const bytes = new Uint8Array(size);
  const files = new Map<string, FileHandle>();
  try {
    for (const { source, offset } of parts) {
      if (ArrayBuffer.isView(source)) {
        bytes.set(new Uint8Array(source.buffer, source.byteOffset, source.byteLength), offset);
        continue;
      }
      const file = files.get(source.location) ?? (await openFile(source.location));
      files.set(source.location, file);
      await readWhole(file, source, bytes.subarray(offset, offset + source.length));
    }
  } finally {
    for (const file of files.values()) await file.close();
  }
  return { bytes, external };
}

async function readWhole(file: FileHandle, { location, offset }: ExternalData, into: Uint8Array): Promise<void> {
  for (let filled = 0; filled < into.length; ) {
    const { bytesRead } = await file.read(into, filled, into.length - filled, offset + filled);
    if (bytesRead === 0) throw new SimvlmError("unreadable-file", `${location} has become shorter while it was read.`);
    filled += bytesRead;
  }
}
