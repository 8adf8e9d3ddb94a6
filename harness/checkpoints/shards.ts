import { dirname } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { fileInside } from "../files/inside.js";
import { parseTable } from "../files/json-table.js";
import { readModelText } from "../files/model-text.js";
import { quote } from "./excerpt.js";
import { exists } from "./replace-folder.js";
import type { StoredTensor, StoredWeights } from "./stored-weights.js";

/** In bytes: ten times the index of the largest models. */
const LONGEST_INDEX = 1 << 24;

/**
 * Opens the shards that an index names, a JSON file whose `weight_map` says which tensor lies in which file.
 * @param openShard opens one of them
 * @throws SimvlmError `bad-index` where index and shards do not fit each other, `unsafe-path` for a shard outside of the
 *   folder, `lfs-pointer`, and what `openShard` throws
 */
export async function openShards(
  path: string,
  openShard: (path: string) => Promise<StoredWeights>,
): Promise<StoredWeights> {
  const index = await readIndex(path);
  const shards = new Map<string, StoredWeights>();
  const close = async () => {
    for (const shard of shards.values()) await shard.close();
  };
  try {
    for (const name of new Set(index.values())) {
      const place = fileInside(dirname(path), name, path, "the model's folder");
      if (!(await exists(place))) throw fault(path, `it names ${quote(name)}, which is not there`);
      shards.set(name, await openShard(place));
    }
    const owners = findOwners(shards, path);
    for (const [name, shard] of index) {
      if (owners.get(name) === shards.get(shard)) continue;
      throw fault(path, `${quote(name)} is not in ${quote(shard)}, where it should be`);
    }
    return combine(path, owners, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function readIndex(path: string): Promise<Map<string, string>> {
  const table = parseTable(await readModelText(path, LONGEST_INDEX), quote, (problem) => fault(path, `it ${problem}`));
  const places: unknown = table.weight_map;
  if (typeof places !== "object" || places === null || Array.isArray(places)) throw fault(path, "it has no weight_map");
  const index = new Map<string, string>();
  for (const [name, shard] of Object.entries(places)) {
    if (typeof shard !== "string") throw fault(path, `it names no file for ${quote(name)}`);
    index.set(name, shard);
  }
  if (index.size === 0) throw fault(path, "its weight_map is empty");
  return index;
}

/** The shard of every tensor. */
function findOwners(shards: ReadonlyMap<string, StoredWeights>, path: string): Map<string, StoredWeights> {
  const owners = new Map<string, StoredWeights>();
  for (const [shardName, shard] of shards) {
    for (const name of shard.tensors.keys()) {
      if (owners.has(name)) throw fault(path, `${quote(name)} is in ${quote(shardName)} and in another shard`);
      owners.set(name, shard);
    }
  }
  return owners;
}

function combine(
  source: string,
  owners: ReadonlyMap<string, StoredWeights>,
  close: () => Promise<void>,
): StoredWeights {
  const ownerOf = (name: string) => {
    const owner = owners.get(name);
    if (owner) return owner;
    throw fault(source, `there is no tensor ${quote(name)}`);
  };
  return {
    source,
    tensors: new Map([...owners].map(([name, { tensors }]): [string, StoredTensor] => [name, tensors.get(name)!])),
    read: async (name) => ownerOf(name).read(name),
    place: (name) => ownerOf(name).place(name),
    close,
  };
}

function fault(path: string, problem: string): SimvlmError {
  return new SimvlmError(
    "bad-index",
    `${path} is not an index of weights that this program can read: ${problem}. Download it and its files again.`,
  );
}
