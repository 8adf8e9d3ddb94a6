import { SimvlmError } from "@simvlm/metrics";
import { listIds } from "../formats/ids.js";
import type { TableChoice } from "../metric-data/supply-tables.js";
import type { Outcome } from "../tasks/prediction.js";
import type { Task, TaskData } from "../tasks/task.js";
import type { DataFolder } from "./data-folder.js";
import { type FieldDifference, judgeDifferences, listDifferences } from "./differences.js";
import type { Manifest } from "./manifest.js";

/** A run that is looked at, and its data. */
export interface Evidence {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly task: Task;
  readonly data: TaskData;
  readonly dataFolder: DataFolder;
  readonly outcomes: readonly Outcome[];
  /** Which data and models metrics use; undefined for those that the run was scored with. */
  readonly tables: TableChoice | undefined;
}

/** What came of looking at a run, as it is gathered. */
export class Findings {
  readonly confirmed: string[] = [];
  readonly differences: string[] = [];
  readonly notes: string[] = [];
  readonly #isSameCode: boolean;

  /** @param isSameCode whether the run was made by the very code that looks at it */
  constructor(isSameCode: boolean) {
    this.#isSameCode = isSameCode;
  }

  /**
   * Files that are not what they should be are findings; what they made impossible is left out. Whoever stops the work is
   * none.
   * @param nameConfirmed what has been confirmed, where that is not all of `what`; undefined for nothing
   */
  async check<T>(
    what: string,
    look: () => Promise<T>,
    nameConfirmed: (found: T) => string | undefined = () => what,
  ): Promise<T | undefined> {
    const before = this.differences.length;
    try {
      const found = await look();
      const confirmed = nameConfirmed(found);
      if (this.differences.length === before && confirmed !== undefined) this.confirmed.push(confirmed);
      return found;
    } catch (error) {
      if (!(error instanceof SimvlmError) || error.code === "stopped") throw error;
      this.differences.push(`${what}: ${error.message}`);
      return undefined;
    }
  }

  /** @param found between what was kept and what is so now */
  compare(what: string, found: readonly FieldDifference[]): void {
    const { differences, added } = judgeDifferences(found, this.#isSameCode);
    if (differences.length > 0) this.differences.push(`${what} (${listDifferences(differences, "now")})`);
    if (added.length > 0) this.notes.push(`${what}: this version also has ${listIds(added.map(({ field }) => field))}`);
  }
}
