import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { project } from "../harness/cli/run-cli.js";
import { runNamed } from "./notebooks.js";

/** Published captioners of the project's own making, see fixtures/captioners/README.md. */
const folderOf = (name: string) => join(project, "fixtures/captioners", name);
const pictures = join(project, "fixtures/images");

/** What all of them were taught to say of beach.jpg. */
const BEACH = "a red umbrella on a beach near the sea";
const QUESTION = "what color is the bus?";

describe.each([
  { title: "GIT", name: "git", ownText: true },
  { title: "BLIP", name: "blip", ownText: false },
  { title: "ViT-GPT2", name: "vit-gpt2", ownText: false },
])("$title in the place of a checkpoint", ({ title, name, ownText }) => {
  /** The other one has other patches and other words. */
  const two = { [title]: folderOf(name), other: folderOf(name === "blip" ? "git" : "blip") };

  test("quickstart: captions, and no German", async () => {
    const shown = await runNamed("01-quickstart.ipynb", { models: two, pictures });
    expect(shown).toContain(`The same pictures, by ${title} and other`);
    expect(shown.split(BEACH).length).toBeGreaterThan(3);
    expect(shown).toContain(`${title} has no prompt for German captions`);
    expect(shown).toContain("Sampled captions");
  });

  test("attention beside another: kinds of keys by name, and no control", async () => {
    const shown = await runNamed("02-attention.ipynb", { models: two, picture: join(pictures, "beach.jpg") });
    const heads = /.*picture_mean.*/.exec(shown)![0];
    expect(heads).toContain("class token_mean");
    expect(heads.includes("own text_mean")).toBe(ownText);
    expect(heads).not.toContain("prompt_mean");
    expect(shown).toContain("this word and the next");
    expect(shown).not.toContain("trained and random");
    expect(shown.split(`(${title})\n`)).toHaveLength(3); // by itself, and beside the other
    expect(shown.split("(other)\n")).toHaveLength(2);
  });

  test("supervised and zero-shot: two of them compared", async () => {
    const shown = await runNamed("04-supervised-vs-zero-shot.ipynb", { models: two, limit: 4 });
    expect(shown).toContain(`CIDEr: other minus ${title}, 4 examples`);
    expect(shown).toMatch(new RegExp(`other and ${title} say the same in \\d of 4`));
  });

  test("your data: pictures captioned, and a run", async () => {
    const shown = await runNamed("07-your-data.ipynb", { captionModel: folderOf(name), pictures, limit: 3 });
    expect(shown).toMatch(new RegExp(`beach.jpg +│ ${BEACH}`));
    expect(shown).toMatch(/^3 pictures$/m);
  });
});

describe.each([
  { title: "GIT", name: "git-vqa", shares: "question " },
  { title: "BLIP", name: "blip-vqa", shares: `Words looked at the question “${QUESTION}”` },
])("$title for answers", ({ title, name, shares }) => {
  test("attention with a question, of one model alone", async () => {
    const shown = await runNamed("02-attention.ipynb", {
      models: { [title]: folderOf(name) },
      picture: join(pictures, "street.png"),
      question: QUESTION,
    });
    expect(shown).toContain(`red  (${title})`);
    expect(shown).toContain(shares);
    expect(shown).toContain(`Nothing stands beside ${title}`);
  });

  test("your data: questions answered", async () => {
    const shown = await runNamed("07-your-data.ipynb", { vqaModel: folderOf(name), limit: 3 });
    expect(shown).toMatch(/VQA accuracy \d/);
    expect(shown).toMatch(/how many .*there/);
  });
});
