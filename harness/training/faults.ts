import { SimvlmError } from "@simvlm/metrics";

/** Faults so few that no rate can be told from them. */
const FEW = 10;

/** Counts the examples that could not be read, and gives up when there are too many. */
export class FaultCounter {
  readonly #maxRate: number;
  readonly #onFault: (where: string, problem: string) => void;
  #faults: number;
  #seen: number;

  /** @param maxRate the share of examples that may be bad */
  constructor(
    maxRate: number,
    onFault: (where: string, problem: string) => void,
    { faults, seen }: FaultCounts = { faults: 0, seen: 0 },
  ) {
    this.#maxRate = maxRate;
    this.#onFault = onFault;
    this.#faults = faults;
    this.#seen = seen;
  }

  get counts(): FaultCounts {
    return { faults: this.#faults, seen: this.#seen };
  }

  /** Counts another example as drawn. */
  see(): void {
    this.#seen++;
  }

  /**
   * Counts an example that could not be read.
   * @throws SimvlmError `too-many-faults` naming the last one
   */
  add(where: string, problem: string): void {
    this.#faults++;
    this.#onFault(where, problem);
    if (this.#faults <= FEW || this.#faults <= this.#maxRate * this.#seen) return;
    throw new SimvlmError(
      "too-many-faults",
      `${this.#faults} of ${this.#seen} examples cannot be read, more than the tolerated share of ${this.#maxRate}. ` +
        `The last one: ${where}: ${problem}. Repair the data, or allow a larger share.`,
    );
  }
}

/** How many examples could not be read, out of how many. */
export interface FaultCounts {
  readonly faults: number;
  /** Examples drawn. */
  readonly seen: number;
}
