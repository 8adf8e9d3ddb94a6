/** How long late output is waited for at most: a day, in seconds. */
export const MOST_LATE_OUTPUT_SECONDS = 86_400;

/** The limits of a run that is given none, in seconds. */
export const NOTEBOOK_DEFAULTS = { timeoutSeconds: 600, lateOutputSeconds: 5 };
