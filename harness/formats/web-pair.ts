/** An image with the text beside it on a web page. */
export interface WebPair {
  /** The shard and the key in it. */
  readonly id: string;
  readonly text: string;
  /** The image file's bytes. */
  readonly image: Buffer;
}

/** Something that could not be read and is passed over: what, and why. */
export type OnFault = (where: string, problem: string) => void;

/** What an error says that begins with its place, for one who names the place: `a.jpg: cut short` of `a.jpg`. */
export function withoutPlace(message: string, place: string): string {
  return message.startsWith(place) ? message.slice(place.length).replace(/^[:,]?\s+/, "") : message;
}
