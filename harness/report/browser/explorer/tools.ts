import { element } from "../element.js";
import type { Style } from "./pane.js";

type Change<Value> = (value: Value) => void;

/**
 * The tools below the panes.
 * @param lock told whether selectors are locked together; undefined where there is one pane
 */
export function createTools(
  style: Style,
  restyle: Change<Partial<Style>>,
  lock: Change<boolean> | undefined,
  save: () => void,
): HTMLElement {
  const opacity = element("input", { type: "range", min: "0", max: "1", step: "0.05", value: String(style.opacity) });
  opacity.addEventListener("input", () => restyle({ opacity: Number(opacity.value) }));
  const button = element("button", { type: "button" }, "save as PNG");
  button.addEventListener("click", save);
  return element(
    "div",
    { class: "tools" },
    element("label", {}, "opacity ", opacity),
    toggle("smooth", style.smooth, (smooth) => restyle({ smooth })),
    toggle("one colour range for all words", style.together, (together) => restyle({ together })),
    ...(lock ? [toggle("selectors locked together", true, lock)] : []),
    button,
  );
}

function toggle(text: string, on: boolean, set: Change<boolean>): HTMLElement {
  const box = element("input", { type: "checkbox" });
  box.checked = on;
  box.addEventListener("change", () => set(box.checked));
  return element("label", {}, box, ` ${text}`);
}
