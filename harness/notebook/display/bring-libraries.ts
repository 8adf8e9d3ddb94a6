import { setTimeout } from "node:timers/promises";
import { Html, html, jsonForScript } from "../../report/html.js";
import { type LibraryName, loadLibrary } from "../../report/libraries.js";
import type { FrontEnd } from "./front-end.js";

/** How long the front end has for running a library before its script is taken out of the notebook again. */
const RUN_MS = 400;

const brought = new Set<LibraryName>();
let broughtTo: number | undefined;

/**
 * Brings libraries into the notebook's page, each once, and again if the page was loaded anew. Since a script of 1.5 MB
 * must not stay in the saved notebook, a note takes its place as soon as the page has run it.
 */
export async function bringLibraries(frontEnd: FrontEnd, names: readonly LibraryName[]): Promise<void> {
  if (frontEnd.page !== broughtTo) brought.clear();
  broughtTo = frontEnd.page;
  for (const name of names) {
    if (brought.has(name)) continue;
    brought.add(name);
    const replace = frontEnd.open({ "text/html": renderLibrary(name).markup, "text/plain": "" });
    await setTimeout(RUN_MS);
    const note = `${name} was loaded for the views below.`;
    replace({
      "text/html": html`<small style="color: light-dark(#66666e, #a9adb7)">${note}</small>`.markup,
      "text/plain": note,
    });
  }
}

/**
 * In classic notebooks there is require.js, which the library would give itself to, and not to the page. The style goes
 * to the page's head: it must outlast the output that the note replaces.
 */
function renderLibrary(name: LibraryName): Html {
  const { style, script } = loadLibrary(name);
  return html`<script>(function (define, exports, module) {
${new Html(script)}
}).call(window);
document.head.append(Object.assign(document.createElement("style"), { textContent: ${jsonForScript(style)} }));</script>`;
}
