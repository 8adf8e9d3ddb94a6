import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { SpiceCategory, SpiceJudgement, SpiceQuestion, SpiceTuple } from "@simvlm/metrics";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeTemporaryFolder } from "../../harness/files/folders.js";
import { readSpiceProgram } from "../../harness/metric-data/spice/installed.js";
import { judgeCaptions } from "../../harness/metric-data/spice/judge-captions.js";
import { runCli, Scratch } from "../harness/cli/run-cli.js";
import { hasShared, readGolden } from "../shared.js";
import { isInstalled, useInstalled } from "./programs.js";

const hasJava = spawnSync("java", ["-version"]).status === 0;
/** Images of COCO's golden file, and of fakecap's. */
const ALL = 1000;
/** How many of COCO's are judged; all of both take some fifteen minutes of the processor. */
const IMAGES = Number(process.env.SPICE_IMAGES ?? 100);
/** How many of fakecap's are. */
const CAPTIONS = IMAGES === ALL ? ALL : Math.ceil(IMAGES / 4);
/** Of COCO's, so many are judged in shares. */
const SHARED = 24;
/**
 * Of the odd ones; it takes a quarter of an hour and 7 GB. The golden file has what the program says where its memory is too
 * small to parse it: nothing. With the 8 GB that pycocoevalcap gives it, measured by starting it alone, it finds a dog.
 */
const FOUR_HUNDRED_WORDS = 30;
const A_DOG: Partial<GoldenImage> = {
  f: 0.2,
  counts: {
    ...{ All: [1, 1, 7], Relation: [0, 0, 2], Cardinality: [0, 0, 1], Attribute: [0, 1, 3] },
    ...{ Size: [0, 0, 0], Color: [0, 0, 2], Object: [1, 0, 2] },
  },
  test_tuples: [
    [["dog"], true],
    [["dog", "dog"], false],
  ],
};

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

/** What is asked for, with the dog found. */
function findDog({ ref_tuples }: GoldenImage): readonly SpiceTuple[] {
  return ref_tuples.map(([words, isFound]) => [words, isFound || words.join() === "dog"]);
}

describe.skipIf(!hasShared || !hasJava || !isInstalled("spice"))("SPICE's program", () => {
  useInstalled();
  const before = process.env.XDG_CACHE_HOME;
  beforeAll(async () => {
    process.env.XDG_CACHE_HOME = await makeTemporaryFolder("spice");
    expect(await readSpiceProgram()).toMatchObject({ name: "1.0" }); // by the hashes of the published jars
  });
  afterAll(() => {
    if (before === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = before;
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
    const images = readGolden<{ images: GoldenImage[] }>("spice_edge.json")
      .images.filter(isMeant)
      .map((image) =>
        image.image_id === FOUR_HUNDRED_WORDS ? { ...image, ...A_DOG, ref_tuples: findDog(image) } : image,
      );
    await judge(
      images,
      images.map(({ hyp, refs }) => ({ caption: hyp!, references: refs! })),
    );
  }

  test("questions of every form that it answers, one without references, too", async () => {
    interface Asked {
      readonly image_id?: string | number;
      readonly test: string;
      readonly refs: readonly string[];
    }
    interface Case {
      readonly name: string;
      readonly in: string | readonly Asked[];
      readonly out: string | null;
    }
    // What was written is cut off after the first image's tuples and counts.
    const cases = readGolden<Case[]>("spice_protocol.json").flatMap(({ name, in: input, out }) => {
      const [, all] = /"All": (\{[^}]*\})/.exec(out ?? "") ?? [];
      if (all === undefined) return [];
      const { tp, fp, fn, f } = JSON.parse(all) as Record<"tp" | "fp" | "fn" | "f", number>;
      const asked = typeof input === "string" ? (JSON.parse(input) as Asked[]) : input;
      return [{ name, asked, golden: { counts: [tp, fp, fn], f } }];
    });
    expect(cases.length).toBeGreaterThan(8);
    const questions = cases.flatMap(({ asked }) =>
      asked.map((each) => ({ caption: each.test, references: each.refs })),
    );
    const names = cases.flatMap(({ name, asked }) => asked.map((_, i) => `${name}, ${i}`));
    const judged = await judgeCaptions(await readSpiceProgram(), questions, names);
    const firsts = cases.map(({ name }) => judged[names.indexOf(`${name}, 0`)]!);
    expect(firsts.map(({ f, counts }, i) => [cases[i]!.name, counts.All, f])).toEqual(
      cases.map(({ name, golden }) => [name, golden.counts, golden.f]),
    );
  }, 3_600_000);

  test("48 odd captions", () => judgeOdd(({ image_id }) => image_id !== FOUR_HUNDRED_WORDS), 3_600_000);

  test.runIf(IMAGES === ALL)(
    "a caption of 400 words",
    () => judgeOdd(({ image_id }) => image_id === FOUR_HUNDRED_WORDS),
    7_200_000,
  );

  test(`${SHARED} captions in two shares have the scores of one machine, and the recorded ones`, async () => {
    interface Captioned {
      readonly image_id: number;
      readonly raw: { readonly hyp: string; readonly refs: readonly string[] };
    }
    const scratch = new Scratch();
    const recorded = readGolden<{ images: GoldenImage[] }>("val2014_1000.spice.json.gz").images.slice(0, SHARED);
    const all = readGolden<{ images: Captioned[] }>("val2014_2000.meteor_real.json.gz").images;
    const images = recorded.map(({ image_id }) => all.find((image) => image.image_id === image_id)!);
    const references = scratch.write("references.json", {
      images: images.map(({ image_id: id }) => ({ id, file_name: `${id}.jpg` })),
      annotations: images.flatMap(({ image_id, raw }) =>
        raw.refs.map((caption, i) => ({ id: 10 * image_id + i, image_id, caption })),
      ),
    });
    const predictions = scratch.write(
      "said.json",
      images.map(({ image_id, raw }) => ({ image_id, caption: raw.hyp })),
    );
    const score = async (...words: string[]) => {
      process.env.XDG_CACHE_HOME = scratch.at(`cache-${words.join("-").replaceAll("/", "-")}`); // nobody has judged before
      const files = ["--task", "caption", "--references", references, "--predictions", predictions];
      const { code, stderr } = await runCli("score", ...files, "--metrics", "spice", ...words);
      expect(code, stderr).toBe(0);
    };
    const cache = process.env.XDG_CACHE_HOME;
    const judged = ["--judgements", scratch.at("judged")];
    for (const shard of ["1/2", "2/2"]) await score(...judged, "--shard", shard);
    await score(...judged, "--json", scratch.at("shares.json"), "--per-example", scratch.at("each.jsonl"));
    await score("--json", scratch.at("alone.json"));
    process.env.XDG_CACHE_HOME = cache;
    expect(readFileSync(scratch.at("shares.json"), "utf8")).toBe(readFileSync(scratch.at("alone.json"), "utf8"));
    for (const i of [1, 2]) {
      const lines = readFileSync(scratch.at(`judged/shards/${i}/judgements.jsonl`), "utf8")
        .trimEnd()
        .split("\n");
      expect(lines.length).toBeGreaterThan(SHARED / 8);
      expect(lines.length).toBeLessThan(SHARED);
    }
    const each = readFileSync(scratch.at("each.jsonl"), "utf8").trimEnd().split("\n");
    const scores = each.map((line) => JSON.parse(line).scores.SPICE as number);
    expect(scores).toEqual(recorded.map(({ f }) => f ?? 0));
  }, 3_600_000);

  test(`${IMAGES} images of COCO val2014 and ${CAPTIONS} captions of fakecap`, async () => {
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
        .images.slice(0, file.startsWith("fakecap") ? CAPTIONS : IMAGES)
        .map((image) => [image, of.get(image.image_id)!] as const),
    );
    await judge(
      asked.map(([image]) => image),
      asked.map(([, { hyp, refs }]) => ({ caption: hyp, references: refs })),
    );
  }, 7_200_000);
});
