import { type MeteorResources, meteor } from "@simvlm/metrics";
import { beforeAll, describe, expect, test } from "vitest";
import { hashText } from "../../harness/files/hash.js";
import { readMeteor } from "../../harness/metric-data/supply-tables.js";
import { hasShared, readGolden } from "../shared.js";
import { isInstalled, useInstalled } from "./programs.js";

interface Captioned {
  readonly hyp: string;
  readonly refs: readonly string[];
}

interface Golden {
  readonly corpus: string;
  readonly scores: readonly number[];
  readonly stats: readonly string[];
  readonly stats_sha256: string;
}

interface Asked {
  readonly name: string;
  readonly in: string;
  readonly stdout: string;
}

/** The lines to METEOR's program that it answers with statistics: a caption, and before it its references. */
function listAsked({ name, in: lines, stdout }: Asked) {
  const answers = stdout.split("\n");
  return lines.split(/\r\n|[\r\n]/).flatMap((line, i) => {
    const [command, ...texts] = line.split("|||");
    if (!/^score\s*$/i.test(command!) || !/^[\d. ]+$/.test(answers[i]!) || line.includes("…")) return [];
    return [{ name, stats: answers[i]!, hyp: texts.at(-1)!, refs: texts.slice(0, -1) }];
  });
}

describe.skipIf(!hasShared || !isInstalled("meteor"))("METEOR with the published data", () => {
  useInstalled();
  let resources: MeteorResources;
  beforeAll(async () => {
    resources = await readMeteor();
    expect(resources.name).toBe("1.5"); // the hash of all that was installed is that of the published data
  });

  const scoreAll = (captions: readonly Captioned[]) =>
    meteor(
      captions.map(({ hyp }) => hyp),
      captions.map(({ refs }) => refs),
      { resources, tokenizer: "none" },
    );

  /** As the program writes them. */
  function linesOf(captions: readonly Captioned[]): string[] {
    const { statistics } = scoreAll(captions);
    const width = statistics.columns.length;
    return captions.map((_, i) => {
      const row = [...statistics.values.subarray(i * width, (i + 1) * width)];
      // A pair that matches whole has one chunk, which is not added to those of a corpus.
      const [chunks, words, others] = row.slice(20) as [number, number, number];
      if (chunks === 0 && words > 0 && words === row[0] && others === row[1]) row[20] = 1;
      return row.map((value) => value.toFixed(1)).join(" ");
    });
  }

  const readCaptions = {
    "1,000 captions": () => readGolden<Captioned[]>("fakecap.tok.json"),
    "2,000 captions of COCO val2014": () =>
      readGolden<{ images: { tok: Captioned }[] }>("val2014_2000.meteor_real.json.gz").images.map(({ tok }) => tok),
  };

  describe.each([
    ["1,000 captions", "fakecap.meteor_real.json.gz"],
    ["2,000 captions of COCO val2014", "val2014_2000.meteor_real.json.gz"],
  ] as const)("%s", (name, file) => {
    test("have the scores of the program, each and together", () => {
      const golden = readGolden<Golden>(file);
      const { perExample, scores } = scoreAll(readCaptions[name]());
      expect([...perExample.METEOR]).toEqual(golden.scores);
      expect(scores.METEOR).toBe(Number(golden.corpus));
    });

    test("have its statistics, to the last of 23 numbers", () => {
      const golden = readGolden<Golden>(file);
      const lines = linesOf(readCaptions[name]());
      expect(lines).toEqual(golden.stats);
      expect(hashText(lines.map((line) => `${line}\n`).join(""))).toBe(golden.stats_sha256);
    });
  });

  test("1,500 pairs of every shape have its scores and statistics", () => {
    const { pairs } = readGolden<{ pairs: (Captioned & { score: number; stats: string })[] }>("meteor_pairs.json.gz");
    expect([...scoreAll(pairs).perExample.METEOR]).toEqual(pairs.map(({ score }) => score));
    expect(linesOf(pairs)).toEqual(pairs.map(({ stats }) => stats));
  });

  test("what its Python wrapper takes out of captions counts here as little", () => {
    const cases = readGolden<(Captioned & { score: number; stats: string })[]>("meteor_wrapper.json");
    expect([...scoreAll(cases).perExample.METEOR]).toEqual(cases.map(({ score }) => score));
    expect(linesOf(cases)).toEqual(cases.map(({ stats }) => stats));
  });

  test("characters of every kind are read as its program reads them", () => {
    const asked = readGolden<Asked[]>("meteor_protocol.json").flatMap(listAsked);
    expect(asked).toHaveLength(33);
    const lines = linesOf(asked);
    expect(asked.map(({ name }, i) => [name, lines[i]])).toEqual(asked.map(({ name, stats }) => [name, stats]));
  });
});
