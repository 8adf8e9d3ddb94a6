import type { Noun } from "../world/facts.js";

/** Masculine, feminine, neuter. */
export type Gender = "m" | "f" | "n";

/** A noun in both languages with the same meaning, so that a sentence can be said in either. */
export interface NounForm {
  readonly weight: number;
  readonly en: readonly [singular: string, plural: string];
  /** `weak` masculines take -en in every case but the nominative. */
  readonly de: readonly [gender: Gender, singular: string, plural: string, declension?: "weak"];
}

const USUAL = 85;
const RARE = 15;

/** What each kind and category is called; the weights say how often by which name. */
export const NOUNS: Record<Noun, readonly NounForm[]> = {
  dog: [{ weight: USUAL, en: ["dog", "dogs"], de: ["m", "Hund", "Hunde"] }],
  cat: [{ weight: USUAL, en: ["cat", "cats"], de: ["f", "Katze", "Katzen"] }],
  bird: [{ weight: USUAL, en: ["bird", "birds"], de: ["m", "Vogel", "Vögel"] }],
  fish: [{ weight: USUAL, en: ["fish", "fish"], de: ["m", "Fisch", "Fische"] }],
  car: [{ weight: USUAL, en: ["car", "cars"], de: ["n", "Auto", "Autos"] }],
  bus: [{ weight: USUAL, en: ["bus", "buses"], de: ["m", "Bus", "Busse"] }],
  boat: [
    { weight: USUAL, en: ["boat", "boats"], de: ["n", "Boot", "Boote"] },
    { weight: RARE, en: ["sailboat", "sailboats"], de: ["n", "Segelboot", "Segelboote"] },
  ],
  house: [{ weight: USUAL, en: ["house", "houses"], de: ["n", "Haus", "Häuser"] }],
  apple: [{ weight: USUAL, en: ["apple", "apples"], de: ["m", "Apfel", "Äpfel"] }],
  banana: [{ weight: USUAL, en: ["banana", "bananas"], de: ["f", "Banane", "Bananen"] }],
  ball: [{ weight: USUAL, en: ["ball", "balls"], de: ["m", "Ball", "Bälle"] }],
  flower: [{ weight: USUAL, en: ["flower", "flowers"], de: ["f", "Blume", "Blumen"] }],
  horse: [{ weight: USUAL, en: ["horse", "horses"], de: ["n", "Pferd", "Pferde"] }],
  rabbit: [
    { weight: USUAL, en: ["rabbit", "rabbits"], de: ["m", "Hase", "Hasen", "weak"] },
    { weight: RARE, en: ["bunny", "bunnies"], de: ["n", "Kaninchen", "Kaninchen"] },
  ],
  elephant: [{ weight: USUAL, en: ["elephant", "elephants"], de: ["m", "Elefant", "Elefanten", "weak"] }],
  turtle: [{ weight: USUAL, en: ["turtle", "turtles"], de: ["f", "Schildkröte", "Schildkröten"] }],
  butterfly: [{ weight: USUAL, en: ["butterfly", "butterflies"], de: ["m", "Schmetterling", "Schmetterlinge"] }],
  snail: [{ weight: USUAL, en: ["snail", "snails"], de: ["f", "Schnecke", "Schnecken"] }],
  plane: [
    { weight: USUAL, en: ["plane", "planes"], de: ["n", "Flugzeug", "Flugzeuge"] },
    { weight: RARE, en: ["airplane", "airplanes"], de: ["m", "Flieger", "Flieger"] },
  ],
  bicycle: [
    { weight: USUAL, en: ["bicycle", "bicycles"], de: ["n", "Fahrrad", "Fahrräder"] },
    { weight: RARE, en: ["bike", "bikes"], de: ["n", "Rad", "Räder"] },
  ],
  rocket: [{ weight: USUAL, en: ["rocket", "rockets"], de: ["f", "Rakete", "Raketen"] }],
  castle: [{ weight: USUAL, en: ["castle", "castles"], de: ["f", "Burg", "Burgen"] }],
  tent: [{ weight: USUAL, en: ["tent", "tents"], de: ["n", "Zelt", "Zelte"] }],
  strawberry: [{ weight: USUAL, en: ["strawberry", "strawberries"], de: ["f", "Erdbeere", "Erdbeeren"] }],
  kite: [{ weight: USUAL, en: ["kite", "kites"], de: ["m", "Drachen", "Drachen"] }],
  "teddy bear": [
    { weight: USUAL, en: ["teddy bear", "teddy bears"], de: ["m", "Teddybär", "Teddybären", "weak"] },
    { weight: RARE, en: ["teddy", "teddies"], de: ["m", "Teddy", "Teddys"] },
  ],
  umbrella: [{ weight: USUAL, en: ["umbrella", "umbrellas"], de: ["m", "Regenschirm", "Regenschirme"] }],
  present: [
    { weight: USUAL, en: ["present", "presents"], de: ["n", "Geschenk", "Geschenke"] },
    { weight: RARE, en: ["gift", "gifts"], de: ["n", "Päckchen", "Päckchen"] },
  ],
  animal: [{ weight: USUAL, en: ["animal", "animals"], de: ["n", "Tier", "Tiere"] }],
  vehicle: [{ weight: USUAL, en: ["vehicle", "vehicles"], de: ["n", "Fahrzeug", "Fahrzeuge"] }],
  building: [{ weight: USUAL, en: ["building", "buildings"], de: ["n", "Gebäude", "Gebäude"] }],
  fruit: [{ weight: USUAL, en: ["fruit", "fruits"], de: ["f", "Frucht", "Früchte"] }],
  toy: [{ weight: USUAL, en: ["toy", "toys"], de: ["n", "Spielzeug", "Spielzeuge"] }],
  thing: [{ weight: USUAL, en: ["thing", "things"], de: ["n", "Ding", "Dinge"] }],
};
