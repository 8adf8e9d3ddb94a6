import { element } from "../element.js";
import type { Style } from "./pane.js";

type Change<Value> = (value: Value) => void;

/** What the tools do. */
export interface Tools {
  readonly restyle: Change<Partial<Style>>;
  /** Told how many times as large as its window a picture is. */
  readonly enlarge: Change<number>;
  /** Told whether selectors are locked together; undefined where there is one pane. */
  readonly lock: Change<boolean> | undefined;
  readonly save: () => void;
}

/** The tools below the panes. */
export function createTools(style: Style, { restyle, enlarge, lock, save }: Tools): HTMLElement {
  const button = element("button", { type: "button" }, "save as PNG");
  button.addEventListener("click", save);
  return element(
    "div",
    { class: "tools", role: "group", "aria-label": "how maps are shown" },
    slider("opacity", { min: "0", max: "1", step: "0.05", value: String(style.opacity) }, (opacity) =>
      restyle({ opacity }),
    ),
    slider("zoom", { min: "1", max: "6", step: "0.5", value: "1" }, enlarge),
    toggle("smooth", style.smooth, (smooth) => restyle({ smooth })),
    toggle(`one colour range for all words${lock ? " of both" : ""}`, style.together, (together) =>
      restyle({ together }),
    ),
    ...(lock ? [toggle("selectors locked together", true, lock)] : []),
    button,
  );
}

function slider(text: string, bounds: Readonly<Record<"min" | "max" | "step" | "value", string>>, set: Change<number>) {
  const input = element("input", { type: "range", ...bounds });
  input.addEventListener("input", () => set(Number(input.value)));
  return element("label", {}, `${text} `, input);
}

function toggle(text: string, on: boolean, set: Change<boolean>): HTMLElement {
  const box = element("input", { type: "checkbox" });
  box.checked = on;
  box.addEventListener("change", () => set(box.checked));
  return element("label", {}, box, ` ${text}`);
}
