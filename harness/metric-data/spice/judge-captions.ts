import { SimvlmError, type SpiceJudgement, type SpiceQuestion } from "@simvlm/metrics";
import { toMilliseconds } from "../../duration.js";
import { inParallel } from "../../in-parallel.js";
import { inSlices } from "../../slices.js";
import { askSpice, SpiceFailure, stopped } from "./ask-spice.js";
import type { SpiceProgram } from "./installed.js";
import { type JudgementCache, keyOf, openJudgementCache } from "./judgement-cache.js";
import { countProcesses, largestHeap, secondsFor, sizeOfBatches, USUAL_HEAP_MB } from "./limits.js";

/** How other programs work for a metric. */
export interface ProgramOptions {
  /** Is told how many examples there are to be judged, then how many of them have been. */
  readonly onStart?: ((examples: number) => (examples: number) => void) | undefined;
  /** Ends them; what they have found out is kept. */
  readonly signal?: AbortSignal | undefined;
  /** How many run at a time; default: as many as there are processors and memory for. */
  readonly processes?: number | undefined;
  /**
   * Megabytes that Java's heap may grow to where the usual 2048 are too little, one process at a time; fewer are the usual
   * ones, too. Default: 8192, or what the machine has.
   */
  readonly heap?: number | undefined;
  /** How long each may take for its captions; default: 900 s to begin, 2 s for each text, more for long ones. */
  readonly seconds?: number | undefined;
  /** Where judgements of a program of that name are looked for and kept; default: the user's cache. */
  readonly openCache?: ((program: string) => Promise<JudgementCache>) | undefined;
}

const CACHE_READERS = 16;

/**
 * What SPICE's program says of captions: from the cache what was asked before, the rest from the program, in batches in
 * processes of their own. A batch for which the memory was too little is asked anew with more; one that fails
 * otherwise without the program's cache; then in halves, down to the one caption that it cannot judge.
 * @param names what messages call each question's image
 * @returns a judgement for each question
 * @throws SimvlmError `spice-failed` naming the image, `stopped`
 */
export async function judgeCaptions(
  program: SpiceProgram,
  questions: readonly SpiceQuestion[],
  names: readonly string[],
  options: ProgramOptions = {},
): Promise<SpiceJudgement[]> {
  const { openCache = openJudgementCache } = options;
  const cache = await openCache(program.name);
  const known = new Map<string, SpiceJudgement>();
  const pending = new Map<string, Pending>();
  for (const [i, question] of questions.entries()) {
    const key = keyOf(question);
    if (!pending.has(key)) pending.set(key, { key, question, name: names[i]! });
  }
  await inParallel(CACHE_READERS, [...pending.values()], async ({ key, question }) => {
    const judgement = await cache.find(question);
    if (!judgement) return;
    known.set(key, judgement);
    pending.delete(key);
  });
  const left = [...pending.values()];
  const processes = Math.min(options.processes ?? countProcesses(), left.length);
  const tick = options.onStart?.(left.length) ?? (() => {});
  const abort = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, abort.signal]) : abort.signal;
  const judge = createJudge(program, cache, { ...options, heap: options.heap ?? largestHeap(processes) }, signal);
  const batches = inSlices(left, sizeOfBatches(left.length, processes));
  await inParallel(processes, batches, async (batch) => {
    if (signal.aborted) throw stopped();
    await judge(batch, keep).catch((error: unknown) => {
      abort.abort(); // what the others have kept is enough
      throw error;
    });
  });
  return questions.map((question) => known.get(keyOf(question))!);

  async function keep(some: readonly Pending[], judgements: readonly SpiceJudgement[]) {
    for (const [i, { key }] of some.entries()) known.set(key, judgements[i]!);
    await cache.keep(some.map(({ question }, i) => [question, judgements[i]!]));
    tick(some.length);
  }
}

/** A question that the cache has no answer to. */
interface Pending {
  readonly key: string;
  readonly question: SpiceQuestion;
  readonly name: string;
}

type Keep = (some: readonly Pending[], judgements: readonly SpiceJudgement[]) => Promise<void>;

function createJudge(
  program: SpiceProgram,
  { parses, renewParses }: JudgementCache,
  { seconds, heap: largest }: ProgramOptions & { readonly heap: number },
  signal: AbortSignal,
): (batch: readonly Pending[], keep: Keep) => Promise<void> {
  const usual = Math.min(USUAL_HEAP_MB, largest);
  const inTurn = createTurns();
  const ask = async (batch: readonly Pending[], more: { readonly parses?: string | undefined; megabytes: number }) => {
    const asked = batch.map(({ question }) => question);
    const limitMs = toMilliseconds(seconds ?? secondsFor(asked), "The time for SPICE's program");
    return askSpice(program, asked, { ...more, limitMs, signal }).catch(failureOf);
  };
  let fault: Promise<SimvlmError | undefined> | undefined;
  /** What is wrong where the program cannot even judge what is easy; it is tried once. */
  const findFault = () => {
    const easy = () => ask([EASY], { megabytes: usual });
    fault ??= easy().then((answer) => (answer instanceof SpiceFailure ? broken(answer) : undefined));
    return fault;
  };
  /** @returns whether all could be asked at once */
  const judge = async (batch: readonly Pending[], keep: Keep, parses: string | undefined): Promise<boolean> => {
    const isOne = batch.length === 1;
    const isAlone = isOne && parses === undefined;
    const askBig = () => inTurn(() => ask(batch, { parses, megabytes: largest }));
    let answer = await (isAlone ? askBig() : ask(batch, { parses, megabytes: usual }));
    if (answer instanceof SpiceFailure && answer.why === "memory" && !isAlone && largest > usual)
      answer = await askBig();
    if (!(answer instanceof SpiceFailure)) {
      await keep(batch, answer);
      return true;
    }
    const isOfMemory = answer.why === "memory"; // with its cache or without
    if (isAlone || (isOne && isOfMemory)) throw (await findFault()) ?? failed(batch[0]!, answer);
    if (parses !== undefined && !isOfMemory) {
      const isWhole = await judge(batch, keep, undefined);
      if (isWhole && answer.why === "ended") await renewParses(); // it was these that it failed at
      return isWhole;
    }
    const wrong = answer.why === "ended" ? await findFault() : undefined;
    if (wrong) throw wrong; // it is not the captions
    const middle = Math.ceil(batch.length / 2);
    await judge(batch.slice(0, middle), keep, parses);
    await judge(batch.slice(middle), keep, parses);
    return false;
  };
  return async (batch, keep) => void (await judge(batch, keep, parses));
}

/** Has work done one by one, whoever wants it done: there is memory for one large process. */
function createTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const done = last.then(work);
    last = done.catch(() => {});
    return done;
  };
}

function failureOf(error: unknown): SpiceFailure {
  if (error instanceof SpiceFailure) return error;
  throw error;
}

const EASY: Pending = { key: "", name: "", question: { caption: "a dog", references: ["a dog"] } };

function broken({ message }: SpiceFailure): SimvlmError {
  return new SimvlmError(
    "spice-failed",
    `SPICE's program does not run here: ${message}. Look at Java and at the memory that is free, or install SPICE again with \`simvlm metrics install spice\`.`,
  );
}

function failed({ name }: Pending, { message }: SpiceFailure): SimvlmError {
  return new SimvlmError(
    "spice-failed",
    `SPICE's program cannot judge the caption of ${name}: ${message}. What it says of other captions is kept. If this caption or a reference of it is very long, shorten it, or allow the program more memory or time.`,
  );
}
