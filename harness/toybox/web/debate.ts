import type { Random } from "../../random.js";
import { judge, sayClaim, type Truth } from "../claims.js";
import { chance, pick } from "../pick.js";
import { drawClaimForm, proposeClaim } from "../questions/claim-forms.js";
import { speculate } from "../questions/speculations.js";
import { sampleScene } from "../world/sample.js";
import type { Scene, Split } from "../world/scene.js";

const VERDICTS: Record<Truth, string> = { true: "yes", maybe: "maybe", false: "no" };
/** Between what is claimed and the verdict; people do not always care for punctuation. */
const SEPARATORS = ["?", " -", ""] as const;
const ATTEMPTS = 30;
/** Of the things nobody can know, the share that is not what a present holds. */
const SPECULATIONS = 0.2;
/** How many debated scenes have a present, about which one can only guess. */
const WITH_PRESENT = 0.4;

export function sampleDebated(split: Split, random: Random): Scene {
  return sampleScene(random, split, chance(random, WITH_PRESENT) ? { include: "present" } : {});
}

/**
 * Claims about a scene, each followed by whether it is so: "there is a red dog? no. a cat is left of a bus? yes." Each
 * verdict that the scene allows is as likely as the others.
 */
export function writeDebate(scene: Scene, claims: number, random: Random): string {
  const separator = pick(random, SEPARATORS);
  return Array.from({ length: claims }, () => {
    const { sentence, truth } = drawClaim(scene, random);
    return `${sentence}${separator} ${VERDICTS[truth]}.`;
  }).join(" ");
}

function drawClaim(scene: Scene, random: Random): { sentence: string; truth: Truth } {
  const wanted = pick(random, ["true", "false", "maybe"] as const);
  if (wanted === "maybe" && chance(random, SPECULATIONS)) return { sentence: speculate(scene, random), truth: wanted };
  const form = drawClaimForm(random);
  for (let attempt = 0; ; attempt++) {
    const claim = proposeClaim(attempt < ATTEMPTS ? form : drawClaimForm(random), scene, random);
    const truth = claim && judge(claim, scene);
    // A scene without a present leaves nothing open.
    if (truth && (truth === wanted || attempt >= ATTEMPTS)) return { sentence: sayClaim(claim, "en", random), truth };
  }
}
