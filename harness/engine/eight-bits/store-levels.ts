import { type FileHandle, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, parse } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { makeTemporaryFolder } from "../../files/folders.js";
import { openFile } from "../../files/open-file.js";
import { attemptWrite } from "../../files/system-error.js";
import { fromBfloat16, fromFloat16 } from "../float16.js";
import type { ConstantSource, ExternalData } from "../onnx-writer.js";
import { sizeOf } from "../trace/graph.js";
import { quantiseMatrix, type ReadRows } from "./quantise-matrix.js";
import type { QuantisedMatrix } from "./quantised-matrices.js";

/** Matrices in eight bits, as the constants that a session is created with. */
export interface StoredLevels {
  readonly constants: Readonly<Record<string, ConstantSource>>;
  /** Removes what lies on the disk, which a session that has been created reads no more. */
  remove(): Promise<void>;
}

/**
 * Quantises constants one after another. What comes out goes to a temporary file, from where ONNX Runtime maps it until
 * it has laid it out for its products: so one matrix at a time is in memory twice.
 * @throws SimvlmError `not-finite-weights`, `cannot-write`, `missing-file`, `unreadable-file`
 */
export async function storeLevels(
  matrices: readonly QuantisedMatrix[],
  sources: Readonly<Record<string, ConstantSource>>,
): Promise<StoredLevels> {
  // ONNX Runtime takes all places relative to one root, of which some systems have several.
  const isOneRoot = Object.values(sources).every(
    (source) => ArrayBuffer.isView(source) || parse(source.location).root === parse(tmpdir()).root,
  );
  const constants: Record<string, ConstantSource> = {};
  if (!isOneRoot) {
    for (const matrix of matrices) Object.assign(constants, await quantise(matrix, sources[matrix.source]!));
    return { constants, remove: async () => {} };
  }
  const folder = await makeTemporaryFolder("weights");
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true }).catch(() => {}); // swept later, then
  try {
    const location = join(folder, "levels.bin");
    const file = await attemptWrite(location, () => open(location, "wx"));
    try {
      let offset = 0;
      // One memory for all: what is let go matrix by matrix is collected late, and adds up.
      const room = new Int8Array(Math.max(0, ...matrices.map(({ levels }) => sizeOf(levels.shape))));
      for (const matrix of matrices) {
        const own = room.subarray(0, sizeOf(matrix.levels.shape));
        const made = await quantise(matrix, sources[matrix.source]!, own);
        const levels = made[matrix.levels.input!] as Int8Array;
        await attemptWrite(location, () => file.writeFile(Buffer.from(levels.buffer, 0, levels.length)));
        made[matrix.levels.input!] = { location, offset, length: levels.length };
        offset += levels.length;
        Object.assign(constants, made);
      }
    } finally {
      await file.close();
    }
  } catch (error) {
    await remove();
    throw error;
  }
  return { constants, remove };
}

async function quantise(
  { source: name, transposed, levels, scales }: QuantisedMatrix,
  source: ConstantSource,
  room?: Int8Array<ArrayBuffer>,
): Promise<Record<string, ConstantSource>> {
  const [input, output] = levels.shape as [number, number];
  const shape = transposed ? ([output, input] as const) : ([input, output] as const);
  const { readRows, close } = await openRows(source, shape[1]);
  try {
    const made = await quantiseMatrix(readRows, shape, transposed, name, room);
    return { [levels.input!]: made.levels, [scales.input!]: made.scales };
  } finally {
    await close();
  }
}

async function openRows(source: ConstantSource, columns: number) {
  if (ArrayBuffer.isView(source)) {
    const numbers = source as Float32Array;
    const readRows: ReadRows = (first, count) => numbers.subarray(first * columns, (first + count) * columns);
    return { readRows, close: async () => {} };
  }
  const file = await openFile(source.location);
  let bytes = new Uint8Array();
  const readRows: ReadRows = (first, count) => {
    const size = count * columns * bytesOf(source);
    if (bytes.length < size) bytes = new Uint8Array(size);
    return readNumbers(file, source, first * columns * bytesOf(source), bytes.subarray(0, size));
  };
  return { readRows, close: () => file.close() };
}

const WIDEN = { float16: fromFloat16, bfloat16: fromBfloat16 } as const;

const bytesOf = ({ stored = "float32" }: ExternalData): number => (stored === "float32" ? 4 : 2);

async function readNumbers(
  file: FileHandle,
  { location, offset, stored = "float32" }: ExternalData,
  begin: number,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Float32Array> {
  for (let filled = 0; filled < bytes.length; ) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, offset + begin + filled);
    if (bytesRead === 0) throw new SimvlmError("unreadable-file", `${location} has become shorter while it was read.`);
    filled += bytesRead;
  }
  if (stored === "float32") return new Float32Array(bytes.buffer, 0, bytes.length / 4);
  return Float32Array.from(new Uint16Array(bytes.buffer, 0, bytes.length / 2), WIDEN[stored]);
}
