import type { ServedRun } from "./run-index.js";

/** Makes the report of runs, the first of which the others are compared with. */
export type MakeReport = (folders: readonly string[]) => Promise<string>;

/** In characters: more are not kept, the oldest go first. */
const ROOM = 2 ** 28;
/** So many are made at a time. */
const AT_ONCE = 2;

interface Kept {
  readonly page: Promise<string>;
  size: number;
}

/** Reports, made when they are asked for, and kept as long as the files of their runs stay what they are. */
export class ReportPages {
  readonly #make: MakeReport;
  /** The one that was asked for last is the last. */
  readonly #kept = new Map<string, Kept>();
  readonly #waiting: (() => void)[] = [];
  #free = AT_ONCE;

  constructor(make: MakeReport) {
    this.#make = make;
  }

  /** @throws SimvlmError what making it throws; then it is not kept */
  async get(runs: readonly ServedRun[]): Promise<string> {
    const key = JSON.stringify(runs.map(({ path, stamp }) => [path, stamp]));
    const kept = this.#kept.get(key) ?? { page: this.#begin(runs), size: 0 };
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    try {
      const page = await kept.page;
      kept.size = page.length;
      this.#tidy();
      return page;
    } catch (error) {
      if (this.#kept.get(key) === kept) this.#kept.delete(key);
      throw error;
    }
  }

  async #begin(runs: readonly ServedRun[]): Promise<string> {
    while (this.#free === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#free -= 1;
    try {
      return await this.#make(runs.map(({ path }) => path));
    } finally {
      this.#free += 1;
      this.#waiting.shift()?.();
    }
  }

  #tidy(): void {
    let size = [...this.#kept.values()].reduce((sum, each) => sum + each.size, 0);
    for (const [key, { size: own }] of this.#kept) {
      if (size <= ROOM) return;
      if (this.#kept.size === 1) return;
      this.#kept.delete(key);
      size -= own;
    }
  }
}
