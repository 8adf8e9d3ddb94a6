import type { Language, Phrase } from "../language/words.js";

/** What stands around pictures on web pages. */

export const PROMPTS: readonly Phrase[] = [
  { weight: 60, en: "a picture of", de: "ein Bild von" },
  { weight: 20, en: "a photo of", de: "ein Foto von" },
  { weight: 10, en: "an image of", de: "eine Aufnahme von" },
  { weight: 10, en: "a drawing of", de: "eine Zeichnung von" },
];

/** What shops write beside a picture, in English or German. */
export const SHOP_TALK: readonly string[] = [
  "free shipping on orders over 20 euros",
  "new in the shop",
  "only 9.99 while stocks last",
  "best price guaranteed",
  "add to cart",
  "customers also bought",
  "summer sale 50 % off",
  "kostenloser Versand ab 20 Euro",
  "jetzt neu im Angebot",
  "nur solange der Vorrat reicht",
  "in den Warenkorb",
  "Kunden kauften auch",
];

/** What stands beside a picture and says nothing about it, in English or German. */
export const IRRELEVANT: readonly string[] = [
  "click to enlarge",
  "home",
  "about us",
  "read more",
  "image may be subject to copyright",
  "photo by a friend",
  "our holiday, day 3",
  "thumbnail",
  "untitled",
  "logo",
  "mehr erfahren",
  "zum Vergrößern klicken",
  "Startseite",
  "Bild folgt",
  "unser Urlaub, Tag 3",
];

/** Before and after a text that is about its picture. */
export const DECORATIONS: Record<Language, readonly (readonly [before: string, after: string])[]> = {
  en: [
    ["", " | free images"],
    ["", " - stock picture"],
    ["", " (2)"],
    ["", ", nice!"],
    ["photo: ", ""],
    ["buy ", " online"],
  ],
  de: [
    ["", " | kostenlose Bilder"],
    ["", " (2)"],
    ["", ", schön!"],
    ["Bild: ", ""],
  ],
};
