import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { refuseTerminal } from "../../harness/cli/output.js";
import { kernelFolder, uninstallKernel } from "../../harness/notebook/kernel/kernelspec.js";
import { readNotebook } from "../../harness/notebook/runner/notebook-file.js";
import { injectParameters } from "../../harness/notebook/runner/notebook-parameters.js";
import { serveRuns } from "../../harness/serve/server.js";
import { findDocuments } from "../../harness/training/find-shards.js";
import { Scratch } from "../harness/cli/run-cli.js";
import { writeFreshCheckpoint, writeToybox } from "../harness/training/small-world.js";
import { advice, cli, further } from "./advice.js";

const scratch = new Scratch();
const CAPTION = "fixtures/checkpoints/caption";
const out = (name: string) => scratch.at(name);
const given = (name: string, content: unknown) => scratch.write(name, content);

const REFERENCES = ["--references", "fixtures/nocaps/annotations.json"];
const SAID = ["--predictions", "fixtures/nocaps/predictions-zero-shot.json"];
const score = (...rest: string[]) => cli("score", "--task", "caption", ...REFERENCES, ...SAID, ...rest);
const NOCAPS = ["--task", "caption", "--data", "fixtures/nocaps", "--split", "annotations"];
const run = (name: string, ...rest: string[]) => cli("run", ...NOCAPS, "--out", out(name), ...rest);
const ENDPOINT = ["--endpoint", "http://127.0.0.1:9/v1", "--model", "m"];
const caption = (name: string, ...rest: string[]) => [
  "label-curve",
  "--checkpoint",
  "fixtures/checkpoints/pretrained",
  "--data",
  "fixtures/none",
  "--test",
  "fixtures/none",
  "--out",
  out(name),
  ...rest,
];

const cell = (source: string, ...tags: string[]) => ({
  ...{ cell_type: "code" as const, id: "a", metadata: { tags }, source, outputs: [], execution_count: null },
});
const notebook = (cells: unknown[] = [], nbformat = 4) => ({
  ...{ cells, metadata: { kernelspec: { language: "typescript", name: "simvlm", display_name: "x" } } },
  ...{ nbformat, nbformat_minor: 5 },
});
const tagged = (...tags: string[]) => ({
  cells: [cell("let images = 8;", ...tags)],
  metadata: {},
  nbformat: 4,
  nbformat_minor: 5,
});

const rated = (...rows: string[]) => given("rated.csv", `image,caption,${rows.join("\n")}\n`);
const agreement = (path: string, ...rest: string[]) =>
  cli("agreement", path, ...REFERENCES, "--metrics", "rouge", "--resamples", "20", ...rest);
const TOKENS = "1.jpg#0\ta red dog\n2.jpg#0\ta cat\n3.jpg#0\tthe sea\n";

const several = (...ids: string[]) =>
  given("several.json", Object.fromEntries(ids.map((id) => [id, ["a dog", "a cat"]])));

const GIT = "fixtures/captioners/git";
const demo = (supervised: string, ...rest: string[]) =>
  cli("demo", "--zero-shot", GIT, "--supervised", supervised, "--out", out("demo"), ...rest);
const nowhere = () => ["--data", out("nowhere")];

/** Serves kept runs once, at a port that another server has or at one that is free. */
async function serveOnce(isTaken: boolean): Promise<void> {
  const makeReport = async () => "";
  const roots = ["fixtures/kept"];
  const first = await serveRuns({ roots, makeReport });
  const port = isTaken ? Number(new URL(first.address).port) : 0;
  await serveRuns({ roots, makeReport, port })
    .then((second) => second.close())
    .finally(() => first.close());
}

const kept = (name: string, ...rest: string[]) => {
  const run = ["fixtures/kept/zero-shot", "--data", "fixtures/kept/nocaps", "--resamples", "3", "--explore", "0"];
  return cli("report", ...run, "--out", name === "-" ? name : out(name), ...rest);
};
const TRIED = "<div data-model></div>";

export const COMMANDS = [
  advice(
    "--pictures beside puts a folder beside the page: name a file with --out.",
    () => kept("-", "--pictures", "beside"),
    () => kept("kept.html", "--pictures", "beside"),
  ),
  advice(
    "--thumbnails asks for pictures, and --pictures none for none: leave one of the two out.",
    () => kept("few.html", "--pictures", "none", "--thumbnails", "2"),
    () => kept("few.html", "--pictures", "none"),
  ),
  advice(
    "… holds …, which is no picture of a report. Move it away, or give the report another name.",
    () => {
      mkdirSync(out("mine.pictures"), { recursive: true });
      given("mine.pictures/holiday.jpg", "mine");
      return kept("mine.html", "--pictures", "beside");
    },
    () => kept("other.html", "--pictures", "beside"),
  ),
  advice(
    "… does not run a model. Write such a page with `simvlm page`.",
    () => kept("tried.html", "--try", `zero-shot=${given("tried-model.html", "<p>")}`),
    async () => {
      await cli("page", "--checkpoint", CAPTION, "--out", out("tried-model.html"));
      await kept("tried.html", "--try", `zero-shot=${out("tried-model.html")}`);
    },
  ),
  advice(
    "… does not lie beside …, which links to it. Copy it to ….",
    () => {
      mkdirSync(out("below"), { recursive: true });
      return kept("linked.html", "--try", `zero-shot=${given("below/toy.html", TRIED)}`);
    },
    () => kept("linked.html", "--try", `zero-shot=${given("toy.html", TRIED)}`),
  ),
  advice(
    "--beside puts a folder beside the page: name a file with --out.",
    () => cli("page", "--checkpoint", CAPTION, "--out", "-", "--beside"),
    () => cli("page", "--checkpoint", CAPTION, "--out", out("beside.html"), "--beside"),
  ),
  advice(
    "a piece of the page, is not there. Write the page again.",
    () => cli("serve", given("alone.html", "<p>")),
    () => cli("page", "--checkpoint", CAPTION, "--out", out("alone.html"), "--beside"),
  ),
  advice(
    "this machine does not matter. Leave --provider out.",
    () => cli("page", "--checkpoint", CAPTION, "--out", out("model.html"), "--provider", "webgpu"),
    () => cli("page", "--checkpoint", CAPTION, "--out", out("model.html")),
  ),
  advice(
    "Port … cannot be listened at: …. Choose another one.",
    () => serveOnce(true),
    () => serveOnce(false),
  ),
  advice(
    "…: there is no such folder. Check the path.",
    () => cli("serve", out("no-such-folder")),
    () => further(cli("serve", "fixtures/kept", "--port", "x"), /--port/),
  ),
  advice(
    "… is for two models on your own data: give …, too.",
    () => demo(GIT),
    () => further(demo(GIT, ...nowhere()), /nowhere has no file of the split/),
  ),
  advice(
    "… has no meaning with --data: leave it out.",
    () => demo(GIT, ...nowhere(), "--images", "3"),
    () => further(demo(GIT, ...nowhere()), /nowhere has no file of the split/),
  ),
  advice(
    "must be two models, but …: name another for one of them.",
    () => demo(GIT, "--data", "fixtures/kept/nocaps"),
    () => further(demo("fixtures/captioners/clip", "--data", "fixtures/kept/nocaps"), /CLIP/),
  ),
  advice(
    "The references have no picture …. Check that both files are of the same split.",
    () => cli("diversity", several("nowhere"), ...REFERENCES),
    () => cli("diversity", several("1", "2"), ...REFERENCES, "--resamples", "20"),
  ),
  advice(
    "Say which columns hold the picture, the caption and the ratings.",
    () => agreement(rated("rating,mean_score", "1,a dog,1,2", "2,a cat,3,1")),
    () => agreement(rated("rating,mean_score", "1,a dog,1,2", "2,a cat,3,1"), "--columns", "image,caption,rating"),
  ),
  advice(
    "Check that ratings and references are of the same data set, or put references beside the captions.",
    () => agreement(rated("rating", "nowhere,a dog,1", "2,a cat,3")),
    async () => {
      await agreement(rated("rating", "1,a dog,1", "2,a cat,3"));
      await agreement(rated("rating,reference", "nowhere,a dog,1,two dogs", "1,a cat,3,one cat"));
    },
  ),
  advice(
    "the references have no caption …. Check that they are the file that the ratings were collected with.",
    () => agreement(given("e.txt", "1.jpg\t2.jpg#3\t1\t2\n"), "--references", given("t.txt", TOKENS)),
    () =>
      agreement(given("e.txt", "1.jpg\t2.jpg#0\t1\t2\n2.jpg\t3.jpg#0\t4\t4\n"), "--references", given("t.txt", TOKENS)),
  ),
  advice(
    "… has several folders of such files: …. Name one of them.",
    () => {
      for (const variant of ["en", "de"]) {
        mkdirSync(out(`c4/${variant}`), { recursive: true });
        writeFileSync(join(out("c4"), variant, "c4-train.00000-of-00001.json"), '{"text": "A text."}\n');
      }
      return findDocuments(out("c4"));
    },
    () => findDocuments(join(out("c4"), "en")),
  ),
  advice(
    "Only one output can go to standard output: name a file for the other.",
    () => score("--json", "-", "--per-example", "-"),
    () => score("--json", "-", "--per-example", out("each.jsonl")),
  ),
  advice(
    "… is … and would be overwritten: write to another file.",
    () => score("--json", out("same.json"), "--per-example", out("same.json")),
    () => score("--json", out("same.json"), "--per-example", out("each.jsonl")),
  ),
  advice(
    "--junit tells what came of conditions, and there is none: add ….",
    () => score("--junit", out("gate.xml")),
    () => score("--junit", out("gate.xml"), "--min", "CIDEr=0.1"),
  ),
  advice(
    "there is no such variable here: name a file.",
    () => score("--summary", "GITHUB_STEP_SUMMARY"),
    () => score("--summary", out("summary.md")),
  ),
  advice(
    "… is inside the run …: write it outside the runs.",
    async () => {
      await run("whole", ...SAID);
      await cli("report", out("whole"), "--explore", "0", "--out", join(out("whole"), "report.html"));
    },
    () => cli("report", out("whole"), "--explore", "0", "--out", out("report.html")),
  ),
  advice(
    "… is a terminal here: name a file, or send the output on with > or |.",
    () => onTerminal(true, () => refuseTerminal("-")),
    () => [onTerminal(true, () => refuseTerminal("a.html")), onTerminal(false, () => refuseTerminal("-"))],
  ),
  advice(
    "Who predicts? Give one of …….",
    () => run("nobody"),
    () => run("somebody", ...SAID),
  ),
  advice(
    "… has no meaning with --…: leave it out.",
    () => run("timed", ...SAID, "--timeout", "3"),
    () => run("timed", ...SAID),
  ),
  advice(
    "… and the request's … say the same: leave one of them out.",
    () => run("asked", ...ENDPOINT, "--temperature", "1", "--request", "temperature=0"),
    async () => {
      await further(run("asked", ...ENDPOINT, "--temperature", "1"), /missing|cannot be shown/i);
      await further(run("asked", ...ENDPOINT, "--request", "temperature=0"), /missing|cannot be shown/i);
    },
  ),
  advice(
    "--metrics has no meaning with --shard: name them when the shards are merged.",
    () => run("part", ...SAID, "--shard", "1/1", "--metrics", "cider"),
    async () => {
      await run("part", ...SAID, "--shard", "1/1");
      await cli("merge", out("part"), "--out", out("merged"), "--metrics", "cider");
    },
  ),
  advice(
    "--… is only for --task …, not …: leave it out.",
    () => run("open", ...SAID, "--open-ended"),
    () => run("open", ...SAID),
  ),
  advice(
    "check that they are the same split and that none is cut short.",
    () =>
      cli(
        "score",
        "--task",
        "translate",
        "--references",
        given("de.txt", "ein Hund\neine Katze\n"),
        "--predictions",
        given("said.txt", "ein Hund\n"),
      ),
    () =>
      cli(
        "score",
        "--task",
        "translate",
        "--references",
        given("de.txt", "ein Hund\neine Katze\n"),
        "--predictions",
        given("said.txt", "ein Hund\ndie Katze\n"),
      ),
  ),
  advice(
    "has … numbers for … counts of --labels: give one, or one for each.",
    () => cli(...caption("curve", "--labels", "1,2", "--steps", "1,2,3")),
    async () => {
      await further(cli(...caption("curve", "--labels", "1,2", "--steps", "1")), /fixtures\/none/);
      await further(cli(...caption("curve", "--labels", "1,2", "--steps", "1,2")), /fixtures\/none/);
    },
  ),
  advice(
    "--labels … names a count twice: name each once.",
    () => cli(...caption("curve", "--labels", "1,1", "--steps", "1")),
    () => further(cli(...caption("curve", "--labels", "1,2", "--steps", "1")), /fixtures\/none/),
  ),
  advice(
    "There is no checkpoint",
    () => cli("caption", "fixtures/images/beach.jpg", "--checkpoint", "./nowhere"),
    () => cli("caption", "fixtures/images/beach.jpg", "--checkpoint", CAPTION),
  ),
];

function onTerminal(isTTY: boolean, what: () => void): void {
  const before = process.stdout.isTTY;
  process.stdout.isTTY = isTTY;
  try {
    what();
  } finally {
    process.stdout.isTTY = before;
  }
}

const kernel = kernelFolder(out("jupyter"));

export const NOTEBOOKS = [
  advice(
    "Two notebooks would be written to …. Run them one by one.",
    () => {
      for (const folder of ["a", "b"]) {
        mkdirSync(out(folder), { recursive: true });
        given(`${folder}/n.ipynb`, notebook());
      }
      return cli("notebook", "run", out("a/n.ipynb"), out("b/n.ipynb"), "--out", out("executed"));
    },
    async () => {
      await cli("notebook", "run", out("a/n.ipynb"), "--out", out("executed"));
      await cli("notebook", "run", out("b/n.ipynb"), "--out", out("executed"));
    },
  ),
  advice(
    "… was not written by simvlm, so it is left alone. Remove it by hand.",
    () => {
      mkdirSync(kernel, { recursive: true });
      writeFileSync(join(kernel, "kernel.json"), "{}");
      return uninstallKernel(out("jupyter"));
    },
    () => rmSync(join(kernel, "kernel.json")),
  ),
  advice(
    "…: nbformat …. Open it in Jupyter and save it, which converts it to version 4.",
    () => readNotebook(given("old.ipynb", notebook([], 3))),
    () => readNotebook(given("old.ipynb", notebook([], 4))),
  ),
  advice(
    "… takes no parameters: none of its cells is tagged `…`. Tag the one that declares ….",
    () => injectParameters(tagged(), { images: 3 }, "n.ipynb"),
    () => injectParameters(tagged("parameters"), { images: 3 }, "n.ipynb"),
  ),
];

const plugin = (name: string, content: string) => given(name, content);
const withPlugin = (path: string) => score("--plugin", path);
const metric = readFileSync("examples/metric/length-ratio.ts", "utf8");

export const PLUGINS = [
  advice(
    "The plug-in … is not there: … …. Check its path.",
    () => withPlugin(out("nowhere.ts")),
    () => withPlugin("examples/metric/length-ratio.ts"),
  ),
  advice(
    "Export what defineMetric, defineTask or defineFamily returns.",
    () => withPlugin(plugin("kindless.mjs", 'export default { name: "a" };')),
    () => withPlugin(plugin("kind.ts", metric)),
  ),
];

const generate = (name: string, seed: string, ...rest: string[]) =>
  cli(
    "toybox",
    "generate",
    "--out",
    out(name),
    "--seed",
    seed,
    "--scale",
    "small",
    "--limit",
    "1",
    "--only",
    "captions",
    "--split",
    "test",
    ...rest,
  );
const unfinished = (name: string) => {
  mkdirSync(out(`${name}.partial`), { recursive: true });
  given(`${name}.partial/toybox.json`, '{"version": 3, "seed": 9}');
};

export const TOYBOXES = [
  advice(
    "… exists and is not an empty folder. Give another one, or remove it first.",
    () => {
      mkdirSync(out("mine"), { recursive: true });
      given("mine/notes.txt", "");
      return generate("mine", "1");
    },
    async () => {
      await generate("fresh", "1");
      rmSync(out("mine"), { recursive: true });
      await generate("mine", "1");
    },
  ),
  advice(
    "Give those to finish it, or remove the folder.",
    () => {
      unfinished("begun");
      return generate("begun", "1");
    },
    () => {
      rmSync(out("begun.partial"), { recursive: true });
      return generate("begun", "1");
    },
  ),
  advice(
    "… is in the way: it is not an unfinished Toybox. Remove it first.",
    () => {
      mkdirSync(out("way.partial"), { recursive: true });
      given("way.partial/notes.txt", "");
      return generate("way", "1");
    },
    () => {
      rmSync(out("way.partial"), { recursive: true });
      return generate("way", "1");
    },
  ),
];

/** Data and a model that trains in a moment, made once. */
let made: Promise<{ readonly data: string; readonly web: string; readonly checkpoint: string }> | undefined;
const world = () => {
  made ??= (async () => {
    const scratch = new Scratch();
    const toybox = await writeToybox(scratch, ["captions", "web"], 4);
    const data = join(toybox, "captions");
    return {
      data,
      web: join(toybox, "web"),
      checkpoint: await writeFreshCheckpoint(scratch, [join(data, "train.json")]),
    };
  })();
  return made;
};
const finetune = async (name: string, ...rest: string[]) => {
  const { data, checkpoint } = await world();
  const usual = ["--task", "caption", "--data", data, "--checkpoint", checkpoint, "--batch", "2", "--steps", "2"];
  return cli("finetune", ...usual, "--out", out(name), ...rest);
};
const pretrain = async (name: string, ...rest: string[]) => {
  const { web, checkpoint } = await world();
  const usual = ["--pairs-from", web, "--checkpoint", checkpoint, "--pairs", "2", "--documents", "0", "--steps", "1"];
  return cli("pretrain", ...usual, "--out", out(name), ...rest);
};

export const TRAININGS = [
  advice(
    "… is not empty, and it is not a training of simvlm: it holds …. Give another folder.",
    () => {
      mkdirSync(out("photos"), { recursive: true });
      given("photos/a.jpg", "");
      return finetune("photos");
    },
    () => finetune("training"),
  ),
  advice(
    "has a training with other options: …. Continue it with those, or choose another folder.",
    async () => {
      await finetune("options");
      await finetune("options", "--seed", "5");
    },
    async () => {
      await finetune("options");
      await finetune("options-5", "--seed", "5");
    },
  ),
  advice(
    "… is another one than this training would have. Continue with the options that it was begun with, or choose another folder.",
    async () => {
      await pretrain("words");
      rmSync(join(out("words"), "checkpoint"), { recursive: true });
      writeFileSync(join(out("words"), "tokenizer.json"), "{}");
      await pretrain("words");
    },
    () => pretrain("other-words"),
  ),
  advice(
    "There is nothing to train on: name pairs with --pairs-from, or, for text alone, documents with --documents-from and --pairs 0.",
    () => cli("pretrain", "--out", out("of-no-data"), "--steps", "1"),
    () => pretrain("of-pairs"),
  ),
  advice(
    "A batch has neither pairs nor documents: ask for some of one of them.",
    () => pretrain("of-nothing-at-all", "--pairs", "0"),
    () => pretrain("of-two-pairs", "--pairs", "2"),
  ),
  advice(
    "The objective … has no prefix that could have … tokens: leave one of the two out.",
    () => pretrain("lm-with-prefix", "--objective", "lm", "--fixed-prefix", "3"),
    () => pretrain("plain-lm", "--objective", "lm"),
  ),
  advice(
    "says nothing without a picture, and … of … examples have none: …. Train it on examples that all show one.",
    () => finetune("blind-git", "--checkpoint", GIT, "--modality", "none"),
    () => finetune("git", "--checkpoint", GIT),
  ),
  advice(
    "is trained without label smoothing, but … is asked for. Leave it out.",
    () => finetune("smooth", "--label-smoothing", "0.1"),
    () => finetune("rough"),
  ),
  advice(
    "Lower the learning rate, or look at these examples.",
    () => finetune("wild", "--learning-rate", "1e30"),
    () => finetune("tame", "--learning-rate", "1e-4"),
  ),
  advice(
    "… cannot be read: there is no such file or folder. Check the path.",
    () => pretrain("nowhere", "--pairs-from", out("no-shards")),
    () => pretrain("somewhere"),
  ),
  advice(
    "Check that these are the right files, and whole.",
    async () => {
      mkdirSync(out("empty"), { recursive: true });
      given("empty/train-0.tar", new Uint8Array(1024));
      await pretrain("of-nothing", "--pairs-from", out("empty"));
    },
    () => pretrain("somewhere"),
  ),
  advice(
    "Repair the data, or allow a larger share.",
    async () => {
      const { web } = await world();
      mkdirSync(out("broken"), { recursive: true });
      given("broken/train-0.tar", readFileSync(join(web, "train-00000.tar")).subarray(0, -2500));
      await pretrain("faulty", "--pairs-from", out("broken"), "--max-fault-rate", "0", "--steps", "9");
    },
    async () => {
      await pretrain("faulty-again", "--pairs-from", out("broken"), "--max-fault-rate", "60%", "--steps", "9");
      await pretrain("repaired", "--max-fault-rate", "0", "--steps", "9");
    },
  ),
];
