import { type CaptionCounts, type CountPiece, countPiece } from "./caption-work.js";
import { allocateShared } from "./share-numbers.js";
import type { ThreadHelper } from "./thread-work.js";

/** Pieces of counting that helpers do in their order, while this thread does something else and then what no helper has begun. */
export class PieceWork {
  readonly #helpers: readonly ThreadHelper[];
  readonly #claims: Int32Array;
  readonly #pieces: CountPiece[] = [];
  /** What this thread has counted, by the piece's place. */
  readonly #own = new Map<number, unknown>();

  /** @param most how many pieces there may be */
  constructor(helpers: readonly ThreadHelper[], most: number) {
    this.#helpers = helpers;
    this.#claims = allocateShared(most);
  }

  /** Adds a piece, and gives what comes of it. */
  async count<Kind extends keyof CaptionCounts>(
    kind: Kind,
    request: CountPiece<Kind>["request"],
  ): Promise<ReturnType<CaptionCounts[Kind]>> {
    const place = this.#pieces.length;
    const piece: CountPiece = { kind, request, claims: this.#claims, place };
    this.#pieces.push(piece);
    const counted = await this.#helpers[place % this.#helpers.length]!.ask("countPiece", piece);
    return (counted ?? this.#own.get(place)) as ReturnType<CaptionCounts[Kind]>;
  }

  /** This thread counts what no helper has begun, the last piece first: helpers come to it last. */
  help(): void {
    for (const piece of this.#pieces.toReversed()) this.#own.set(piece.place, countPiece(piece));
  }
}
