import type { Libraries } from "./library-types.js";

const PATIENCE_MILLISECONDS = 20_000;
const INTERVAL_MILLISECONDS = 100;

/**
 * Brings elements of a page to life as soon as a library is there; where it does not come, they stay as they are. The
 * script of each view calls this, and it takes every element that no script has taken yet: it need not know which one is
 * its own.
 * @param name the variable that the library defines
 * @param begin `data` is what stands in the element's JSON
 */
export function enlivenAll<Name extends keyof Libraries, Data>(
  selector: string,
  name: Name,
  begin: (root: HTMLElement, data: Data, library: NonNullable<Window[Name]>) => void,
): void {
  for (const root of document.querySelectorAll<HTMLElement>(`${selector}:not([data-alive])`)) {
    const json = root.querySelector('script[type="application/json"]');
    if (!json) continue;
    root.setAttribute("data-alive", "waiting");
    whenThere(name, (library) => {
      begin(root, JSON.parse(json.textContent ?? ""), library);
      root.setAttribute("data-alive", "yes");
      root.closest("[data-simvlm-libraries]")?.querySelector("[data-simvlm-hint]")?.remove();
    });
  }
}

/** A notebook may put the library into the page after the view. */
function whenThere<Name extends keyof Libraries>(
  name: Name,
  begin: (library: NonNullable<Window[Name]>) => void,
  waited = 0,
): void {
  const library = window[name];
  if (library) begin(library);
  else if (waited < PATIENCE_MILLISECONDS) {
    setTimeout(() => whenThere(name, begin, waited + INTERVAL_MILLISECONDS), INTERVAL_MILLISECONDS);
  }
}
