import type { Filling } from "../random.js";

/** One call of a kernel: its inputs by name (or in a list) and its attributes. */
export interface Case {
  readonly inputs: Readonly<Record<string, Filling>> | readonly Filling[];
  readonly attributes?: Readonly<Record<string, unknown>>;
  /** The greatest difference, absolute or relative, from the cpu backend; 1e-5 unless said otherwise. */
  readonly tolerance?: number;
}

/** A row a kernel. */
export type CaseTable = Readonly<Record<string, readonly Case[]>>;
