import { existsSync, mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type MeteorResources, meteor } from "@simvlm/metrics";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hashText } from "../../harness/files/hash.js";
import { installMeteor } from "../../harness/metric-data/meteor/install.js";
import { readMeteor } from "../../harness/metric-data/supply-tables.js";
import { hasShared, readGolden } from "../shared.js";

/** The environment that test/peers.sh makes, or the one at hand. */
const peers = fileURLToPath(new URL("../../.peers/venv", import.meta.url));
const python = existsSync(peers) ? peers : process.env.VIRTUAL_ENV;
const jar = (python === undefined ? [] : readdirSync(join(python, "lib")))
  .map((version) => join(python!, "lib", version, "site-packages/pycocoevalcap/meteor/meteor-1.5.jar"))
  .find((path) => existsSync(path));

interface Captioned {
  readonly hyp: string;
  readonly refs: readonly string[];
}

interface Golden {
  readonly corpus: string;
  readonly scores: readonly number[];
}

describe.skipIf(!hasShared || jar === undefined)("METEOR with the published data (pycocoevalcap)", () => {
  const data = process.env.XDG_DATA_HOME;
  let resources: MeteorResources;
  beforeAll(async () => {
    process.env.XDG_DATA_HOME = mkdtempSync(join(tmpdir(), "simvlm-meteor-"));
    const { name, phrases } = await installMeteor(jar!);
    expect([name, phrases]).toEqual(["1.5", 2_616_378]);
    resources = await readMeteor();
  }, 120_000);
  afterAll(() => {
    if (data === undefined) delete process.env.XDG_DATA_HOME;
    else process.env.XDG_DATA_HOME = data;
  });

  const scoreAll = (captions: readonly Captioned[]) =>
    meteor(
      captions.map(({ hyp }) => hyp),
      captions.map(({ refs }) => refs),
      { resources, tokenizer: "none" },
    );

  test("1,000 captions and 2,000 of COCO val2014 have the scores of the program, each and together", () => {
    const fakecap = readGolden<Golden>("fakecap.meteor_real.json.gz");
    const fake = scoreAll(readGolden<Captioned[]>("fakecap.tok.json"));
    expect([...fake.perExample.METEOR]).toEqual(fakecap.scores);
    expect(fake.scores.METEOR).toBe(Number(fakecap.corpus));
    const val2014 = readGolden<Golden & { images: { tok: Captioned }[] }>("val2014_2000.meteor_real.json.gz");
    const coco = scoreAll(val2014.images.map(({ tok }) => tok));
    expect([...coco.perExample.METEOR]).toEqual(val2014.scores);
    expect(coco.scores.METEOR).toBe(Number(val2014.corpus));
  });

  test("the statistics of 2,000 of COCO val2014 are the program's, to the last of 23 numbers", () => {
    const golden = readGolden<{ images: { tok: Captioned }[]; stats: readonly string[]; stats_sha256: string }>(
      "val2014_2000.meteor_real.json.gz",
    );
    const { statistics } = scoreAll(golden.images.map(({ tok }) => tok));
    const width = statistics.columns.length;
    const lines = golden.images.map((_, i) => {
      const row = [...statistics.values.subarray(i * width, (i + 1) * width)];
      // A pair that matches whole has one chunk, which is not added to those of a corpus.
      const [chunks, words, others] = row.slice(20) as [number, number, number];
      if (chunks === 0 && words > 0 && words === row[0] && others === row[1]) row[20] = 1;
      return row.map((value) => value.toFixed(1)).join(" ");
    });
    expect(lines).toEqual(golden.stats);
    expect(hashText(lines.map((line) => `${line}\n`).join(""))).toBe(golden.stats_sha256);
  });

  test("pairs of every shape have its scores", () => {
    const { pairs } = readGolden<{ pairs: (Captioned & { score: number })[] }>("meteor_pairs.json.gz");
    // The wrapper takes these out before METEOR sees them.
    const asWrapped = pairs.map(({ hyp, refs }) => ({ hyp: hyp.replaceAll("|||", "").replaceAll("  ", " "), refs }));
    expect([...scoreAll(asWrapped).perExample.METEOR]).toEqual(pairs.map(({ score }) => score));
  });
});
