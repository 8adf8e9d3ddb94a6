import { createHash } from "node:crypto";
import type { Shard } from "./manifest.js";

/** Bytes of a hash that are read as a number: exact in a double. */
const BYTES = 6;

/** Whether an example belongs to a shard. Its id alone decides, so every example is in exactly one of the `of` shards. */
export function isInShard(id: string, { index, of }: Shard): boolean {
  return createHash("sha256").update(id).digest().readUIntBE(0, BYTES) % of === index - 1;
}
