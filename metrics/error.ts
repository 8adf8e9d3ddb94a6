/**
 * The one error class of this project for bad input: something the user can mend.
 * Its message says what was found, where (file, JSON path, line, example id) and what to do.
 * Everything else that is thrown is a bug.
 */
export class SimvlmError extends Error {
  /** By this and its code another copy's error is known. */
  override readonly name = "SimvlmError";

  /** An error of another copy of this package is one of these, too: a plug-in may bring its own. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === "SimvlmError" && "code" in value;
  }

  /** @param code stable, for programs, such as `missing-predictions` */
  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
