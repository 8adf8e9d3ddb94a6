/** Lines of token numbers, one after the other: line i is `ids[offsets[i] … offsets[i + 1])`. */
export interface TokenLines {
  /** The tokens of all lines. */
  readonly ids: Int32Array;
  /** Where each line begins, and where the last one ends. */
  readonly offsets: Int32Array;
}

/** Collects lines of tokens; the number of lines and tokens need not be known. */
export class TokenLinesBuilder {
  #ids = new Int32Array(1024);
  #size = 0;
  readonly #offsets: number[] = [0];

  push(id: number): void {
    if (this.#size === this.#ids.length) {
      const larger = new Int32Array(2 * this.#size);
      larger.set(this.#ids);
      this.#ids = larger;
    }
    this.#ids[this.#size++] = id;
  }

  endLine(): void {
    this.#offsets.push(this.#size);
  }

  finish(): TokenLines {
    return { ids: this.#ids.subarray(0, this.#size), offsets: Int32Array.from(this.#offsets) };
  }
}
