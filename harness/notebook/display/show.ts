import { html } from "../../report/html.js";
import type { View } from "../../report/view.js";
import { print } from "../../terminal/streams.js";
import { bringLibraries } from "./bring-libraries.js";
import { type Bundle, findFrontEnd } from "./front-end.js";
import type { PictureView } from "./pictures.js";
import { type ShowOptions, viewOf } from "./recognize.js";

/**
 * Shows pictures, captions and predictions, scores, comparisons, DataFrames, rows, views, and anything else: in a
 * notebook as an output of the cell, elsewhere as text on stdout. In a cell, write `await show(x)`.
 * @throws SimvlmError what reading pictures throws
 */
export async function show(value: unknown, options: ShowOptions = {}): Promise<void> {
  const view = await viewOf(value, options);
  const frontEnd = findFrontEnd();
  if (!frontEnd) return print(view.text);
  await bringLibraries(frontEnd, view.libraries);
  frontEnd.send(bundleOf(view));
}

/** A place in the notebook that shows one value after another. */
export interface Display {
  /** Shows a value in place of the one before it. */
  update(value: unknown, options?: ShowOptions): Promise<void>;
}

/**
 * Opens a display for what changes while a cell runs, such as a loss curve. Outside a notebook each value is printed.
 */
export function openDisplay(): Display {
  let replace: ((bundle: Bundle) => void) | undefined;
  return {
    async update(value, options = {}) {
      const frontEnd = findFrontEnd();
      if (!frontEnd) return show(value, options);
      const view = await viewOf(value, options);
      await bringLibraries(frontEnd, view.libraries);
      if (replace) replace(bundleOf(view));
      else replace = frontEnd.open(bundleOf(view));
    },
  };
}

const JPEG_START = 0xff;

/** The view in all its forms; for a picture that no script changes, without markup. */
export function bundleOf(view: View | PictureView): Bundle {
  const { picture, text } = view;
  return {
    ...(!("still" in view) && { "text/html": renderInNotebook(view) }),
    ...(picture && {
      [picture[0] === JPEG_START ? "image/jpeg" : "image/png"]: Buffer.from(picture).toString("base64"),
    }),
    "text/plain": text,
  };
}

/**
 * With the names of its libraries, for the export of the notebook as a page. The hint stands before the view, whose
 * script takes it away.
 */
function renderInNotebook({ markup, libraries }: View): string {
  if (libraries.length === 0) return markup.markup;
  return html`<div data-simvlm-libraries="${libraries.join(" ")}"><p data-simvlm-hint style="font: 12px system-ui, sans-serif; color: light-dark(#66666e, #a9adb7); margin: 0">Shown without its controls. It becomes interactive when the notebook is run, and in a page made with <code>simvlm notebook run --html</code>.</p>
${markup}</div>`.markup;
}
