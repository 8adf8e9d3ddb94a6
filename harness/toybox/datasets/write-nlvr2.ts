import type { Random } from "../../random.js";
import { chance, pick } from "../pick.js";
import { type Statement, writeStatement } from "../questions/statements.js";
import { imageFolder, type Job, toJsonLines, writePictures, writeTexts } from "../workshop.js";
import { KIND_NAMES } from "../world/kinds.js";
import { sampleScene } from "../world/sample.js";
import type { Scene, Split } from "../world/scene.js";

const IMAGES_PER_SET = 4;
const STATEMENTS_PER_SET = 3;
/** The pictures of a set have more in common than chance would have it. */
const SHARED_KIND = 0.55;

type Pair = readonly [left: Scene, right: Scene];

/**
 * NLVR2: statements about two pictures. A set is two pairs of pictures and three statements, each true of one pair and
 * false of the other, so that neither the words nor the pictures alone give the label away.
 */
export function planNlvr2(split: Split, size: number): Job {
  const file = `nlvr2/${split}.jsonl`;
  return {
    files: [file],
    steps: size * IMAGES_PER_SET,
    async run(workshop) {
      const stream = workshop.random.fork("nlvr2").fork(split);
      const sets = Array.from({ length: size }, (_, index) => drawSet(stream.fork(index), split));
      const pictures = sets.flatMap(({ pairs }, set) =>
        pairs.flatMap((pair, number) =>
          pair.map((scene, side) => ({ scene, name: `${split}-${set}-${number}-img${side}.png` })),
        ),
      );
      await writePictures(workshop, imageFolder("nlvr2", split), pictures, "png");
      await writeTexts(workshop.root, {
        [file]: toJsonLines(sets.flatMap((set, index) => toLines(set, split, index))),
      });
    },
  };
}

interface SentenceSet {
  readonly pairs: readonly [Pair, Pair];
  readonly statements: readonly Statement[];
}

function drawSet(random: Random, split: Split): SentenceSet {
  const shared = pick(random, KIND_NAMES);
  const draw = (): Scene => sampleScene(random, split, chance(random, SHARED_KIND) ? { include: shared } : {});
  const pairs = [
    [draw(), draw()],
    [draw(), draw()],
  ] as const;
  const statements: Statement[] = [];
  while (statements.length < STATEMENTS_PER_SET) {
    const statement = writeStatement(pairs.flat(), random);
    const [first, second] = pairs.map((pair) => statement.holds(...pair));
    const repeated = statements.some(({ sentence }) => sentence === statement.sentence);
    if (first !== second && !repeated) statements.push(statement);
  }
  return { pairs, statements };
}

function toLines({ pairs, statements }: SentenceSet, split: Split, set: number): unknown[] {
  return statements.flatMap(({ sentence, holds }, number) =>
    pairs.map((pair, pairNumber) => ({
      identifier: `${split}-${set}-${pairNumber}-${number}`,
      sentence,
      label: holds(...pair) ? "True" : "False",
      left_url: "",
      right_url: "",
      synset: "toybox",
    })),
  );
}
