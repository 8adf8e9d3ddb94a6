import type { StreamName } from "../kernel/stream-buffer.js";
import type { Content } from "../kernel/wire.js";

/** As much of it is kept as a cell's streams may have. */
const LIMIT = 1_000_000;

/** What comes out of a kernel's process past its cells, as from native code: it becomes part of the cell that runs. */
export class RawOutput {
  private pieces: { name: StreamName; text: string }[] = [];
  private size = 0;

  add(name: StreamName, text: string): void {
    if (this.size < LIMIT) this.pieces.push({ name, text });
    this.size += text.length;
  }

  /**
   * Hands over what has come.
   * @param told an error that is shown anyway: last words that it quotes are not shown twice
   */
  take(collect: (type: "stream", content: Content) => void, told = ""): void {
    const { pieces } = this;
    [this.pieces, this.size] = [[], 0];
    const text = pieces.map((piece) => piece.text).join("");
    if (!told.includes(text.trim())) for (const piece of pieces) collect("stream", piece);
  }
}
