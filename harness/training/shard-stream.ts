import { SimvlmError } from "@simvlm/metrics";
import type { OnFault } from "../formats/web-pair.js";
import type { Random } from "../random.js";
import { changedShard } from "./shard-versions.js";

/** Where a stream is: how many examples have been drawn in which pass over the data. */
export interface StreamPosition {
  readonly epoch: number;
  readonly drawn: number;
}

/** What a stream reads, and in which order. */
export interface ShardStreamOptions<T> {
  readonly shards: readonly string[];
  readonly read: (path: string, onFault: OnFault) => AsyncIterable<T>;
  readonly random: Random;
  /** How many examples are held back to be drawn from at random; the shards are read in random order, too. */
  readonly bufferSize: number;
  readonly onFault: OnFault;
  /** Called for every example that was read, and once more when a whole pass was. */
  readonly onRead?: (what: "example" | "pass") => void;
  /** Whether an example is one to be drawn; default: each is. */
  readonly accepts?: (item: T) => boolean;
  /** Ends the reading once it is aborted: it throws. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * An endless stream of the examples of many shards: pass after pass, each in an order of its own, without ever holding
 * a whole shard in memory. The order depends only on the seed, so that a stream continues from a position as if it had
 * never stopped.
 */
export class ShardStream<T> {
  readonly #options: ShardStreamOptions<T>;
  #epoch: number;
  #drawn = 0;
  #items: AsyncGenerator<T>;
  /** The first example that could not be read. */
  #fault: string | undefined;
  /** Until the position that was asked for is reached, examples and faults were counted before. */
  #quiet = false;

  private constructor(options: ShardStreamOptions<T>, epoch: number) {
    this.#options = options;
    this.#epoch = epoch;
    this.#items = this.#pass(epoch);
  }

  /**
   * @param position where the stream continues
   * @throws SimvlmError `changed-data` if there is no such position any more, `no-examples`
   */
  static async open<T>(
    options: ShardStreamOptions<T>,
    { epoch, drawn }: StreamPosition = { epoch: 0, drawn: 0 },
  ): Promise<ShardStream<T>> {
    const stream = new ShardStream(options, epoch);
    stream.#quiet = true;
    await stream.#skip(drawn);
    stream.#quiet = false;
    return stream;
  }

  get position(): StreamPosition {
    return { epoch: this.#epoch, drawn: this.#drawn };
  }

  /**
   * Draws the next example.
   * @throws SimvlmError `no-examples` if a whole pass gives none
   */
  async next(): Promise<T> {
    for (;;) {
      const { value, done } = await this.#items.next();
      if (!done) {
        this.#drawn++;
        return value;
      }
      if (this.#drawn === 0) throw noExamples(this.#options.shards, this.#fault);
      this.#epoch++;
      this.#drawn = 0;
      this.#items = this.#pass(this.#epoch);
    }
  }

  /** The next pass would never have as many examples either. */
  async #skip(count: number): Promise<void> {
    while (this.#drawn < count) {
      if ((await this.#items.next()).done) {
        const { shards } = this.#options;
        if (this.#drawn === 0) throw noExamples(shards, this.#fault);
        const had = `a pass had at least ${count} examples, and now has ${this.#drawn}`;
        throw changedShard(shards.length === 1 ? shards[0]! : `One of ${listShards(shards)}`, had);
      }
      this.#drawn++;
    }
  }

  async close(): Promise<void> {
    await this.#items.return(undefined);
  }

  async *#pass(epoch: number): AsyncGenerator<T> {
    const { shards, read, bufferSize, onFault, onRead, accepts = () => true, signal } = this.#options;
    const random = this.#options.random.fork("pass").fork(epoch);
    const buffer: T[] = [];
    const report: OnFault = (where, problem) => {
      this.#fault ??= `${where}: ${problem}`;
      if (!this.#quiet) onFault(where, problem);
    };
    const count = (what: "example" | "pass") => {
      if (!this.#quiet) onRead?.(what);
    };
    for (const shard of shuffle(shards, random.fork("shards"))) {
      for await (const item of read(shard, report)) {
        signal?.throwIfAborted();
        count("example");
        if (!accepts(item)) continue;
        if (buffer.length < bufferSize) {
          buffer.push(item);
          continue;
        }
        const place = random.integer(bufferSize);
        const drawn = buffer[place]!;
        buffer[place] = item;
        yield drawn;
      }
    }
    count("pass");
    yield* shuffle(buffer, random.fork("rest"));
  }
}

/** How many files are named. */
const NAMED = 3;

/** The error for files that give no example at all. @param fault the first example that could not be read */
export function noExamples(files: readonly string[], fault: string | undefined): SimvlmError {
  const why = fault === undefined ? "" : ` The first that cannot be read is ${fault}.`;
  return new SimvlmError(
    "no-examples",
    `There are no examples in ${listShards(files)}.${why} Check that these are the right files, and whole.`,
  );
}

function listShards(files: readonly string[]): string {
  return files.slice(0, NAMED).join(", ") + (files.length > NAMED ? ` and ${files.length - NAMED} more` : "");
}

/** The same items in an order drawn from `random` (Fisher and Yates). */
export function shuffle<T>(items: readonly T[], random: Random): T[] {
  const shuffled = [...items];
  for (let i = shuffled.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
  }
  return shuffled;
}
