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

describe.skipIf(!hasShared || !hasJava || !hasMaven || python === undefined)("SPICE (pycocoevalcap's jar)", () => {
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

  test("49 odd captions", async () => {
    const { images } = readGolden<{ images: GoldenImage[] }>("spice_edge.json");
    await judge(
      images,
      images.map(({ hyp, refs }) => ({ caption: hyp!, references: refs! })),
    );
  }, 3_600_000);

  test("1,000 images of COCO val2014", async () => {
    const { images } = readGolden<{ images: GoldenImage[] }>("val2014_1000.spice.json.gz");
    interface Captioned {
      readonly image_id: number;
      readonly tok: { readonly hyp: string; readonly refs: readonly string[] };
    }
    const source = readGolden<{ images: Captioned[] }>("val2014_2000.meteor_real.json.gz").images;
    const of = new Map(source.map(({ image_id, tok }) => [image_id, tok]));
    const questions = images.map(({ image_id }) => {
      const { hyp, refs } = of.get(image_id)!;
      return { caption: hyp, references: refs };
    });
    await judge(images, questions);
  }, 3_600_000);

  test("1,000 captions of fakecap", async () => {
    const { images } = readGolden<{ images: GoldenImage[] }>("fakecap.spice.json.gz");
    const source = readGolden<{ image_id: number; hyp: string; refs: string[] }[]>("fakecap.tok.json");
    const of = new Map(source.map((each) => [each.image_id, each]));
    const questions = images.map(({ image_id }) => {
      const { hyp, refs } = of.get(image_id)!;
      return { caption: hyp, references: refs };
    });
    await judge(images, questions);
  }, 3_600_000);
});
