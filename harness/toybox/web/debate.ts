import type { Random } from "../../random.js";
import { type Claim, sayClaim, sayClaimBriefly, type Truth } from "../claims.js";
import { chance, pick } from "../pick.js";
import { drawClaimForm, findClaim } from "../questions/claim-forms.js";
import { speculate } from "../questions/speculations.js";
import { sampleScene } from "../world/sample.js";
import type { Scene, Split } from "../world/scene.js";

/** What is answered to a claim. */
export const VERDICTS: Record<Truth, string> = { true: "yes", maybe: "maybe", false: "no" };
/** What stands between a claim and its verdict; people do not always care for punctuation. */
export const SEPARATORS = ["?", " -", ""] as const;
/** So many forms are tried before something else is wanted: not every scene has all. */
const FORMS = 30;
/** Of the claims, where there are several things, the share about their positions. */
const RELATED = 0.45;
/** Of the things nobody can know, the share that is not what a present holds. */
const SPECULATIONS = 0.1;
/** How many debated scenes have a present, about which one can only guess. */
const WITH_PRESENT = 0.5;

/** A scene to debate; some have a present in them, whose contents nobody can see. */
export function sampleDebated(split: Split, random: Random): Scene {
  return sampleScene(random, split, chance(random, WITH_PRESENT) ? { include: "present" } : {});
}

/**
 * Claims about a scene, each followed by a verdict: "there is a red dog? no. a cat is left of a bus? yes." All verdicts
 * that the scene allows are equally likely.
 * @param claims how many at most
 */
export function writeDebate(scene: Scene, claims: number, random: Random): string {
  return judgeAll(scene, claims, random, pick(random, SEPARATORS), (claim) => sayClaim(claim, "en", random));
}

/** The same in as few words as possible, so that there is room for more claims: "dog: no. cat left of bus: yes." */
export function writeChecklist(scene: Scene, claims: number, random: Random): string {
  return judgeAll(scene, claims, random, ":", (claim) => sayClaimBriefly(claim, random));
}

function judgeAll(
  scene: Scene,
  claims: number,
  random: Random,
  separator: string,
  sayIt: (claim: Claim) => string,
): string {
  const said = new Set<string>();
  // A scene may have less to say than is asked for.
  for (let attempt = 0; attempt < 4 * claims && said.size < claims; attempt++) {
    const { sentence, truth } = drawClaim(scene, random, sayIt);
    said.add(`${sentence}${separator} ${VERDICTS[truth]}.`);
  }
  return [...said].join(" ");
}

function drawClaim(scene: Scene, random: Random, sayIt: (claim: Claim) => string): { sentence: string; truth: Truth } {
  for (;;) {
    const truth = pick(random, ["true", "false", "maybe"] as const);
    if (truth === "maybe" && chance(random, SPECULATIONS)) return { sentence: speculate(scene, random), truth };
    // Drawn before the claim, or most positions would be claimed wrongly: few are right.
    const isRelated = scene.groups.length > 1 && chance(random, RELATED);
    for (let attempt = 0; attempt < FORMS; attempt++) {
      const form = drawClaimForm(random);
      if ((form.relation !== undefined) !== isRelated) continue;
      const claim = findClaim(form, truth, scene, random);
      if (claim) return { sentence: sayIt(claim), truth };
    }
  }
}
