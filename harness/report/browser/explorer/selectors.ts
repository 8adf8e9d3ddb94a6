import type { Method, PaneChoice, PaneData } from "../../explorer/explorer-data.js";
import { hasMethod, type Reader } from "../../explorer/reader.js";
import { element } from "../element.js";

/** What methods are called. */
export const METHODS: Readonly<Record<Method, string>> = {
  mean: "mean",
  max: "maximum",
  rollout: "rollout",
  gradient: "gradient × attention",
};

const LISTED = ["mean", "max", "rollout", "gradient"] as const satisfies readonly Method[];

type Options = readonly (readonly [value: string, text: string])[];

/** The selectors of a pane. */
export interface Selectors {
  readonly node: HTMLElement;
  render(choice: PaneChoice, free: ReturnType<Reader["freedom"]>): void;
}

/** Method, layer and head, and a button for randomised weights, or a note that there are none. */
export function createSelectors(data: PaneData, change: (change: Partial<PaneChoice>) => void): Selectors {
  const methods = LISTED.filter((method) => hasMethod(data, method));
  const method = selectOf(
    "method",
    methods.map((name) => [name, METHODS[name]]),
    (value) => change({ method: methods.find((name) => name === value) ?? "mean" }),
  );
  const layer = selectOf("layer", numbered(data.layers), (value) => change({ layer: Number(value) }));
  const head = selectOf("head", numbered(data.heads), (value) => change({ head: Number(value) }));
  const control = element("button", { type: "button", class: "control" }, "randomised weights");
  let isControl = false;
  control.addEventListener("click", () => change({ control: !isControl }));
  const node = element("div", { class: "selectors" }, method.label, layer.label, head.label);
  node.append(data.control ? control : element("span", { class: "note" }, "no randomised weights to compare with"));
  return {
    node,
    render(choice, free) {
      method.select.value = choice.method;
      layer.select.value = String(choice.layer);
      head.select.value = String(choice.head);
      layer.select.disabled = !free.layer;
      head.select.disabled = !free.head;
      isControl = choice.control;
      control.setAttribute("aria-pressed", String(isControl));
    },
  };
}

function numbered(count: number): Options {
  return [["-1", "all"], ...Array.from({ length: count }, (_, index) => [`${index}`, `${index}`] as const)];
}

function selectOf(name: string, options: Options, choose: (value: string) => void) {
  const listed = options.map(([value, text]) => element("option", { value }, text));
  const select = element("select", { "aria-label": name }, ...listed);
  select.addEventListener("change", () => choose(select.value));
  return { select, label: element("label", {}, `${name} `, select) };
}
