import { cpSync, existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { beach } from "../broken-folders.js";
import { runCli, Scratch } from "../harness/cli/run-cli.js";
import { hasShared, sharedFolder } from "../shared.js";

const models = join(sharedFolder, "reference/models");
const evil = join(models, "readers/evil");
const scratch = new Scratch();

/** The same model with evil weights in the place of its own. */
function withWeights(name: string): string {
  const folder = scratch.at("broken");
  rmSync(folder, { recursive: true, force: true });
  const isIndex = !/\.\w+$/.test(name);
  const target = name.endsWith(".bin") ? "pytorch_model.bin" : "model.safetensors";
  cpSync(join(models, "checkpoints/git-train"), folder, { recursive: true });
  rmSync(join(folder, "pytorch_model.bin"), { force: true });
  if (isIndex) for (const file of readdirSync(join(evil, name))) cpSync(join(evil, name, file), join(folder, file));
  else cpSync(join(evil, name), join(folder, target));
  return folder;
}

describe.runIf(hasShared)("evil weights in a model's folder", () => {
  const names = hasShared ? readdirSync(evil) : [];

  test.each(names.map((name) => [name]))("%s is refused by every command, and nothing is made", async (name) => {
    const folder = withWeights(name);
    const out = scratch.at("out");
    const commands = [
      ["caption", beach, "--checkpoint", folder],
      ["inspect", folder, "--check"],
      ["attend", beach, "--checkpoint", folder, "--out", `${out}.png`],
      ["export", folder, "--out", out],
      ["run", "--task", "caption", "--data", "fixtures/kept/nocaps", "--checkpoint", folder, "--out", out],
    ];
    for (const command of commands) {
      const { code, stdout, stderr } = await runCli(...command);
      expect([command[0], code, stdout]).toEqual([command[0], 2, ""]);
      expect(stderr).toMatch(/^simvlm: .*(model\.safetensors|pytorch_model\.bin)/s);
      expect(stderr).not.toContain("this is a bug");
    }
    expect(scratch.list()).toEqual(["broken"]);
    expect(existsSync("PWNED")).toBe(false);
  });
});
