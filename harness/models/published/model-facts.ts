import type { DecodingSettings } from "../../decoding/settings.js";
import type { PublishedPreparation } from "../../images/preparation.js";
import type { Tokenizer } from "../../text/assemble-tokenizer.js";
import type { VisionLanguageModel } from "../vision-language-model.js";

/** What is to be known of a published model besides its config, in a few words each. */
export function listFacts({
  tokenizer,
  preparation,
  decoding,
}: Pick<VisionLanguageModel, "tokenizer" | "preparation"> & {
  readonly decoding?: Partial<DecodingSettings>;
}): Readonly<Record<string, string>> {
  return {
    tokenizer: tellTokenizer(tokenizer),
    ...(preparation.preprocessing !== undefined && { pictures: tellPictures(preparation) }),
    ...(decoding && { decoding: tellDecoding(decoding) }),
  };
}

function tellTokenizer({ file, vocabSize, startId, endId, padId, pieces }: Tokenizer): string {
  const special = Object.entries({ start: startId, end: endId, padding: padId });
  const kind = String((file.model as { readonly type?: unknown }).type);
  const ids = special.map(([role, id]) => `${role} ${id} ${pieces([id])[0]}`);
  return `${kind}, ${vocabSize.toLocaleString("en")} ids; ${ids.join(", ")}`;
}

function tellPictures({ framing, kernel, mean, std }: PublishedPreparation): string {
  const square = `${framing.size} × ${framing.size}`;
  return `${kernel}, ${tellFraming(framing, square)}; mean ${mean.join(" ")}, standard deviation ${std.join(" ")}`;
}

function tellFraming(framing: PublishedPreparation["framing"], square: string): string {
  if (framing.kind === "stretch") return `stretched to ${square}`;
  const { resize } = framing;
  if (resize === "none") return `the middle ${square}`;
  const before =
    "shorterSide" in resize
      ? `shorter side to ${resize.shorterSide}`
      : `stretched to ${resize.width} × ${resize.height}`;
  return `${before}, then the middle ${square}`;
}

function tellDecoding({ search, beamSize, lengthPenalty, minLength, maxLength }: Partial<DecodingSettings>): string {
  return (
    `beam search ${search}, ${beamSize} beams, length penalty ${lengthPenalty}, ` +
    `${minLength} to ${maxLength} new tokens`
  );
}
