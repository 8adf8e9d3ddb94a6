import { nameShares } from "../../../attention/word-shares.js";
import type { PaneChoice, PaneData } from "../../explorer/explorer-data.js";
import { type Look, surroundingsOf } from "../../explorer/reader.js";
import { element } from "../element.js";
import { step } from "./keys.js";
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

/** What is said of each word beside it: how much of its attention the picture did not get. */
const ON_TEXT = ["prompt", "text"] as const;

/** Buttons of the words, with marks that say how much each looked at the chosen patch. */
export function createWords(data: PaneData, choose: (word: number) => void): Words {
  const { words } = data;
  const surroundings = surroundingsOf(data);
  let chosen = 0;
  const buttons = words.map((word, index) => {
    const text = element("span", { class: "text", dir: "auto" }, word.trim() === "" ? "␣" : word);
    const shares = ON_TEXT.flatMap((kind) =>
      surroundings.kinds.has(kind) ? [{ kind, node: element("span", { class: "share" }) }] : [],
    );
    const mark = element("span", { class: "mark" });
    const parts = [text, ...shares.map(({ node }) => node), mark];
    const button = element("button", { type: "button", role: "radio", class: "word" }, ...parts);
    button.addEventListener("click", () => choose(index));
    return { button, shares, mark };
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
      buttons.forEach(({ button, shares, mark }, index) => {
        const named = nameShares(looks[index]!, surroundings);
        button.setAttribute("aria-checked", String(index === word));
        button.tabIndex = index === word ? 0 : -1;
        for (const { kind, node } of shares) {
          const own = named.find((each) => each.kind === kind)!;
          node.textContent = `${own.name} ${percent(own.share)}`;
        }
        mark.textContent = patch < 0 ? "" : amount(atPatch[index]!);
        mark.style.setProperty("--strength", patch < 0 ? "0" : (atPatch[index]! / top).toFixed(3));
        button.classList.toggle("marked", patch >= 0);
      });
    },
  };
}
