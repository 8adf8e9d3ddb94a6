/** What each kind of tokenizer does in its own way to the text between added tokens, and to pieces. */
export interface TextModel {
  /** The text as the vocabulary is made for: in lower case, without accents, … */
  normalize(text: string): string;
  /** The pieces of a normalised text. */
  encode(text: string): string[];
  /** The text of pieces. */
  decode(pieces: readonly string[]): string;
}
