import { quote } from "./excerpt.js";
import { PickleReader } from "./pickle.js";
import { type PickledTensor, StateMeaning, type Storage } from "./pytorch-state.js";
import { BYTES_OF } from "./storage-types.js";
import type { WeightsFile } from "./weights-file.js";
import { ZipEntries, type ZipPlace } from "./zip-entries.js";

/** The tensors of a PyTorch file, and where in it their storages begin. */
export interface PytorchContent {
  readonly tensors: ReadonlyMap<string, PickledTensor>;
  readonly offsets: ReadonlyMap<Storage, number>;
}

/** The longest pickle that is read, in bytes: ten times that of the largest models. */
export const LONGEST_PICKLE = 1 << 23;

/** All that an archive's entries lie in. */
const PICKLE_NAME = /^([^/]+\/)data\.pkl$/;

/**
 * Reads what `torch.save` writes since PyTorch 1.6: a zip of a pickle, `data.pkl`, and of the storages, `data/KEY`,
 * uncompressed and little-endian. Of the storages none is read.
 * @throws SimvlmError `bad-pytorch`
 */
export async function readPytorchArchive(file: WeightsFile): Promise<PytorchContent> {
  const zip = await ZipEntries.read(file);
  const roots = [...zip.names].flatMap((name) => PICKLE_NAME.exec(name)?.[1] ?? []);
  const [root] = roots;
  if (root === undefined) throw file.fault("it is a zip without a data.pkl");
  if (roots.length > 1) throw file.fault(`it has ${roots.length} files data.pkl`);
  if (await zip.locate(`${root}constants.pkl`)) throw file.fault("it is a TorchScript program, not a state_dict");
  await checkByteOrder(file, await zip.locate(`${root}byteorder`));
  const place = (await zip.locate(`${root}data.pkl`))!;
  if (place.length > LONGEST_PICKLE) throw file.fault(`its data.pkl has ${place.length} bytes`);
  const fault = (problem: string) => file.fault(problem);
  const meaning = new StateMeaning(fault);
  const tensors = meaning.tensorsOf(new PickleReader(await readEntry(file, place), meaning, fault).read());
  return { tensors, offsets: await locateStorages(file, zip, root, meaning.storages.values()) };
}

/** Before PyTorch 2.1 archives did not say it, and were as the machine that wrote them: little-endian but for few. */
async function checkByteOrder(file: WeightsFile, place: ZipPlace | undefined): Promise<void> {
  if (!place) return;
  const order = place.length === "little".length ? (await readEntry(file, place)).toString("latin1") : "another";
  if (order !== "little") throw file.fault("its numbers are not little-endian (byteorder)");
}

async function readEntry(file: WeightsFile, { offset, length }: ZipPlace): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  await file.read(bytes, offset);
  return bytes;
}

async function locateStorages(
  file: WeightsFile,
  zip: ZipEntries,
  root: string,
  storages: Iterable<Storage>,
): Promise<Map<Storage, number>> {
  const offsets = new Map<Storage, number>();
  for (const storage of storages) {
    const { key, type, count } = storage;
    const place = await zip.locate(`${root}data/${key}`);
    if (!place) throw file.fault(`it lacks the storage ${quote(key)}`);
    if (place.length !== count * BYTES_OF[type]) {
      throw file.fault(`its storage ${quote(key)} should be ${count} × ${type} and has ${place.length} bytes`);
    }
    offsets.set(storage, place.offset);
  }
  zip.refuseOverlaps();
  return offsets;
}
