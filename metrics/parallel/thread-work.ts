import { sumDrawn } from "../statistics/resampling.js";
import { countPiece, tokenizeBlocks } from "./caption-work.js";

/** What threads do: functions of what can be sent to them, whose results can be sent back. */
export const THREAD_WORK = {
  /** Tokenises captions. */
  tokenizeBlocks,
  /** Counts what metrics share of captions. */
  countPiece,
  /** Draws examples and adds them up. */
  sumDrawn,
};

/** The kinds of work, see {@link THREAD_WORK}. */
export type ThreadWork = typeof THREAD_WORK;

/** A thread that does {@link THREAD_WORK}, one piece after the other. */
export interface ThreadHelper {
  /** Asks for a piece of work. */
  ask<Kind extends keyof ThreadWork>(
    kind: Kind,
    request: Parameters<ThreadWork[Kind]>[0],
  ): Promise<ReturnType<ThreadWork[Kind]>>;
}
