/**
 * The fixed part of every vocabulary: special tokens at ids 0 to 3, then the 256 byte pieces.
 */
export const SPECIAL_TOKENS = ["<pad>", "<s>", "</s>", "<unk>"] as const;
/** The id of `<pad>`, which fills up shorter rows of a batch. */
export const PAD_ID = 0;
/** The id of `<s>`, which begins a text. */
export const START_ID = 1;
/** The id of `</s>`, which ends a text. */
export const END_ID = 2;
/** The id of `<unk>`; since unknown characters are written as bytes, no text has it. */
export const UNKNOWN_ID = 3;

/**
 * U+2581, which stands for a space inside a piece. Within this folder spaces stay spaces; only files and `pieces()`
 * show the mark.
 */
export const SPACE_MARK = "\u2581";

/** The pieces that stand for single bytes, `<0x00>` to `<0xFF>`. */
export const BYTE_PIECES: readonly string[] = Array.from(
  { length: 256 },
  (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`,
);
/** The id of the piece that stands for byte 0. */
export const FIRST_BYTE_ID = SPECIAL_TOKENS.length;
/** The id of the first learned piece. */
export const FIRST_PIECE_ID = FIRST_BYTE_ID + BYTE_PIECES.length;

/**
 * A text as words, each with the space before it; the first word gets a space of its own, which `decode` takes away.
 * Put together again, they are `" " + text` for any text.
 */
export function splitWords(text: string): string[] {
  return text === "" ? [] : text.split(" ").map((word) => ` ${word}`);
}
