import { SimvlmError } from "@simvlm/metrics";
import { cut, quote } from "./excerpt.js";
import { PickleFloat, PickleList, type PickleMeaning, PickleTable } from "./pickle-values.js";
import type { StorageType } from "./storage-types.js";
import { checkView, type TensorView } from "./tensor-view.js";

/*
 * What `torch.save` of a state_dict pickles: a table from names to tensors, each a view of a storage that lies beside
 * the pickle (torch/_utils.py, torch/serialization.py of https://github.com/pytorch/pytorch).
 */

/** Numbers of one type in a row, which tensors are views of. */
export class Storage {
  readonly key: string;
  readonly type: StorageType;
  /** In numbers. */
  readonly count: number;

  constructor(key: string, type: StorageType, count: number) {
    this.key = key;
    this.type = type;
    this.count = count;
  }
}

/** A tensor of a pickle: where in its storage it lies. */
export class PickledTensor implements TensorView {
  readonly storage: Storage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];

  constructor(storage: Storage, { offset, shape, strides }: TensorView) {
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }
}

/** A class of storages. */
class StorageClass {
  readonly type: StorageType;

  constructor(type: StorageType) {
    this.type = type;
  }
}

const STORAGES: ReadonlyMap<string, StorageClass> = new Map(
  (
    [
      ["torch.FloatStorage", "F32"],
      ["torch.HalfStorage", "F16"],
      ["torch.BFloat16Storage", "BF16"],
      ["torch.DoubleStorage", "F64"],
      ["torch.LongStorage", "I64"],
      ["torch.IntStorage", "I32"],
      ["torch.ShortStorage", "I16"],
      ["torch.CharStorage", "I8"],
      ["torch.ByteStorage", "U8"],
      ["torch.BoolStorage", "BOOL"],
      ["torch.UntypedStorage", "U8"],
      ["torch.storage.UntypedStorage", "U8"],
    ] as const
  ).map(([name, type]) => [name, new StorageClass(type)]),
);

/** The functions that state_dicts need; the pickle may name no others. */
const FUNCTIONS = [
  "collections.OrderedDict",
  "torch._utils._rebuild_tensor_v2",
  "torch._utils._rebuild_parameter",
] as const;
type FunctionName = (typeof FUNCTIONS)[number];

class NamedFunction {
  readonly name: FunctionName;

  constructor(name: FunctionName) {
    this.name = name;
  }
}

const NAMES: ReadonlyMap<string, StorageClass | NamedFunction> = new Map<string, StorageClass | NamedFunction>([
  ...STORAGES,
  ...FUNCTIONS.map((name) => [name, new NamedFunction(name)] as const),
]);

/** What a state_dict's pickle means. */
export class StateMeaning implements PickleMeaning {
  /** All that the pickle has named so far, by key. */
  readonly storages = new Map<string, Storage>();
  readonly #fault: (problem: string) => Error;

  /** @param fault makes the error to be thrown from what is wrong */
  constructor(fault: (problem: string) => Error) {
    this.#fault = fault;
  }

  find(name: string): unknown {
    const found = NAMES.get(name);
    if (found) return found;
    if (/^torch\.\w+Storage$/.test(name)) throw this.#fault(`it has numbers of an unknown type, ${cut(name)}`);
    throw this.#fault(`it asks for ${cut(name)}, which weights do not need; nothing was run`);
  }

  call(callee: unknown, args: readonly unknown[], work: (items: number) => void): unknown {
    if (!(callee instanceof NamedFunction)) throw this.#fault("it calls what is no function");
    switch (callee.name) {
      case "collections.OrderedDict":
        return this.#table(args, work);
      case "torch._utils._rebuild_tensor_v2":
        return this.#tensor(args);
      case "torch._utils._rebuild_parameter":
        if (args[0] instanceof PickledTensor) return args[0];
        throw this.#fault("it makes a parameter of what is no tensor");
    }
  }

  persistent(id: unknown): Storage {
    const [kind, type, key, , count, view] = Array.isArray(id) ? (id as readonly unknown[]) : [];
    const isStorage = kind === "storage" && type instanceof StorageClass && typeof key === "string" && isCount(count);
    // Before PyTorch 0.4 a storage could be a part of another.
    if (!isStorage || (view ?? null) !== null) throw this.#fault("it refers to what is no storage of numbers");
    const known = this.storages.get(key);
    if (known && (known.type !== type.type || known.count !== count)) {
      throw this.#fault(`its storage ${quote(key)} is ${known.count} × ${known.type} and also ${count} × ${type.type}`);
    }
    const storage = known ?? new Storage(key, type.type, count);
    this.storages.set(key, storage);
    return storage;
  }

  /** A state_dict carries the versions of its modules as an attribute. */
  build(object: unknown, state: unknown): void {
    const keys = state instanceof PickleTable ? [...state.entries.keys()] : [];
    if (object instanceof PickleTable && keys.length === 1 && keys[0] === "_metadata") return;
    const wanted = keys.length > 0 ? ` (${cut(keys.map(quote).join(", "))})` : "";
    throw this.#fault(`it sets the state of an object${wanted}, which weights do not need`);
  }

  /** Python 2 gives an OrderedDict its entries as a list of pairs. */
  #table(args: readonly unknown[], work: (items: number) => void): PickleTable {
    const [pairs, more] = args;
    const table = new PickleTable();
    if (pairs === undefined) return table;
    const isList = pairs instanceof PickleList && more === undefined;
    if (!isList) throw this.#fault("it makes a table of what are no pairs");
    work(pairs.items.length);
    for (const pair of pairs.items) {
      const [key, value, rest] = pair instanceof PickleList ? pair.items : Array.isArray(pair) ? pair : [];
      if (typeof key !== "string" || rest !== undefined) throw this.#fault("it makes a table of what are no pairs");
      if (!table.add(key, value)) throw this.#fault(`it has ${quote(key)} twice`);
    }
    return table;
  }

  #tensor([storage, offset, shape, strides, , , metadata]: readonly unknown[]): PickledTensor {
    if (!(storage instanceof Storage)) throw this.#fault("it makes a tensor of what is no storage");
    const isMarked = metadata instanceof PickleTable ? metadata.entries.size > 0 : (metadata ?? null) !== null;
    if (isMarked) throw this.#fault("it has a tensor that stands for its conjugate or its negative");
    if (!isCount(offset) || !isShape(shape) || !isShape(strides) || shape.length !== strides.length) {
      const [place, sizes, steps] = [offset, shape, strides].map(describe);
      throw this.#fault(`it has a tensor at ${place} of shape ${sizes} with strides ${steps}`);
    }
    return new PickledTensor(storage, { offset, shape, strides });
  }

  /** The tensors of a state_dict by name. */
  tensorsOf(value: unknown): Map<string, PickledTensor> {
    if (!(value instanceof PickleTable)) throw this.#fault("it holds no tensors by name: it is not a state_dict");
    const tensors = new Map<string, PickledTensor>();
    for (const [name, tensor] of value.entries) {
      if (!(tensor instanceof PickledTensor)) {
        throw this.#fault(`its ${quote(name)} is no tensor: save the state_dict alone`);
      }
      const problem = checkView(tensor, tensor.storage.count);
      if (problem !== undefined) throw this.#fault(`its ${quote(name)} of shape ${describe(tensor.shape)} ${problem}`);
      tensors.set(name, tensor);
    }
    return tensors;
  }
}

/** The dimensions that a tensor of PyTorch has at most. */
const MOST_DIMENSIONS = 64;

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isShape(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length <= MOST_DIMENSIONS && value.every(isCount);
}

/** How many items of a list are described. */
const DESCRIBED = 10;

/** Numbers and lists of numbers as they are; what is nested is not looked into, it may be endless. */
function describe(value: unknown): string {
  if (!Array.isArray(value)) return describeItem(value);
  return `[${cut(value.slice(0, DESCRIBED).map(describeItem).join())}]`;
}

function describeItem(value: unknown): string {
  if (value instanceof PickleFloat) return String(value.value);
  return typeof value === "object" ? "…" : cut(String(value));
}

/** The error for a PyTorch file that is not as it should be. */
export function pytorchFault(path: string, problem: string): SimvlmError {
  return new SimvlmError("bad-pytorch", `${path} is not a PyTorch file this program can read: ${problem}.`);
}
