/**
 * Puts what a newer answer shows in the place of what is there, without a jump: what was scrolled stays so, and whoever
 * was at a link or a box is at the same one again.
 */
export function replaceViews(fresh: Document): void {
  const fields = document.querySelector("#choice");
  const newer = fresh.querySelector("#choice");
  if (fields && newer && !fields.contains(document.activeElement)) fields.replaceWith(document.importNode(newer, true));
  const [old, now] = [document, fresh].map((each) => each.querySelector("#board"));
  if (!old || !now) return;
  const scrolled = [...old.querySelectorAll(".wide")].map(({ scrollLeft }) => scrollLeft);
  const focused = keyOf(document.activeElement);
  const replaced = document.importNode(now, true);
  old.replaceWith(replaced);
  for (const [i, box] of [...replaced.querySelectorAll(".wide")].entries()) box.scrollLeft = scrolled[i] ?? 0;
  if (focused !== undefined) {
    [...replaced.querySelectorAll<HTMLElement>("a, input, button")].find((each) => keyOf(each) === focused)?.focus();
  }
  // A script that was put there as markup does not run; the policy knows its text, so an element of its own does.
  for (const script of replaced.querySelectorAll<HTMLScriptElement>("script:not([type])")) {
    const again = document.createElement("script");
    again.textContent = script.textContent;
    script.replaceWith(again);
  }
}

function keyOf(element: Element | null): string | undefined {
  if (!element?.closest("#board")) return undefined;
  return `${element.tagName} ${element.getAttribute("href") ?? element.getAttribute("value") ?? element.textContent}`;
}
