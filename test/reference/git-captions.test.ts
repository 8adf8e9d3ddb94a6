import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { loadImages } from "../../harness/images/load-image.js";
import { createCaptioner } from "../../harness/models/captioner.js";
import { openCheckpoint } from "../../harness/models/family-registry.js";
import { project, runCli, Scratch } from "../harness/cli/run-cli.js";
import { hasShared, sharedFolder } from "../shared.js";

const python = process.env.SIMVLM_PYTHON;
if (!python) {
  console.log("A fine-tuned GIT is not loaded elsewhere: SIMVLM_PYTHON names no Python that has transformers 5.24.");
}

const LENGTH = 12;
const CAPTIONS = { "beach.jpg": "a blue ball in a field", "street.png": "two yellow boats at night" };

interface Answer {
  readonly kind: string;
  readonly dtype: string;
  readonly problems: object;
  readonly captions: readonly { readonly ids: number[]; readonly text: string }[];
}

/** One file of safetensors, shards with an index, and one of PyTorch in half precision. */
function checkpoints(): string[] {
  const own = ["git", "git-vqa"].map((name) => join(project, "fixtures/captioners", name));
  const golden = join(sharedFolder, "reference/models/checkpoints");
  return hasShared ? [...own, join(golden, "git-b-l14-f16"), join(golden, "git-train")] : own;
}

describe.skipIf(!python)("a GIT that was fine-tuned here, in transformers", () => {
  const scratch = new Scratch();
  it("is loaded whole and says the same", async () => {
    const data = scratch.at("captions");
    mkdirSync(data);
    const names = Object.keys(CAPTIONS);
    for (const name of names) copyFileSync(join(project, "fixtures/images", name), join(data, name));
    const images = names.map((file_name, id) => ({ id, file_name }));
    const annotations = Object.values(CAPTIONS).map((caption, id) => ({ id, image_id: id, caption }));
    writeFileSync(join(data, "captions_train.json"), JSON.stringify({ images, annotations }));
    const pictures = names.map((name) => join(data, name));

    const folders: string[] = [];
    for (const [index, checkpoint] of checkpoints().entries()) {
      const out = scratch.at(`training-${index}`);
      const options = ["--task", "caption", "--data", data, "--checkpoint", checkpoint, "--out", out];
      // So few steps that it says something between what it said and what it is taught.
      const { code, stderr } = await runCli(
        "finetune",
        ...options,
        "--steps",
        "4",
        "--batch",
        "2",
        "--learning-rate",
        "1e-3",
      );
      expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
      folders.push(join(out, "checkpoint"));
    }
    const script = fileURLToPath(new URL("git-captions.py", import.meta.url));
    const input = JSON.stringify({ folders, pictures, length: LENGTH });
    const { stdout, status, stderr } = spawnSync(python!, [script], { input, encoding: "utf8" });
    expect({ status, stderr: status === 0 ? "" : stderr }).toEqual({ status: 0, stderr: "" });
    const answers = JSON.parse(stdout) as Answer[];
    expect(answers).toHaveLength(folders.length);
    for (const [index, folder] of folders.entries()) {
      const model = await openCheckpoint(folder);
      const captioner = createCaptioner(model, { decoding: { method: "greedy", minLength: 0, maxLength: LENGTH } });
      const loaded = await loadImages(pictures, captioner.preparation);
      const said = await captioner.caption(loaded.map((each) => (each.ok ? each.image.data : new Float32Array())));
      expect({ folder, ...answers[index] }).toEqual({
        ...{ folder, kind: "GitForCausalLM", dtype: "torch.float32", problems: {} },
        captions: said.map(({ ids, text }) => ({ ids, text })),
      });
    }
  });
});
