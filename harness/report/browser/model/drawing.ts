import { element } from "../element.js";

const SIDE = 384;
const COLOURS = [
  "black",
  "white",
  "red",
  "orange",
  "yellow",
  "green",
  "blue",
  "purple",
  "brown",
  "pink",
  "gray",
] as const;

/** A canvas to draw a picture on. */
export interface Drawing {
  readonly node: HTMLElement;
}

/** @param use takes the finished picture */
export function createDrawing(use: (picture: Blob, name: string) => void): Drawing {
  const canvas = element("canvas", { width: String(SIDE), height: String(SIDE), class: "drawing", role: "img" });
  canvas.setAttribute("aria-label", "a canvas to draw on with a mouse, a pen or a finger");
  const context = canvas.getContext("2d")!;
  context.lineCap = context.lineJoin = "round";
  const clear = () => {
    context.fillStyle = "white";
    context.fillRect(0, 0, SIDE, SIDE);
  };
  clear();
  const colour = element("select", {}, ...COLOURS.map((name) => element("option", {}, name)));
  const width = element("input", { type: "range", min: "2", max: "96", value: "24" });
  const at = (event: PointerEvent) => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) * SIDE) / box.width, ((event.clientY - box.top) * SIDE) / box.height] as const;
  };
  const line = (event: PointerEvent) => {
    context.lineTo(...at(event));
    context.stroke();
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    context.strokeStyle = colour.value;
    context.lineWidth = Number(width.value);
    context.beginPath();
    context.moveTo(...at(event));
    line(event);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.buttons !== 0) line(event);
  });
  const button = (text: string, act: () => void) => {
    const node = element("button", { type: "button" }, text);
    node.addEventListener("click", act);
    return node;
  };
  const finish = () => canvas.toBlob((picture) => picture && use(picture, "the drawing"), "image/png");
  const node = element(
    "details",
    { class: "draw" },
    element("summary", {}, "Draw one"),
    canvas,
    element(
      "div",
      { class: "tools" },
      element("label", {}, "colour ", colour),
      element("label", {}, "width ", width),
      button("clear", clear),
      button("use the drawing", finish),
    ),
  );
  return { node };
}
