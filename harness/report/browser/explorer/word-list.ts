import type { PaneChoice, PaneData } from "../../explorer/explorer-data.js";
import { element } from "../element.js";
import { step } from "./keys.js";
import type { Look } from "./reader.js";
import { percent } from "./shares.js";

/** The words of a pane's caption, one of which is chosen. */
export interface Words {
  readonly node: HTMLElement;
  /**
   * @param looks one for each word
   * @param amount says what a word has at the chosen patch
   */
  render(choice: PaneChoice, looks: readonly Look[], amount: (value: number) => string): void;
}

/** Buttons of the words, with marks that say how much each looked at the chosen patch. */
export function createWords({ words, prompt }: PaneData, choose: (word: number) => void): Words {
  let chosen = 0;
  const buttons = words.map((word, index) => {
    const text = element("span", { class: "text", dir: "auto" }, word.trim() === "" ? "␣" : word);
    const share = element("span", { class: "share" });
    const mark = element("span", { class: "mark" });
    const button = element("button", { type: "button", role: "radio", class: "word" }, text, share, mark);
    button.addEventListener("click", () => choose(index));
    return { button, share, mark };
  });
  const node = element(
    "div",
    { class: "words", role: "radiogroup", "aria-label": "words of the caption" },
    ...buttons.map(({ button }) => button),
  );
  node.addEventListener("keydown", (event) => {
    const to = step(event.key, chosen, buttons.length, buttons.length);
    if (to === undefined) return;
    event.preventDefault();
    choose(to);
    buttons[to]!.button.focus();
  });
  return {
    node,
    render({ word, patch }, looks, amount) {
      chosen = word;
      const atPatch = looks.map(({ map }) => map[patch] ?? 0);
      const top = Math.max(...atPatch, 0) || 1;
      buttons.forEach(({ button, share, mark }, index) => {
        button.setAttribute("aria-checked", String(index === word));
        button.tabIndex = index === word ? 0 : -1;
        share.textContent = prompt === "" ? "" : `prefix ${percent(looks[index]!.prompt)}`;
        mark.textContent = patch < 0 ? "" : amount(atPatch[index]!);
        mark.style.setProperty("--strength", patch < 0 ? "0" : (atPatch[index]! / top).toFixed(3));
        button.classList.toggle("marked", patch >= 0);
      });
    },
  };
}
