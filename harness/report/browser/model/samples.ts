import type { SamplePicture } from "../../model-page/page-parts.js";
import { element } from "../element.js";
import { fromBase64 } from "./from-base64.js";

/** Pictures to try, each a button. @param use takes the one that is chosen */
export function createSamples(
  samples: readonly SamplePicture[],
  use: (picture: Blob, name: string) => void,
): HTMLElement {
  const buttons = samples.map(({ name, type, base64 }) => {
    const picture = element("img", { src: `data:${type};base64,${base64}`, alt: name });
    const button = element("button", { type: "button", title: name }, picture);
    button.addEventListener("click", () => use(new Blob([fromBase64(base64)], { type }), name));
    return button;
  });
  return element(
    "div",
    { class: "samples", role: "group", "aria-label": "pictures to try" },
    element("p", { class: "hint" }, "or try one of these:"),
    ...buttons,
  );
}
