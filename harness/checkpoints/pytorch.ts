import { sizeOf } from "../engine/trace/graph.js";
import { quote } from "./excerpt.js";
import { readPytorchArchive } from "./pytorch-archive.js";
import { readLegacyPytorch } from "./pytorch-legacy.js";
import { type PickledTensor, pytorchFault } from "./pytorch-state.js";
import { BYTES_OF } from "./storage-types.js";
import type { StoredTensor, StoredWeights } from "./stored-weights.js";
import { gather, isContiguous, spanOf } from "./tensor-view.js";
import { requireStoredType, WeightsFile } from "./weights-file.js";

const ZIP_MARK = "PK\x03\x04";

/**
 * Opens what `torch.save` made of a state_dict. Its pickle is read as data: nothing that it names is run, and it may
 * name what state_dicts need alone. Of its tensors none is read.
 * @throws SimvlmError `bad-pytorch`, `missing-file`, `unreadable-file`, `lfs-pointer`
 */
export function openPytorch(path: string): Promise<StoredWeights> {
  return WeightsFile.open(path, pytorchFault, async (file) => {
    const mark = Buffer.alloc(Math.min(ZIP_MARK.length, file.size));
    await file.read(mark, 0);
    const isZip = mark.toString("latin1") === ZIP_MARK;
    const { tensors, offsets } = await (isZip ? readPytorchArchive(file) : readLegacyPytorch(file));
    const find = (name: string) => {
      const tensor = tensors.get(name);
      if (!tensor) throw file.fault(`it has no tensor ${quote(name)}`);
      const { storage, offset } = tensor;
      return { tensor, offset: offsets.get(storage)! + offset * BYTES_OF[storage.type] };
    };
    return {
      source: path,
      tensors: new Map([...tensors].map(([name, tensor]) => [name, describe(tensor)])),
      async read(name) {
        const { tensor, offset } = find(name);
        const { shape, storage } = tensor;
        const type = requireStoredType(file, name, storage.type);
        if (isContiguous(tensor)) return { shape, data: await file.readFloats(type, sizeOf(shape), offset) };
        return { shape, data: gather(tensor, await file.readFloats(type, spanOf(tensor), offset)) };
      },
      place(name) {
        const { tensor, offset } = find(name);
        if (!isContiguous(tensor)) return undefined;
        return { path, offset, length: sizeOf(tensor.shape) * BYTES_OF[tensor.storage.type] };
      },
      close: () => file.close(),
    };
  });
}

function describe({ shape, storage }: PickledTensor): StoredTensor {
  return { shape, dtype: storage.type };
}
