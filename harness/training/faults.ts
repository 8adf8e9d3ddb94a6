import { SimvlmError } from "@simvlm/metrics";

/** A share can be told of so many examples; before that, as many faults are tolerated as would be of so many. */
const HEADROOM = 2000;
/** A pass over fewer examples than these says nothing about their share. */
const LEAST_PASS = 100;

/** Counts the examples that were read and those that could not be, and gives up when the latter are too many. */
export class FaultCounter {
  readonly #maxRate: number;
  readonly #onFault: (where: string, problem: string) => void;
  #faults: number;
  #seen: number;
  #last = "";
  #sinceGood = 0;

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

  /** Counts another example as read, be it good or bad. */
  see(): void {
    this.#seen++;
  }

  /** An example turned out to be good: it is part of a batch. */
  use(): void {
    this.#sinceGood = 0;
  }

  /**
   * Counts an example, one of those seen, that could not be read.
   * @throws SimvlmError `too-many-faults` naming the last one
   */
  add(where: string, problem: string): void {
    this.#faults++;
    this.#sinceGood++;
    this.#last = `${where}: ${problem}`;
    this.#onFault(where, problem);
    // Where all are tolerated, a search for a good one must end all the same.
    if (this.#sinceGood > HEADROOM && this.#sinceGood > this.#seen / 2) this.#refuseAbove(0);
    this.#refuseAbove(this.#maxRate * (this.#seen + HEADROOM));
  }

  /**
   * All examples have been read once more: their share of faults is known.
   * @throws SimvlmError `too-many-faults` naming the last one
   */
  endPass(): void {
    if (this.#seen >= LEAST_PASS) this.#refuseAbove(this.#maxRate * this.#seen);
  }

  #refuseAbove(tolerated: number): void {
    if (this.#faults <= tolerated) return;
    throw new SimvlmError(
      "too-many-faults",
      `${this.#faults} of ${this.#seen} examples cannot be read, more than the tolerated share of ${this.#maxRate}. ` +
        `The last one: ${this.#last.replace(/\.$/, "")}. Repair the data, or allow a larger share.`,
    );
  }
}

/** How many examples could not be read, out of how many. */
export interface FaultCounts {
  readonly faults: number;
  /** Examples read, good and bad. */
  readonly seen: number;
}
