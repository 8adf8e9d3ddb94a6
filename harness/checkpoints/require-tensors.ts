import { SimvlmError } from "@simvlm/metrics";
import type { ParameterShapes } from "../layers/weights.js";
import { cut } from "./excerpt.js";
import { isStoredType, type StorageType } from "./storage-types.js";
import type { StoredWeights } from "./stored-weights.js";

/** At most this many differing weights are named. */
const NAMED = 10;

interface Found {
  readonly shape: readonly number[];
  readonly dtype?: StorageType;
}

/** Which differences are none. */
export interface Tolerance {
  /** The names of tensors that may be there unused. */
  readonly ignore?: readonly RegExp[];
  /** Expected names that may be missing, such as those of tied copies. */
  readonly optional?: readonly string[];
}

/** @throws SimvlmError `checkpoint-mismatch` naming the weights that differ */
export function requireShapes(found: ReadonlyMap<string, Found>, expected: ParameterShapes, path: string): void {
  refuseDifferences(listDifferences(found, expected, {}), path);
}

/**
 * Checks that all expected weights are there, in their shapes and as numbers that become 32-bit floats, and no others.
 * @param source what holds them, for the message
 * @throws SimvlmError `checkpoint-mismatch` naming the weights that differ
 */
export function requireTensors(
  stored: Pick<StoredWeights, "tensors">,
  expected: ParameterShapes,
  tolerance: Tolerance,
  source: string,
): void {
  refuseDifferences(listDifferences(stored.tensors, expected, tolerance), source);
}

function listDifferences(
  found: ReadonlyMap<string, Found>,
  expected: ParameterShapes,
  { ignore = [], optional = [] }: Tolerance,
): string[] {
  const differences: string[] = [];
  const mayLack = new Set(optional);
  for (const [name, shape] of Object.entries(expected)) {
    const stored = found.get(name);
    if (!stored) {
      if (!mayLack.has(name)) differences.push(`missing ${name} [${shape}]`);
    } else if (stored.shape.join() !== shape.join()) {
      differences.push(`wrong shape ${name} [${cut(`${stored.shape}`)}], should be [${shape}]`);
    } else if (stored.dtype !== undefined && !isStoredType(stored.dtype)) {
      differences.push(`wrong type ${name} (${stored.dtype}), should be F32, F16 or BF16`);
    }
  }
  for (const [name, { shape }] of found) {
    if (Object.hasOwn(expected, name) || ignore.some((pattern) => pattern.test(name))) continue;
    differences.push(`unexpected ${cut(name)} [${cut(`${shape}`)}]`);
  }
  return differences;
}

function refuseDifferences(differences: readonly string[], path: string): void {
  if (differences.length === 0) return;
  const count = differences.length;
  const more = count > NAMED ? `\n  … and ${count - NAMED} more` : "";
  throw new SimvlmError(
    "checkpoint-mismatch",
    `${path}: ${count === 1 ? "1 weight does" : `${count} weights do`} not match the config. Use the config they were made with.\n  ` +
      differences.slice(0, NAMED).join("\n  ") +
      more,
  );
}
