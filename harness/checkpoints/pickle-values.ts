/** A list; a tuple is an array that never changes. */
export class PickleList {
  #items: unknown[] | undefined; // made when it is needed: half a million empty ones are a small pickle

  get items(): readonly unknown[] {
    return this.#items ?? [];
  }

  add(item: unknown): void {
    this.#items ??= [];
    this.#items.push(item);
  }
}

/** A float, so that none is taken for an integer. */
export class PickleFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** A dict whose keys are texts. */
export class PickleTable {
  #entries: Map<string, unknown> | undefined; // as above

  get entries(): ReadonlyMap<string, unknown> {
    return this.#entries ?? new Map();
  }

  /** @returns whether the key is new */
  add(key: string, value: unknown): boolean {
    this.#entries ??= new Map();
    if (this.#entries.has(key)) return false;
    this.#entries.set(key, value);
    return true;
  }
}

/** What a pickle means where it goes beyond data. All four throw what they do not allow. */
export interface PickleMeaning {
  /** What stands for a class or function of Python. @param name `collections.OrderedDict` */
  find(name: string): unknown;
  /** The result of calling what was found. @param work to be called with the number of items looked at */
  call(callee: unknown, args: readonly unknown[], work: (items: number) => void): unknown;
  /** What an object that lies outside of the pickle stands for. */
  persistent(id: unknown): unknown;
  /** Sets an object's state. */
  build(object: unknown, state: unknown): void;
}
