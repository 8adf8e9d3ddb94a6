import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { RunComparison } from "../../harness/compare/comparison.js";
import { openReport } from "../../harness/report/document/file.js";
import type { Prediction } from "../../harness/tasks/prediction.js";
import { runCli, Scratch } from "../harness/cli/run-cli.js";
import { hasShared, sharedFolder } from "../shared.js";

const PHOTOGRAPHS = join(sharedFolder, "data/coco-photos");
const MODELS = join(sharedFolder, "reference/models");

interface Search {
  readonly photo: string;
  readonly prefix: readonly number[];
  readonly beams: number;
  readonly alpha: number;
  readonly max_steps: number;
  readonly text: string;
}

describe.skipIf(!hasShared)("the demo of a pair, on COCO's photographs", () => {
  const scratch = new Scratch();
  const demo = async (out: string, zeroShot: string, supervised: string, ...rest: string[]) => {
    const [first, second] = [zeroShot, supervised].map((name) => join(MODELS, "checkpoints", name));
    const models = ["--zero-shot", first!, "--supervised", second!];
    const result = await runCli("demo", "--data", PHOTOGRAPHS, ...models, "--out", scratch.at(out), ...rest);
    expect(result.code, result.stderr).toBe(0);
    return result;
  };
  const saidBy = (run: string) => {
    const lines = readFileSync(scratch.at(`${run}/predictions.jsonl`), "utf8")
      .trimEnd()
      .split("\n");
    return new Map(lines.map((line) => JSON.parse(line) as Prediction).map(({ id, prediction }) => [id, prediction]));
  };

  it("has two GITs say what the original's search gives, and shows where both looked", async () => {
    // A caption has a step less than the original's longest text, which begins with the start token.
    const { stdout } = await demo("gits", "git-a", "git-b-l14-f16", "--max-length", "23");
    for (const [run, name] of [
      ["gits/zero-shot", "git-a"],
      ["gits/supervised", "git-b-l14-f16"],
    ] as const) {
      const path = join(MODELS, "golden", name, "original-beam.json");
      const { cases } = JSON.parse(readFileSync(path, "utf8")) as { cases: readonly Search[] };
      const asked = cases.filter(({ prefix, beams, alpha, max_steps }) => {
        return prefix.length === 1 && beams === 4 && alpha === 0.6 && max_steps === 24;
      });
      const said = saidBy(run);
      expect(said.size).toBe(29);
      expect(asked.length).toBeGreaterThan(0);
      for (const { photo, text } of asked) expect(said.get(String(Number.parseInt(photo, 10))), photo).toBe(text);
    }
    const { differences } = scratch.readJson<RunComparison>("gits/comparison.json");
    expect(differences.map(({ subset }) => subset)).toEqual(differences.map(() => "all")); // COCO has no domains
    expect(stdout).toMatch(/^CIDEr, all: supervised \d\.\d{4}, zero-shot \d\.\d{4}: -\d\.\d{4} \[/m);
    const { data } = await openReport(scratch.at("gits/report.html"));
    expect(data.attention.figures.map(({ runs }) => runs)).toEqual(Array(3).fill(["zero-shot", "supervised"]));
    expect(await runCli("verify", scratch.at("gits/report.html"), "--data", PHOTOGRAPHS)).toMatchObject({ code: 0 });
  });

  it("takes models of other families", async () => {
    await demo("others", "blip-caption", "vitgpt2", "--limit", "4", "--greedy");
    const { data } = await openReport(scratch.at("others/report.html"));
    expect(data.attention.figures.map(({ runs }) => runs)).toEqual(Array(3).fill(["zero-shot", "supervised"]));
  });
});
