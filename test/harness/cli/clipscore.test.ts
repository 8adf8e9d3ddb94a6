import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { openClip } from "../../../harness/models/clip/clip-model.js";
import { runCli, Scratch } from "./run-cli.js";

/** How many pictures have been decoded. */
let decoded = 0;
vi.mock("../../../harness/images/load-ahead.js", async (original) => {
  const { loadAhead } = await original<typeof import("../../../harness/images/load-ahead.js")>();
  return {
    async *loadAhead(...given: Parameters<typeof loadAhead>) {
      for await (const loaded of loadAhead(...given)) {
        decoded += loaded.length;
        yield loaded;
      }
    },
  };
});

interface Golden {
  readonly items: readonly {
    readonly photo: string;
    readonly caption: string;
    readonly references: readonly string[];
    readonly clipscore: number;
    readonly refclipscore: number;
  }[];
}

const CLIP = "fixtures/captioners/clip";
const PICTURES = "fixtures/images";
const { items } = JSON.parse(readFileSync("fixtures/captioners/golden/clip/clipscore.json", "utf8")) as Golden;
const scratch = new Scratch();
const data = scratch.at("data");
const references = join(data, "test.json");
const predictions = join(data, "said.json");
const before = { ...process.env };

beforeAll(() => {
  mkdirSync(data);
  const images = items.map(({ photo }, id) => ({
    id,
    file_name: photo,
    coco_url: "",
    domain: ["in-domain", "out-domain"][id],
  }));
  const annotations = items.flatMap((item, id) => item.references.map((caption) => ({ id: 0, image_id: id, caption })));
  const numbered = annotations.map((annotation, id) => ({ ...annotation, id }));
  writeFileSync(references, JSON.stringify({ images, annotations: numbered }));
  writeFileSync(predictions, JSON.stringify(items.map(({ caption }, id) => ({ image_id: id, caption }))));
  process.env.HF_HUB_CACHE = scratch.at("hub");
});
beforeEach(() => {
  process.env.XDG_CACHE_HOME = scratch.at(`cache-${Math.random()}`);
});
afterAll(() => {
  for (const name of ["XDG_CACHE_HOME", "HF_HUB_CACHE"]) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
});

const score = (...more: string[]) =>
  runCli("score", "--task", "caption", "--references", references, "--predictions", predictions, ...more);
const WITH_CLIP = ["--metrics", "clipscore,refclipscore", "--clip", CLIP, "--images", PICTURES];

interface Line {
  readonly scores: Readonly<Record<string, number>>;
  readonly explained: Readonly<Record<string, unknown>>;
}
const parseLines = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);

describe("score", () => {
  test("gives the reference's CLIPScore and RefCLIPScore of each caption, and their means", async () => {
    const { code, stdout, stderr } = await score(...WITH_CLIP, "--per-example", "-", "--explain");
    expect([code, stderr]).toEqual([0, expect.not.stringContaining("warning")]);
    const lines = parseLines(stdout);
    for (const [i, { clipscore, refclipscore }] of items.entries()) {
      expect(Math.abs(lines[i]!.scores.CLIPScore! - clipscore)).toBeLessThan(3e-5);
      expect(Math.abs(lines[i]!.scores.RefCLIPScore! - refclipscore)).toBeLessThan(3e-5);
    }
    expect(lines[0]!.explained.RefCLIPScore).toMatchObject({
      parts: [
        {
          rows: [["the picture", expect.closeTo(0.2922, 4)], [items[0]!.references[1], expect.closeTo(0.4413, 4)], {}],
        },
      ],
    });
    const table = await score(...WITH_CLIP, "--by-domain", "--ci", "--resamples", "20");
    expect(table.stdout).toMatch(/CLIPScore\|model:[0-9a-f]{12}\|prompt:A_photo_depicts\|w:2\.5\|/);
    expect(table.stdout).toMatch(/in-domain .*out-domain /s);
  });

  test("looks at no picture twice: vectors are kept by content, and what is damaged is computed again", async () => {
    const pictures = scratch.at("pictures");
    cpSync(PICTURES, pictures, { recursive: true });
    decoded = 0;
    const first = await score(...WITH_CLIP.slice(0, -1), pictures, "--json", "-");
    expect([first.code, decoded]).toEqual([0, 2]);
    const features = join(process.env.XDG_CACHE_HOME!, "simvlm/metrics/clip");
    const [model] = readdirSync(features);
    const kept = join(features, model!, "pictures");
    const [file] = readdirSync(kept);
    // Other bytes at the same place are another picture; the same bytes elsewhere are not.
    const moved = scratch.at("moved");
    mkdirSync(moved);
    for (const { photo } of items) copyFileSync(join(pictures, photo), join(moved, photo));
    // A CLIP in another folder is opened anew, and the same by its content.
    const [second, third] = ["clip-2", "clip-3"].map((name) => scratch.at(name)) as [string, string];
    for (const folder of [second, third]) cpSync(CLIP, folder, { recursive: true });
    const again = await score(...WITH_CLIP.slice(0, -1), moved, "--json", "-", "--clip", second);
    expect([again.code, again.stdout]).toEqual([0, first.stdout]);
    expect([readdirSync(kept), decoded]).toEqual([[file], 2]);
    copyFileSync(join(pictures, items[1]!.photo), join(moved, items[0]!.photo));
    expect((await score(...WITH_CLIP.slice(0, -1), moved, "--json", "-")).stdout).not.toBe(first.stdout);
    writeFileSync(join(kept, file!), "damaged");
    const mended = await score(...WITH_CLIP.slice(0, -1), pictures, "--json", "-", "--clip", third);
    expect([mended.stdout, decoded]).toEqual([first.stdout, 4]);
  });

  test("a cache that cannot be written is done without", async () => {
    process.env.XDG_CACHE_HOME = scratch.write("no-folder", "");
    expect(await score(...WITH_CLIP)).toMatchObject({ code: 0, stdout: expect.stringContaining("CLIPScore") });
  });

  test("names the pictures that are missing or broken, and what is no CLIP", async () => {
    const missing = await score("--metrics", "clipscore", "--clip", CLIP);
    expect([missing.code, missing.stdout]).toEqual([2, ""]);
    expect(missing.stderr).toMatch(
      /of 2 pictures 2 are not there, or are none: .*beach\.jpg.*\(--images names their folder/,
    );
    const broken = scratch.at("broken");
    mkdirSync(broken);
    copyFileSync(join(PICTURES, items[0]!.photo), join(broken, items[0]!.photo));
    writeFileSync(join(broken, items[1]!.photo), readFileSync(join(PICTURES, items[1]!.photo)).subarray(0, 200));
    const cut = await score("--metrics", "clipscore", "--clip", CLIP, "--images", broken);
    expect([cut.code, cut.stderr]).toEqual([2, expect.stringContaining(`${items[1]!.photo} is not a readable image`)]);
    const other = await score(...WITH_CLIP, "--clip", "fixtures/captioners/git");
    expect([other.code, other.stderr]).toEqual([2, expect.stringMatching(/git is no CLIP.*\(--clip names it\)/)]);
    const none = await score("--metrics", "clipscore", "--images", PICTURES);
    expect([none.code, none.stderr]).toEqual([2, expect.stringMatching(/hf download .*\(--clip names it\)/)]);
  });

  test("takes the usual CLIP from the Hugging Face client's cache", async () => {
    const snapshot = scratch.at("hub/models--openai--clip-vit-base-patch32/snapshots/abc");
    cpSync(CLIP, snapshot, { recursive: true });
    const found = await score("--metrics", "clipscore", "--images", PICTURES);
    expect(found).toMatchObject({ code: 0, stdout: expect.stringContaining("CLIPScore|model:") });
    rmSync(scratch.at("hub"), { recursive: true });
  });

  test("all computes it where a CLIP is given, and says why where none is", async () => {
    const given = await score("--metrics", "all", "--clip", CLIP, "--images", PICTURES);
    expect([given.code, given.stdout]).toEqual([0, expect.stringMatching(/CLIPScore.*RefCLIPScore/s)]);
    const none = await score("--metrics", "all");
    expect([none.code, none.stdout]).toEqual([0, expect.not.stringContaining("CLIPScore")]);
    expect(none.stderr).toMatch(/^simvlm: note: not scored with clipscore: .*need a CLIP/m);
  });

  test("needs no references for CLIPScore; RefCLIPScore does", async () => {
    const file = JSON.parse(readFileSync(references, "utf8")) as { images: unknown };
    const bare = scratch.write("info.json", JSON.stringify({ images: file.images }));
    const described = await score("--metrics", "clipscore", ...WITH_CLIP.slice(2), "--json", "-");
    const without = await score("--metrics", "clipscore", ...WITH_CLIP.slice(2), "--json", "-", "--references", bare);
    expect(without).toEqual({ ...described, stderr: expect.any(String) });
    expect(without.stderr).not.toContain("left out");
    const refused = await score(...WITH_CLIP, "--references", bare);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("no references")]);
  });

  test("examples without a picture are left out where that is asked for, named and counted", async () => {
    const folder = scratch.at("one-picture");
    mkdirSync(folder);
    copyFileSync(join(PICTURES, items[0]!.photo), join(folder, items[0]!.photo));
    const given = ["--metrics", "clipscore,cider", "--clip", CLIP, "--images", folder, "--json", "-"];
    const refused = await score(...given);
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringMatching(/2 pictures 1 are.*--skip-missing-pictures/s),
    ]);
    const { code, stdout, stderr } = await score(...given, "--skip-missing-pictures");
    expect([code, stderr]).toEqual([0, expect.stringMatching(/left out, for want of pictures: 1 \(.*no such picture/)]);
    const report = JSON.parse(stdout) as { signatures: Record<string, string>; scores: Record<string, number> };
    expect(report).toMatchObject({ examples: 1, unpictured: 1, scores: { CLIPScore: expect.any(Number) } });
    for (const name of ["CLIPScore", "CIDEr"]) expect(report.signatures[name]).toMatch(/\|unpictured:1$/);
    const table = await score(...given.slice(0, -2), "--skip-missing-pictures");
    expect(table.stdout).toContain("1 of 2 examples have no picture that can be looked at");
    const whole = await score(...WITH_CLIP, "--skip-missing-pictures", "--json", "-");
    expect(JSON.parse(whole.stdout)).not.toHaveProperty("unpictured");
    expect(whole.stderr).not.toContain("left out");
  });

  test("leaving pictures out has no meaning where none is looked at, or none is there, and takes nothing from other metrics", async () => {
    const blind = await score("--metrics", "cider", "--skip-missing-pictures");
    expect([blind.code, blind.stderr]).toEqual([2, expect.stringContaining("none looks at pictures")]);
    const empty = scratch.at("empty");
    mkdirSync(empty);
    const none = await score("--metrics", "clipscore", "--clip", CLIP, "--images", empty, "--skip-missing-pictures");
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining("2 pictures 2 are not there")]);
    const all = await score("--metrics", "all", "--images", empty, "--skip-missing-pictures", "--json", "-"); // without a CLIP
    expect([all.code, JSON.parse(all.stdout)]).toEqual([0, expect.objectContaining({ examples: 2 })]);
  });

  test("captions and references longer than CLIP reads are counted; an empty caption has a score", async () => {
    const long = Array.from({ length: 60 }, () => "umbrella").join(" ");
    const said = scratch.write(
      "long.json",
      JSON.stringify([long, ""].map((caption, id) => ({ image_id: id, caption }))),
    );
    const { code, stdout, stderr } = await score(...WITH_CLIP, "--predictions", said, "--per-example", "-");
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining(
        "warning: the end of 1 caption was not looked at for CLIPScore and RefCLIPScore: CLIP reads 32 tokens",
      ),
    ]);
    expect(parseLines(stdout)).toHaveLength(2);
  });
});

test("metrics list says once what both lack", async () => {
  const { stdout } = await runCli("metrics", "list"); // in an empty cache
  expect(stdout.match(/need a CLIP/g)).toHaveLength(1);
});

test("vectors do not depend on which others they are computed with", async () => {
  const clip = await openClip(CLIP);
  const texts = ["a bus", "two green trees under a blue sky near the sea", "", "a red umbrella"].map(
    (text) => clip.encodeText(text).ids,
  );
  const together = await clip.embedTexts(texts);
  const side = clip.config.vision.imageSize;
  const images = [0, 1, 2, 3, 4].map((n) =>
    Float32Array.from({ length: side * side * 3 }, (_, i) => Math.sin((n + 1) * i)),
  );
  const seen = await clip.embedImages(images);
  for (const [alone, other] of [
    ...(await Promise.all(texts.map(async (ids, i) => [(await clip.embedTexts([ids]))[0]!, together[i]!] as const))),
    ...(await Promise.all(images.map(async (image, i) => [(await clip.embedImages([image]))[0]!, seen[i]!] as const))),
  ]) {
    expect(Math.max(...alone.map((value, i) => Math.abs(value - other[i]!)))).toBeLessThan(1e-5);
  }
});

describe("a run that was scored with CLIPScore", () => {
  const [one, two, page] = ["one", "two", "report.html"].map((name) => scratch.at(name)) as [string, string, string];

  test("is compared, reported and verified by the CLIP that it remembers", async () => {
    process.env.XDG_CACHE_HOME = scratch.at("kept");
    for (const { photo } of items) copyFileSync(join(PICTURES, photo), join(data, photo));
    const swapped = items.map((_, id) => ({ image_id: id, caption: items[1 - id]!.caption }));
    // cut by CLIP, of which the report has a note
    const long = swapped.map((each) => ({ ...each, caption: `${each.caption}${" and a dog".repeat(20)}` }));
    const other = scratch.write("other.json", JSON.stringify(long));
    for (const [out, file] of [
      [one, predictions],
      [two, other],
    ] as const) {
      const made = await runCli(
        ...["run", "--task", "caption", "--data", data, "--out", out, "--predictions", file],
        ...["--metrics", "clipscore,refclipscore,cider", "--clip", CLIP],
      );
      expect(made).toMatchObject({ code: 0, stdout: expect.stringContaining("RefCLIPScore") });
    }
    expect(await runCli("verify", one)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^confirmed: .*scores/m),
    });
    const compared = await runCli("compare", one, two, "--resamples", "20");
    expect([compared.code, compared.stdout]).toEqual([0, expect.stringContaining("RefCLIPScore|nrefs:2|model:")]);
    const reported = await runCli("report", one, two, "--out", page, "--explore", "0", "--resamples", "20");
    expect(reported).toMatchObject({ code: 0 });
    const verified = await runCli("verify", page);
    expect([verified.code, verified.stdout]).toEqual([
      0,
      expect.stringMatching(/^note: .*CLIPScore is not confirmed: of its 2 pictures 2 are not here/m),
    ]);
  });

  test("is scored again with another CLIP, and not with the same", async () => {
    const other = scratch.at("other-clip");
    cpSync(CLIP, other, { recursive: true });
    const settings = join(other, "preprocessor_config.json");
    const { image_std: _, ...read } = JSON.parse(readFileSync(settings, "utf8")) as Record<string, unknown>;
    writeFileSync(settings, JSON.stringify({ ...read, image_std: [0.5, 0.5, 0.5] }));
    const out = scratch.at("twice");
    const run = (clip: string) =>
      runCli(
        ...["run", "--task", "caption", "--data", data, "--out", out, "--predictions", predictions],
        ...["--metrics", "clipscore", "--clip", clip],
      );
    const first = await run(CLIP);
    expect((await run(CLIP)).stderr).toContain("nothing to do");
    const second = await run(other);
    expect(second).toMatchObject({ code: 0, stderr: expect.not.stringContaining("nothing to do") });
    const nameOf = ({ stdout }: { stdout: string }) => /CLIPScore\|model:(\w+)/.exec(stdout)?.[1];
    expect(nameOf(second)).toMatch(/^\w{12}$/);
    expect(nameOf(second)).not.toBe(nameOf(first));
  });

  test("is not confirmed without its CLIP or its pictures, which is no difference; --clip names it", async () => {
    const lost = await runCli("verify", one); // with an empty cache
    expect([lost.code, lost.stdout]).toEqual([
      0,
      expect.stringMatching(/^note: CLIPScore is not confirmed: .*name its/m),
    ]);
    expect(await runCli("verify", one, "--clip", CLIP)).toMatchObject({
      code: 0,
      stdout: expect.not.stringContaining("not confirmed"),
    });
    for (const { photo } of items) rmSync(join(data, photo));
    const blind = await runCli("verify", one, "--clip", CLIP);
    expect([blind.code, blind.stdout]).toEqual([0, expect.stringContaining("of its 2 pictures 2 are not here")]);
  });
});

test("agreement asks the CLIP that is named, by the pictures beside the references or those of --images", async () => {
  const rows = items.flatMap(({ photo, caption, references: own }, i) =>
    [caption, "a cat", "two dogs"].map((said, k) => ({
      image: photo,
      caption: said,
      rating: 3 - k + i,
      references: own,
    })),
  );
  const beside = scratch.write("rated.json", JSON.stringify(rows));
  const few = ["--clip", CLIP, "--resamples", "20"];
  const chosen = [...few, "--metrics", "clipscore,refclipscore"];
  const inline = await runCli("agreement", beside, ...chosen, "--images", PICTURES);
  expect([inline.code, inline.stderr]).toEqual([0, ""]);
  expect(inline.stdout).toMatch(/│ CLIPScore .*│ RefCLIPScore |│ RefCLIPScore .*│ CLIPScore /s);
  const bare = rows.map(({ references: _, ...row }) => row);
  const without = scratch.write("bare.json", JSON.stringify(bare));
  const given = ["--references", references, "--images", PICTURES];
  expect(await runCli("agreement", without, ...given, ...chosen)).toEqual(inline);
  const usual = await runCli("agreement", without, ...given, ...few);
  expect([usual.code, usual.stdout]).toEqual([0, expect.stringContaining("CLIPScore|model:")]);
  const nowhere = await runCli("agreement", without, "--references", references, ...chosen);
  expect([nowhere.code, nowhere.stderr]).toEqual([2, expect.stringContaining(items[0]!.photo)]);
});
