import stringWidth from "string-width";

/** Emoji that take two places: flags, hands with a colour of skin, and all that are pictures of themselves. */
const EMOJI = /\p{RI}{2}|\p{Emoji_Modifier_Base}\p{Emoji_Modifier}|\p{Emoji_Presentation}/gu;
/** Accents, points and vowel signs stand on what is before them. */
const MARKS = /[\p{Mn}\p{Me}\p{Cf}]/gu;
const WIDE = "猫";
/** Where a word that is too long for its line is best broken: after a slash, a hyphen, an underscore. */
const PIECES = /[^/_-]*[/_-]*/g;

/** How many places of a terminal's line a text takes. */
export function displayWidth(text: string): number {
  return /^[\x20-\x7e]*$/.test(text) ? text.length : stringWidth(text.replace(EMOJI, WIDE).replace(MARKS, ""));
}

/** A text's lines, each broken where it must be to take `width` places: between words, within them only where one is longer. */
export function wrapText(text: string, width: number): string[] {
  return text.split("\n").flatMap((line) => (displayWidth(line) <= width ? [line] : wrapLine(line, width)));
}

function wrapLine(text: string, width: number): string[] {
  const lines = [""];
  const add = (part: string, gap: string) => {
    const last = lines.at(-1)!;
    const joined = last === "" ? part : last + gap + part;
    if (displayWidth(joined) <= width) lines[lines.length - 1] = joined;
    else if (last === "") lines[lines.length - 1] = part;
    else lines.push(part);
  };
  for (const word of text.split(" ")) {
    if (displayWidth(word) <= width) add(word, " ");
    else for (const [i, piece] of breakWord(word, width).entries()) add(piece, i === 0 ? " " : "");
  }
  return lines;
}

/** Where a word may be broken. */
export function piecesOf(word: string): string[] {
  return (word.match(PIECES) ?? []).filter((piece) => piece !== "");
}

/** The word's pieces, those that are themselves too long broken between characters. */
function breakWord(word: string, width: number): string[] {
  return piecesOf(word).flatMap((piece) => {
    if (displayWidth(piece) <= width) return [piece];
    const parts = [""];
    for (const { segment } of new Intl.Segmenter("en").segment(piece)) {
      const joined = parts.at(-1)! + segment;
      if (displayWidth(joined) <= width) parts[parts.length - 1] = joined;
      else parts.push(segment);
    }
    return parts.filter((part) => part !== "");
  });
}

/**
 * How wide what is printed may be: what the environment's `COLUMNS` says, else what the terminal is; a pipe and a file
 * are as wide as it takes.
 */
export function outputWidth(
  stream: Pick<NodeJS.WriteStream, "isTTY" | "columns"> = process.stdout,
  told: string | undefined = process.env.COLUMNS,
): number {
  if (told !== undefined && /^\s*[1-9]\d{0,4}\s*$/.test(told)) return Number(told);
  return stream.isTTY && stream.columns > 0 ? stream.columns : Number.POSITIVE_INFINITY;
}
