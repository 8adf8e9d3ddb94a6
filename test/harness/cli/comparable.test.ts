import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { readManifest } from "../../../harness/runs/manifest.js";
import { sealRun } from "../../../harness/runs/seal-run.js";
import { CAPTIONS, makeRun, writeCaptionData } from "../compare/runs.js";
import { runCli, Scratch } from "./run-cli.js";

const FEW = ["--resamples", "20"];
const scratch = new Scratch();
const MUCH_LONGER = /captions are much longer than the references \(median \d+ words, against [\d.]+\)/;
const long = (text: string) => `${text} `.repeat(6).trim();

beforeAll(async () => {
  writeCaptionData(scratch);
  await makeRun(scratch, "short", (_, place) => CAPTIONS[place]);
  await makeRun(scratch, "long", (_, place) => long(CAPTIONS[place]!));
  for (const [name, map] of [
    ["short", (text: string) => text],
    ["long", long],
  ] as const) {
    scratch.write(
      `${name}.json`,
      CAPTIONS.map((caption, i) => ({ image_id: 101 + i, caption: map(caption) })),
    );
  }
});

/** A run as of a version that scored otherwise, sealed as such. */
async function changed(name: string, change: (manifest: string) => string): Promise<string> {
  const folder = await makeRun(scratch, name, (_, place) => CAPTIONS[(place + 1) % CAPTIONS.length]);
  const path = join(folder, "manifest.json");
  writeFileSync(path, change(readFileSync(path, "utf8")));
  const scores = readFileSync(join(folder, "scores.json"), "utf8");
  writeFileSync(
    join(folder, "seal.json"),
    await sealRun(folder, await readManifest(folder), { scores, pictures: undefined }),
  );
  return folder;
}

describe("captions much longer than the references", () => {
  const files = (name: string) => ["--references", scratch.at("data/test.json"), "--predictions", scratch.at(name)];

  test("are told by score, of both systems", async () => {
    const score = (...args: string[]) => runCli("score", "--task", "caption", ...args);
    expect((await score(...files("short.json"))).stderr).toBe("");
    expect((await score(...files("long.json"))).stderr).toMatch(MUCH_LONGER);
    const against = await score(...files("short.json"), "--against", scratch.at("long.json"), ...FEW);
    expect(against.stderr).toMatch(new RegExp(`warning: --against: the ${MUCH_LONGER.source}`));
  });

  test("are told by run, compare and report, and stand on the page", async () => {
    const out = scratch.at("told");
    const args = ["--task", "caption", "--data", scratch.at("data"), "--predictions", scratch.at("long.json")];
    expect((await runCli("run", ...args, "--out", out)).stderr).toMatch(MUCH_LONGER);
    const compared = await runCli("compare", scratch.at("short"), out, ...FEW);
    expect(compared.stderr).toMatch(new RegExp(`^simvlm: warning: told: the ${MUCH_LONGER.source}`));
    expect(compared.stdout).toMatch(/much longer/);
    const page = scratch.at("long.html");
    const reported = await runCli("report", out, "--out", page, "--explore", "0", ...FEW);
    expect(reported.stderr).toMatch(MUCH_LONGER);
    expect(readFileSync(page, "utf8")).toMatch(new RegExp(`<li>told: the ${MUCH_LONGER.source}`));
    expect((await runCli("verify", page)).code).toBe(0);
  });
});

describe("numbers with other signatures", () => {
  test("compare and report tell a run that was scored otherwise when it was made", async () => {
    const other = await changed("per-domain", (text) => text.replace("references(shared)", "references(per-domain)"));
    const { code, stderr } = await runCli("compare", scratch.at("short"), other, ...FEW);
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(
        /warning: per-domain was scored otherwise .*CIDEr: df:references\(per-domain\) against df:/,
      ),
    ]);
    const page = scratch.at("other.html");
    const reported = await runCli("report", scratch.at("short"), other, "--out", page, "--explore", "0", ...FEW);
    expect(reported.stderr).toMatch(/scored otherwise/);
    expect(readFileSync(page, "utf8")).toMatch(/<li>per-domain was scored otherwise/);
  });

  test("runs with one score by two metrics are refused, until one is named", async () => {
    mkdirSync(scratch.at("docvqa"));
    const data = [1, 2].map((questionId) => ({ questionId, question: "Who?", image: "1.png", answers: ["me"] }));
    scratch.write("docvqa/test.json", { data });
    scratch.write(
      "answers.json",
      [1, 2].map((questionId) => ({ questionId, answer: "me too" })),
    );
    const run = (metrics: string) =>
      runCli(
        ...["run", "--task", "docvqa", "--data", scratch.at("docvqa"), "--predictions", scratch.at("answers.json")],
        ...["--out", scratch.at(metrics), "--metrics", metrics],
      );
    expect([(await run("anls")).stderr, (await run("anls-lmms-eval")).stderr]).toEqual(["", ""]);
    const folders = [scratch.at("anls"), scratch.at("anls-lmms-eval")];
    const { code, stderr } = await runCli("compare", ...folders, ...FEW);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/The ANLS of anls is by the metric anls, .* by anls-lmms-eval: .* \(--metrics\b.*\)\n$/),
    ]);
    const alike = await runCli("compare", ...folders, "--metrics", "anls", ...FEW);
    expect([alike.code, alike.stderr]).toEqual([0, expect.stringMatching(/^.*Only 2 examples are compared.*\n$/)]);
  });

  test("diff says which numbers are not comparable, and why", async () => {
    writeCaptionData(scratch, { folder: "others", captions: CAPTIONS.map((caption) => `${caption}!`) });
    const elsewhere = await makeRun(scratch, "elsewhere", (_, place) => CAPTIONS[place], { data: "others" });
    const { stdout } = await runCli("diff", scratch.at("short"), elsewhere);
    expect(stdout).toMatch(/^Not comparable\n {2}No score of elsewhere .* short: the data files are not the same\./m);
    const limited = await makeRun(scratch, "limited", (_, place) => CAPTIONS[place], { limit: 4 });
    expect((await runCli("diff", scratch.at("short"), limited)).stdout).toMatch(/they are of other examples/);
    const failing = await makeRun(scratch, "failing", (_, place) => (place === 3 ? undefined : CAPTIONS[place]));
    expect((await runCli("diff", scratch.at("short"), failing)).stdout).toMatch(
      /14 examples have a prediction in the first, 13 in the second/,
    );
    expect((await runCli("diff", scratch.at("short"), scratch.at("long"))).stdout).not.toMatch(/Not comparable/);
  });
});
