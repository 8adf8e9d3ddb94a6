/** The user's mistake. */
export const EXIT_BAD_INPUT = 2;
/** Ours. */
export const EXIT_BUG = 1;
/**
 * Work that was stopped where it can go on, or that somebody else is doing: the same command may be given again. It is
 * `EX_TEMPFAIL` of sysexits.h.
 */
export const EXIT_UNFINISHED = 75;
/** What a shell says of a command that was stopped with Ctrl-C. */
export const EXIT_INTERRUPTED = 130;
