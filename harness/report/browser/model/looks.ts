import type { AttentionRecord } from "../../../models/attention-maps.js";
import type { PortableText } from "../../../models/portable/open-portable.js";
import type { PortableDescription } from "../../../models/portable/portable-model.js";
import { describePane, findBrightest } from "../../explorer/describe-pane.js";
import { gatherExplorer } from "../../explorer/gather-explorer.js";
import { createExplorer } from "../explorer/create-explorer.js";

/** Where the model looked for a text. */
export interface ShownLooks {
  readonly record: AttentionRecord;
  readonly text: PortableText;
  readonly prompt: string;
  readonly shown: HTMLImageElement;
  readonly description: PortableDescription;
}

/** The explorer of reports and notebooks, on what the model just did. */
export function showLooks({ record, text, prompt, shown, description }: ShownLooks): HTMLElement {
  const { source, trained, preparation } = description;
  const explored = {
    source,
    trained,
    caption: text.text,
    prompt,
    words: text.words,
    attention: record,
    imageSize: preparation.framing.size,
    picture: { width: shown.naturalWidth, height: shown.naturalHeight },
  };
  const start = {
    word: findBrightest(explored),
    patch: -1,
    layer: -1,
    head: -1,
    method: "mean",
    control: false,
  } as const;
  return createExplorer(gatherExplorer([describePane(explored)], start), [shown]);
}
