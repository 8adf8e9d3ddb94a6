import type { Random } from "../../random.js";
import { sayClaim, type Truth } from "../claims.js";
import { describe, FULL } from "../language/describe-scene.js";
import { chooseWording, say } from "../language/wording.js";
import { chance } from "../pick.js";
import { type ClaimForm, drawClaimForm, findClaim } from "../questions/claim-forms.js";
import { speculate } from "../questions/speculations.js";
import { firstId, imageFolder, type Job, toJsonLines, writePictures, writeTexts } from "../workshop.js";
import { sampleScene } from "../world/sample.js";
import type { Scene, Split } from "../world/scene.js";

type Label = "entailment" | "neutral" | "contradiction";
const TRUTHS: Record<Label, Truth> = { entailment: "true", neutral: "maybe", contradiction: "false" };

interface Pair {
  readonly hypothesis: string;
  readonly label: Label;
}

/**
 * SNLI-VE: what follows from a picture, what may be so, and what cannot be. In half of the images there is a present,
 * whose contents nobody knows. The words of a hypothesis say next to nothing about its label.
 */
export function planSnliVe(split: Split, size: number): Job {
  const file = `snli-ve/${split}.jsonl`;
  return {
    files: [file],
    steps: size,
    async run(workshop) {
      const stream = workshop.random.fork("snli-ve").fork(split);
      const images = Array.from({ length: size }, (_, index) => {
        const random = stream.fork(index);
        const id = String(firstId(split) + index);
        const { scene, pairs } = drawPairs(random, split, index % 2 === 0);
        const premise = say(chooseWording(describe(scene, FULL, random), random), "en");
        const lines = pairs.map(({ hypothesis, label }, i) => ({
          annotator_labels: [label],
          captionID: `${id}.jpg#0`,
          gold_label: label,
          pairID: `${id}.jpg#0r${i + 1}${label.charAt(0)}`,
          sentence1: premise,
          sentence2: hypothesis,
          Flickr30K_ID: id,
        }));
        return { scene, name: `${id}.jpg`, lines };
      });
      await writePictures(workshop, imageFolder("snli-ve", split), images);
      await writeTexts(workshop.root, { [file]: toJsonLines(images.flatMap(({ lines }) => lines)) });
    },
  };
}

/** Of the claims about positions that could be neutral, the share that is false instead. */
const FALSE_RELATIONS = 0.3;
/** Of the pictures without a present, the share about which something is guessed: "the dog is hungry". */
const SPECULATIONS = 0.25;

/** What the three hypotheses of an image shall be, before there is a scene; without a form it is a guess. */
interface Wanted {
  readonly label: Label;
  readonly form?: ClaimForm;
}

/** So many scenes are tried before something else is wanted: some wishes contradict each other. */
const SCENES = 100;

/** A scene of the split with its hypotheses and their labels. */
export function drawPairs(random: Random, split: Split, withPresent: boolean): { scene: Scene; pairs: Pair[] } {
  for (;;) {
    const wanted = drawWanted(random, withPresent);
    for (let attempt = 0; attempt < SCENES; attempt++) {
      const scene = drawScene(random, split, withPresent);
      const pairs = findPairs(wanted, scene, random);
      if (pairs) return { scene, pairs };
    }
  }
}

/** With a present and something else, or without a present. */
function drawScene(random: Random, split: Split, withPresent: boolean): Scene {
  for (;;) {
    const scene = sampleScene(random, split, withPresent ? { include: "present" } : {});
    if (withPresent ? scene.groups.length > 1 : scene.groups.every(({ kind }) => kind !== "present")) return scene;
  }
}

function findPairs(wanted: readonly Wanted[], scene: Scene, random: Random): Pair[] | undefined {
  const pairs: Pair[] = [];
  for (const each of wanted) {
    const pair = findPair(each, scene, random);
    if (!pair || pairs.some(({ hypothesis }) => hypothesis === pair.hypothesis)) return undefined;
    pairs.push(pair);
  }
  return pairs;
}

/** With a present one thing is true and the rest is open, without one the rest is false. */
function drawWanted(random: Random, withPresent: boolean): Wanted[] {
  const [first, second, third] = [0, 1, 2].map(() => drawClaimForm(random)) as [ClaimForm, ClaimForm, ClaimForm];
  const entailed: Wanted = { label: "entailment", form: first };
  if (withPresent) {
    const label = third.relation && chance(random, FALSE_RELATIONS) ? "contradiction" : "neutral";
    return [entailed, { label: "neutral", form: second }, { label, form: third }];
  }
  const last: Wanted = chance(random, SPECULATIONS) ? { label: "neutral" } : { label: "contradiction", form: third };
  return [entailed, { label: "contradiction", form: second }, last];
}

/** A hypothesis with this label, or undefined if the scene has none. */
function findPair({ label, form }: Wanted, scene: Scene, random: Random): Pair | undefined {
  if (!form) return { label, hypothesis: speculate(scene, random) };
  const claim = findClaim(form, TRUTHS[label], scene, random);
  return claim && { label, hypothesis: sayClaim(claim, "en", random) };
}
