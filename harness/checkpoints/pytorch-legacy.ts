import { quote } from "./excerpt.js";
import { PickleReader } from "./pickle.js";
import { PickleList, PickleTable } from "./pickle-values.js";
import { LONGEST_PICKLE, type PytorchContent } from "./pytorch-archive.js";
import { StateMeaning, type Storage } from "./pytorch-state.js";
import { BYTES_OF } from "./storage-types.js";
import type { WeightsFile } from "./weights-file.js";

const MAGIC_NUMBER = 0x1950a86a20f9469cfc6cn;
const PROTOCOL = 1001;
/** Before each storage stands how many numbers it has. */
const COUNT_BYTES = 8;

/**
 * Reads what `torch.save` wrote before PyTorch 1.6: pickles of a magic number, a version, the machine, the object and
 * the keys of the storages, then the storages themselves. Of these none is read.
 * @throws SimvlmError `bad-pytorch`
 */
export async function readLegacyPytorch(file: WeightsFile): Promise<PytorchContent> {
  const fault = (problem: string) => file.fault(problem);
  const start = Buffer.alloc(Math.min(LONGEST_PICKLE, file.size));
  await file.read(start, 0);
  if (isTar(start)) throw fault("it is a tar archive of the first versions of PyTorch: load and save it again");
  const meaning = new StateMeaning(fault);
  const pickles = new PickleReader(start, meaning, fault);
  if (pickles.read() !== MAGIC_NUMBER) throw fault("it is neither a zip nor has it PyTorch's magic number");
  if (pickles.read() !== PROTOCOL) throw fault(`it is of another version than ${PROTOCOL}`);
  const machine = pickles.read();
  if (!(machine instanceof PickleTable) || machine.entries.get("little_endian") !== true) {
    throw fault("its numbers are not little-endian");
  }
  const tensors = meaning.tensorsOf(pickles.read());
  const keys = pickles.read();
  const storages = orderStorages(keys instanceof PickleList ? keys.items : [], meaning.storages, fault);
  return { tensors, offsets: await locateStorages(file, storages, pickles.position) };
}

/** The mark of a tar stands behind the first file's name, rights and times. */
function isTar(start: Buffer): boolean {
  return start.toString("latin1", 257, 262) === "ustar";
}

function orderStorages(
  keys: readonly unknown[],
  storages: ReadonlyMap<string, Storage>,
  fault: (problem: string) => Error,
): Storage[] {
  const ordered = new Set<Storage>();
  for (const key of keys) {
    const storage = typeof key === "string" ? storages.get(key) : undefined;
    if (!storage) throw fault("it has a storage that no tensor needs");
    ordered.add(storage);
  }
  const left = [...storages.values()].find((storage) => !ordered.has(storage));
  if (left) throw fault(`it lacks the storage ${quote(left.key)}`);
  if (ordered.size < keys.length) throw fault("it has a storage twice");
  return [...ordered];
}

async function locateStorages(
  file: WeightsFile,
  storages: readonly Storage[],
  start: number,
): Promise<Map<Storage, number>> {
  const offsets = new Map<Storage, number>();
  const counted = Buffer.alloc(COUNT_BYTES);
  let position = start;
  for (const storage of storages) {
    const { key, type, count } = storage;
    await file.read(counted, position);
    if (counted.readBigUInt64LE() !== BigInt(count)) {
      throw file.fault(`its storage ${quote(key)} should have ${count} numbers and has ${counted.readBigUInt64LE()}`);
    }
    offsets.set(storage, position + COUNT_BYTES);
    position += COUNT_BYTES + count * BYTES_OF[type];
    if (position > file.size) throw file.fault(`its storage ${quote(key)} is cut off: fetch the file again`);
  }
  return offsets;
}
