import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SpiceCategory, SpiceJudgement, SpiceQuestion, SpiceTuple } from "@simvlm/metrics";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeTemporaryFolder } from "../../harness/files/folders.js";
import { installSpice } from "../../harness/metric-data/spice/install.js";
import { readSpiceProgram } from "../../harness/metric-data/spice/installed.js";
import { judgeCaptions } from "../../harness/metric-data/spice/judge-captions.js";
import { hasShared, readGolden } from "../shared.js";

/** The environment that test/peers.sh makes, or the one at hand. */
const peers = fileURLToPath(new URL("../../.peers/venv", import.meta.url));
const python = existsSync(peers) ? peers : process.env.VIRTUAL_ENV;
const hasMaven = existsSync(join(homedir(), ".m2/repository/edu/stanford/nlp/stanford-corenlp/3.6.0"));
const hasJava = spawnSync("java", ["-version"]).status === 0;
/** Images of COCO's golden file, and of fakecap's. */
const ALL = 1000;
/** How many of each are judged; all of them take some fifteen minutes of the processor. */
const IMAGES = Number(process.env.SPICE_IMAGES ?? 100);
/** Of the odd ones; it takes minutes and up to 8 GB. */
const FOUR_HUNDRED_WORDS = 30;

interface GoldenImage {
  readonly image_id: number;
  readonly f: number | null;
  readonly counts: Readonly<Record<SpiceCategory, readonly [number, number, number]>>;
  readonly test_tuples: readonly SpiceTuple[];
  readonly ref_tuples: readonly SpiceTuple[];
  readonly hyp?: string;
  readonly refs?: readonly string[];
}

/** Of which the program writes the tuples now so, now so, in one run even; it counts them the same. */
const WRITTEN_AT_RANDOM = [182903];

const isComplete = hasShared && hasJava && hasMaven && python !== undefined;

describe.skipIf(!isComplete)("SPICE's program (needs Java, pycocoevalcap, and CoreNLP in Maven's repository)", () => {
  const before = { ...process.env };
  beforeAll(async () => {
    const folder = await makeTemporaryFolder("spice");
    Object.assign(process.env, { XDG_DATA_HOME: join(folder, "data"), XDG_CACHE_HOME: join(folder, "cache") });
    expect(await installSpice(python!)).toMatchObject({ name: "1.0", official: true });
  }, 600_000);
  afterAll(() => {
    for (const name of ["XDG_DATA_HOME", "XDG_CACHE_HOME"]) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  });

  async function judge(images: readonly GoldenImage[], questions: readonly SpiceQuestion[]): Promise<void> {
    const names = images.map(({ image_id }) => String(image_id));
    const judged: SpiceJudgement[] = await judgeCaptions(await readSpiceProgram(), questions, names);
    expect(judged.map(({ f }) => f)).toEqual(images.map(({ f }) => f ?? 0));
    expect(judged.map(({ counts }) => counts)).toEqual(images.map(({ counts }) => counts));
    const isStable = (_: unknown, i: number) => !WRITTEN_AT_RANDOM.includes(images[i]!.image_id);
    expect(judged.filter(isStable).map(({ caption, references }) => [caption, references])).toEqual(
      images.filter(isStable).map(({ test_tuples, ref_tuples }) => [test_tuples, ref_tuples]),
    );
  }

  async function judgeOdd(isMeant: (image: GoldenImage) => boolean): Promise<void> {
    const images = readGolden<{ images: GoldenImage[] }>("spice_edge.json").images.filter(isMeant);
    await judge(
      images,
      images.map(({ hyp, refs }) => ({ caption: hyp!, references: refs! })),
    );
  }

  test("48 odd captions", () => judgeOdd(({ image_id }) => image_id !== FOUR_HUNDRED_WORDS), 3_600_000);

  test.runIf(IMAGES === ALL)(
    "a caption of 400 words",
    () => judgeOdd(({ image_id }) => image_id === FOUR_HUNDRED_WORDS),
    7_200_000,
  );

  test(`${IMAGES} images of COCO val2014 and ${IMAGES} captions of fakecap`, async () => {
    interface Tokenized {
      readonly hyp: string;
      readonly refs: readonly string[];
    }
    type Captioned = Tokenized & { readonly image_id: number; readonly tok: Tokenized };
    const coco = readGolden<{ images: Captioned[] }>("val2014_2000.meteor_real.json.gz").images;
    const tokens = {
      "val2014_1000.spice.json.gz": new Map<number, Tokenized>(coco.map(({ image_id, tok }) => [image_id, tok])),
      "fakecap.spice.json.gz": new Map<number, Tokenized>(
        readGolden<Captioned[]>("fakecap.tok.json").map((each) => [each.image_id, each]),
      ),
    };
    const asked = Object.entries(tokens).flatMap(([file, of]) =>
      readGolden<{ images: GoldenImage[] }>(file)
        .images.slice(0, IMAGES)
        .map((image) => [image, of.get(image.image_id)!] as const),
    );
    await judge(
      asked.map(([image]) => image),
      asked.map(([, { hyp, refs }]) => ({ caption: hyp, references: refs })),
    );
  }, 7_200_000);
});
