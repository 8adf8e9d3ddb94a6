import fc from "fast-check";

/** An image of a caption test: tokenised texts of a small vocabulary, so that n-grams repeat. */
export interface CaptionedImage {
  hypothesis: string;
  references: string[];
}

/** A tokenised caption, empty ones among them unless `minLength` says otherwise. */
export function arbitraryCaption({ minLength = 0, maxLength = 9 } = {}): fc.Arbitrary<string> {
  const words = fc.constantFrom("a", "b", "c", "dog", "cat", "on");
  return fc.array(words, { minLength, maxLength }).map((tokens) => tokens.join(" "));
}

export function arbitraryImages({ minLength = 1, maxLength = 7 } = {}): fc.Arbitrary<CaptionedImage[]> {
  const image = fc.record({
    hypothesis: arbitraryCaption(),
    references: fc.array(arbitraryCaption(), { minLength: 1, maxLength: 4 }),
  });
  return fc.array(image, { minLength, maxLength });
}

export function hypothesesOf(images: readonly CaptionedImage[]): string[] {
  return images.map(({ hypothesis }) => hypothesis);
}

export function referencesOf(images: readonly CaptionedImage[]): string[][] {
  return images.map(({ references }) => references);
}

/** Any UTF-16 code unit: control characters, white space, lone surrogates and all. */
export const codeUnit: fc.Arbitrary<string> = fc.nat(0xffff).map((code) => String.fromCharCode(code));

/** Property tests are repeatable: the same seed draws the same cases. */
export const SEEDED = { seed: 20260101 } as const;
