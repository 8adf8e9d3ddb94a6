import { SimvlmError } from "@simvlm/metrics";
import type { OnFault, WebPair } from "./web-pair.js";

interface Draft {
  text?: string | undefined;
  caption?: string | undefined;
  image?: Buffer | undefined;
  /** Whether it may be no part of a pair at all, and need not be missed. */
  isDoubtful?: boolean;
}

/** Entries whose partner has not come: so many wait for it at most, */
const MOST_WAITING = 20_000;
/** with so many bytes. */
const MOST_BYTES = 1 << 28;
/** Keys that are remembered when nothing waits any more, so that what comes too late is known. */
const MOST_REMEMBERED = 1_000_000;

/**
 * Pairs that are being put together from the entries of a shard. A pair is complete when an entry of another key comes;
 * one that lacks something waits for it.
 */
export class PairDrafts {
  readonly #path: string;
  readonly #onFault: OnFault;
  readonly #waiting = new Map<string, Draft>();
  /** What no longer waits: whether it was given up without its partner. */
  readonly #gone = new Map<string, boolean>();
  #newest: string | undefined;
  #bytes = 0;

  /** @param path the shard, for messages and ids */
  constructor(path: string, onFault: OnFault) {
    this.#path = path;
    this.#onFault = onFault;
  }

  /**
   * An entry of this key comes.
   * @returns the pair that is complete by that
   */
  begin(key: string): WebPair | undefined {
    const last = this.#newest;
    this.#newest = key;
    return last === undefined || last === key ? undefined : this.#take(last);
  }

  /** @throws SimvlmError `unsorted-shard` for a part whose partner was given up */
  add(key: string, part: Draft): void {
    const isLate = this.#gone.get(key);
    if (isLate === true) throw this.#unsorted(key);
    if (isLate === false) return; // beside a pair that has all it needs
    const draft = this.#waiting.get(key) ?? {};
    this.#bytes -= bytesOf(draft);
    Object.assign(draft, part);
    this.#bytes += bytesOf(draft);
    this.#waiting.set(key, draft);
    while (this.#waiting.size > 1 && (this.#waiting.size > MOST_WAITING || this.#bytes > MOST_BYTES)) {
      this.#giveUp(this.#waiting.keys().next().value!);
    }
  }

  /** Forgets the key that came last. */
  dropNewest(): void {
    if (this.#newest !== undefined) this.#remove(this.#newest);
    this.#newest = undefined;
  }

  /** No entry comes any more: what waits is given up. @returns the last pair */
  end(): WebPair | undefined {
    const last = this.#newest === undefined ? undefined : this.#take(this.#newest);
    for (const key of [...this.#waiting.keys()]) this.#giveUp(key);
    return last;
  }

  #take(key: string): WebPair | undefined {
    const { image, text, caption } = this.#waiting.get(key) ?? {};
    const words = (text ?? caption)?.trim();
    if (!image || !words) return undefined;
    this.#remove(key);
    this.#remember(key, false);
    return { id: `${this.#path}: ${key}`, text: words, image };
  }

  #giveUp(key: string): void {
    const { image, text, isDoubtful = false } = this.#waiting.get(key)!;
    this.#remove(key);
    this.#remember(key, true);
    if (isDoubtful && !image && text === undefined) return;
    this.#onFault(`${this.#path}: ${key}`, image ? "an image without text" : "a text without image");
  }

  #remove(key: string): void {
    this.#bytes -= bytesOf(this.#waiting.get(key) ?? {});
    this.#waiting.delete(key);
  }

  #remember(key: string, isGivenUp: boolean): void {
    this.#gone.set(key, isGivenUp);
    if (this.#gone.size > MOST_REMEMBERED) this.#gone.delete(this.#gone.keys().next().value!);
  }

  #unsorted(key: string): SimvlmError {
    return new SimvlmError(
      "unsorted-shard",
      `${this.#path}: the files of ${key} lie farther apart than ${MOST_WAITING} files or ${MOST_BYTES} bytes. ` +
        "Files of one name must lie close together: unpack the shard and pack it again in the order of the names.",
    );
  }
}

function bytesOf({ image, text = "", caption = "" }: Draft): number {
  return (image?.length ?? 0) + text.length + caption.length;
}
