import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { BINARY, project, runCli, Scratch } from "../harness/cli/run-cli.js";
import { hasShared, sharedFolder } from "../shared.js";

const PHOTOGRAPHS = 20;
const GIT = join(sharedFolder, "reference/models/checkpoints/git-a");

interface Coco {
  readonly images: readonly { readonly id: number; readonly file_name: string }[];
  readonly annotations: readonly { readonly image_id: number }[];
}

describe.skipIf(!hasShared)("a GIT on its user's photographs", () => {
  const scratch = new Scratch();
  it("is fine-tuned, stopped by SIGTERM and continued, and compared with what it was", async () => {
    const from = join(sharedFolder, "data/coco-photos");
    const coco = JSON.parse(readFileSync(join(from, "captions.json"), "utf8")) as Coco;
    const images = coco.images.slice(0, PHOTOGRAPHS);
    const annotations = coco.annotations.filter(({ image_id }) => images.some(({ id }) => id === image_id));
    const data = scratch.at("captions");
    mkdirSync(data);
    writeFileSync(join(data, "captions_train.json"), JSON.stringify({ images, annotations }));
    for (const { file_name } of images) copyFileSync(join(from, "images", file_name), join(data, file_name));

    const task = ["--task", "caption", "--data", data];
    const command = (out: string) => [
      ...["finetune", ...task, "--checkpoint", GIT, "--out", scratch.at(out), "--steps", "10", "--batch", "4"],
      ...["--learning-rate", "3e-4", "--report-every", "1", "--threads", "1"],
    ];
    const stopped = spawn(process.execPath, [BINARY, ...command("stopped")], { cwd: project });
    stopped.stderr.on("data", (text: Buffer) => {
      if (text.includes("step 3")) stopped.kill("SIGTERM");
    });
    stopped.stdout.resume();
    expect(await new Promise((resolve) => stopped.once("close", resolve))).not.toBe(0);
    for (const out of ["stopped", "whole"]) {
      expect(await runCli(...command(out))).toMatchObject({ code: 0, stdout: `${scratch.at(out)}/checkpoint\n` });
    }
    const weights = (out: string) => readFileSync(scratch.at(`${out}/checkpoint/model.safetensors`));
    expect(weights("stopped").equals(weights("whole"))).toBe(true);
    expect(scratch.readJson("whole/checkpoint/recipe.json")).toMatchObject({ dropout: 0.1 }); // as its config.json has it

    const tuned = scratch.at("whole/checkpoint");
    const { code } = await runCli("caption", join(data, images[0]!.file_name), "--checkpoint", tuned);
    expect(code).toBe(0);
    for (const [name, checkpoint] of [
      ["start", GIT],
      ["tuned", tuned],
    ] as const) {
      const how = ["--split", "train", "--greedy", "--out", scratch.at(name)];
      expect(await runCli("run", ...task, "--checkpoint", checkpoint, ...how)).toMatchObject({ code: 0 });
    }
    const compared = await runCli("compare", scratch.at("start"), scratch.at("tuned"), "--resamples", "100");
    expect(compared.code).toBe(0);
    expect(compared.stdout).toContain("tuned minus start");
  });
});
