import { basename } from "node:path";
import { openSafetensors } from "../../checkpoints/safetensors.js";
import type { ExternalData } from "../../engine/onnx-writer.js";

/** Where each weight's numbers lie in a safetensors file of 32-bit floats, as external data of a graph beside it. */
export async function locateExported(path: string): Promise<Readonly<Record<string, ExternalData>>> {
  const file = await openSafetensors(path);
  try {
    const location = basename(path);
    const places = [...file.tensors.keys()].map((name): [string, ExternalData] => {
      const { offset, length } = file.place(name)!;
      return [name, { location, offset, length }];
    });
    return Object.fromEntries(places);
  } finally {
    await file.close();
  }
}
