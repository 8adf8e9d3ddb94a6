/** What of a damaged file's texts is quoted at most. */
const LONGEST = 100;

/** A text as a message can have it: not too long. */
export function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** A name in quotation marks as a message can have it: not too long, control characters escaped. */
export function quote(name: string): string {
  return JSON.stringify(cut(name));
}
