type Numbers = Uint8Array | Int32Array | Float64Array;

/** Numbers of which nobody knows before how many there are. */
export class GrowingNumbers<Kind extends Numbers> {
  readonly #make: new (
    size: number,
  ) => Kind;
  #numbers: Kind;
  #size = 0;

  /** @param make the kind of array that holds them */
  constructor(make: new (size: number) => Kind) {
    this.#make = make;
    this.#numbers = new make(1024);
  }

  push(value: number): void {
    if (this.#size === this.#numbers.length) {
      const larger = new this.#make(2 * this.#size);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[this.#size++] = value;
  }

  /** What was pushed. */
  finish(): Kind {
    return this.#numbers.subarray(0, this.#size) as Kind;
  }
}
