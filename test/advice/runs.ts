import { appendFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { findMetric } from "@simvlm/metrics";
import { compareRuns } from "../../harness/compare/compare-runs.js";
import { buildReport } from "../../harness/report/document/build.js";
import { openReport } from "../../harness/report/document/file.js";
import { mergeRuns } from "../../harness/runs/merge-runs.js";
import { parseAddress } from "../../harness/sources/endpoint-address.js";
import { createEndpointPredictor } from "../../harness/sources/endpoint-predictor.js";
import { requireOwnScores } from "../../harness/tasks/choose-metrics.js";
import { swapImages } from "../../harness/tasks/shown-images.js";
import { completeSettings, type TaskExample } from "../../harness/tasks/task.js";
import { addTasks, findTask } from "../../harness/tasks/task-registry.js";
import { requireExamples } from "../../harness/tasks/tokenized.js";
import { findScorableSplit, findUsualSplit } from "../../harness/tasks/usual-split.js";
import { Scratch } from "../harness/cli/run-cli.js";
import { CAPTIONS, makeRun, type RunOptions, writeCaptionData } from "../harness/compare/runs.js";
import { sealAnew } from "../harness/runs/seal-anew.js";
import { type Answer, say as answer, serve, status } from "../harness/sources/server.js";
import { tinyJpeg } from "../tiny-jpeg.js";
import { advice, cli, further } from "./advice.js";

/** A few captions and runs that say them, in a folder of their own for every row. */
function world() {
  const scratch = new Scratch();
  writeCaptionData(scratch, { facts: true, captions: CAPTIONS.slice(0, 4) });
  const say = (_: string, place: number) => CAPTIONS[place];
  const run = (
    name: string,
    options: RunOptions = {},
    speak: (id: string, place: number) => string | undefined = say,
  ) => makeRun(scratch, name, speak, options);
  const rest = { captions: CAPTIONS.slice(0, 4) };
  return {
    scratch,
    run,
    say,
    data: (folder: string, options = {}) => writeCaptionData(scratch, { folder, ...rest, ...options }),
  };
}
type World = ReturnType<typeof world>;

const few = { resamples: 3 };
const compare = (...folders: string[]) => compareRuns(folders, few);

/** A row whose situation and remedy happen in one world. */
const inWorld = <State>(
  says: string,
  begin: (world: World) => Promise<State>,
  wrong: (state: State, world: World) => unknown,
  right: (state: State, world: World) => unknown,
) => {
  let made: Promise<readonly [State, World]> | undefined;
  const make = async () => {
    const own = world();
    return [await begin(own), own] as const;
  };
  const state = () => (made ??= make());
  return advice(
    says,
    async () => wrong(...(await state())),
    async () => right(...(await state())),
  );
};

const requestOf = ({ scratch }: World, out: string, ...rest: string[]) => [
  ...["run", "--task", "caption", "--data", scratch.at("data"), "--out", scratch.at(out)],
  ...rest,
];
/** A file of predictions for the first `count` pictures. */
const saidBy = ({ scratch }: World, count = 4) =>
  scratch.write(
    "said.json",
    CAPTIONS.slice(0, count).map((caption, i) => ({ image_id: 101 + i, caption })),
  );

/** The runs of both halves. */
async function shards(own: World): Promise<string[]> {
  const said = saidBy(own);
  await cli(...requestOf(own, "a", "--predictions", said, "--shard", "1/2"));
  await cli(...requestOf(own, "b", "--predictions", said, "--shard", "2/2"));
  return [own.scratch.at("a"), own.scratch.at("b")];
}

export const COMPARISONS = [
  inWorld(
    "Name one of these metrics, to score both runs by it.",
    async ({ scratch }) => {
      mkdirSync(scratch.at("docs"));
      scratch.write("docs/test.json", { data: [{ questionId: 1, question: "Who?", image: "1.png", answers: ["me"] }] });
      const said = scratch.write("said.json", [{ questionId: 1, answer: "me" }]);
      const asked = ["--task", "docvqa", "--data", scratch.at("docs"), "--predictions", said];
      const metrics = ["anls", "anls-vlmevalkit"];
      for (const name of metrics) await cli("run", ...asked, "--out", scratch.at(name), "--metrics", name);
      return metrics.map((name) => scratch.at(name));
    },
    (folders) => compare(...folders),
    (folders) => cli("compare", ...folders, "--metrics", "anls", "--resamples", "10"),
  ),
  inWorld(
    "so there is nothing to price: leave the price out.",
    async ({ run }) => [await run("one"), await run("two")],
    (folders) => cli("compare", ...folders, "--price", "input=1,output=1"),
    (folders) => compare(...folders),
  ),
  inWorld(
    "give one price for all, or one for each run, in their order.",
    async ({ run }) => [await run("one"), await run("two")],
    (folders) => cli("compare", ...folders, ...Array.from({ length: 3 }, () => ["--price", "input=1,output=1"]).flat()),
    (folders) => further(cli("compare", ...folders, "--price", "input=1,output=1"), /nothing to price/),
  ),
  inWorld(
    "it belongs to another split. Restore it, or remove it to compare without facts.",
    async ({ run, scratch }) => {
      const folders = [await run("one"), await run("two")];
      const path = scratch.at("data/test-facts.jsonl");
      const whole = readFileSync(path);
      writeFileSync(path, whole.subarray(0, whole.indexOf("\n") + 1));
      return { folders, path, whole };
    },
    ({ folders }) => compare(...folders),
    async ({ folders, path, whole }) => {
      writeFileSync(path, whole);
      await compare(...folders);
      rmSync(path);
      await compare(...folders);
    },
  ),
  inWorld(
    "combine the shards with `simvlm merge`, then compare.",
    async (own) => [await own.run("whole"), ...(await shards(own))],
    ([whole, a]) => compare(whole!, a!),
    async ([whole, a, b], { scratch }) => {
      await cli("merge", a!, b!, "--out", scratch.at("merged"));
      await compare(whole!, scratch.at("merged"));
    },
  ),
  inWorld(
    "… is not finished: finish it with the command that started it, then compare.",
    async ({ run }) => [await run("one"), await run("two", { unfinished: true })],
    ([one, two]) => compare(one!, two!),
    async ([one], { run }) => compare(one!, await run("two")),
  ),
  inWorld(
    "… is a run of the task …, … of …: compare runs of one task.",
    async ({ run }) => [await run("one"), await run("two", { task: "complete" }), await run("three")],
    ([one, two]) => compare(one!, two!),
    ([one, , three]) => compare(one!, three!),
  ),
  inWorld(
    "were made from different data: …. Compare runs of the same files, or run one of them again.",
    async ({ run, data }) => {
      data("other", { captions: CAPTIONS.slice(4, 8) });
      return [await run("one"), await run("two", { data: "other" }), await run("three")];
    },
    ([one, two]) => compare(one!, two!),
    ([one, , three]) => compare(one!, three!),
  ),
  inWorld(
    "Finish both (the same command tries failed examples again), and limit both to the same number of examples, or neither.",
    async ({ run, say }) => [
      await run("one"),
      await run("two", {}, (id, place) => (place === 1 ? undefined : say(id, place))),
      await run("few", { limit: 2 }),
    ],
    ([one, two]) => compare(one!, two!),
    async ([one], { run }) => {
      await compare(one!, await run("two"));
      await compare(await run("few", { limit: 2 }), await run("fewer", { limit: 2 }));
    },
  ),
  inWorld(
    "is not what … was made from: say where its data are.",
    async ({ run, data, scratch }) => {
      data("kept");
      const folders = [await run("one"), await run("two")];
      writeCaptionData(scratch, { captions: CAPTIONS.slice(4, 8) });
      return folders;
    },
    ([one, two]) => cli("compare", one!, two!),
    ([one, two], { scratch }) => cli("compare", one!, two!, "--data", scratch.at("kept")),
  ),
  inWorld(
    "there is no such run, and no file of that name. Check the path.",
    async ({ run, scratch }) => [scratch.at("on"), await run("one")],
    ([wrong]) => cli("verify", wrong!),
    ([, right]) => cli("verify", right!),
  ),
  inWorld(
    "… is no run: …. Check the path.",
    async ({ run, scratch }) => [scratch.at("data"), await run("one")],
    ([wrong]) => cli("verify", wrong!),
    ([, right]) => cli("verify", right!),
  ),
  inWorld(
    "of several years: …. Say which is meant, such as ….",
    async ({ scratch }) => {
      for (const year of [2014, 2017]) scratch.write(`captions_val${year}.json`, {});
      return (split: string) => findUsualSplit(findTask("caption"), scratch.at("."), split);
    },
    (find) => find("val"),
    (find) => find("val2017"),
  ),
  inWorld(
    "… has several splits to compare on: …. Say which is meant, such as ….",
    async ({ scratch, data }) => {
      data("years");
      for (const year of [2014, 2017])
        cpSync(scratch.at("years/test.json"), scratch.at(`years/captions_val${year}.json`));
      rmSync(scratch.at("years/test.json"));
      return (split?: string) => findScorableSplit(findTask("caption"), scratch.at("years"), { split });
    },
    (find) => find(),
    (find) => find("val2017"),
  ),
  inWorld(
    "… has no references of the split …, and models are compared by them. Name a split that has some.",
    async ({ scratch, data }) => {
      data("bare");
      const path = scratch.at("bare/test.json");
      cpSync(path, scratch.at("bare/val.json"));
      writeFileSync(
        path,
        JSON.stringify({ images: (JSON.parse(readFileSync(path, "utf8")) as { images: [] }).images }),
      );
      return (split: string) => findScorableSplit(findTask("caption"), scratch.at("bare"), { split });
    },
    (find) => find("test"),
    (find) => find("val"),
  ),
  inWorld(
    "which are not in its data: check it with `simvlm verify`.",
    async ({ run }) => {
      const folders = [await run("one"), await run("two")];
      for (const folder of folders)
        appendFileSync(join(folder, "predictions.jsonl"), '{"id":"999","prediction":"a dog"}\n');
      for (const folder of folders) await sealAnew(folder);
      return folders;
    },
    ([one, two]) => compare(one!, two!),
    ([, two]) => further(cli("verify", two!), /999/),
  ),
  inWorld(
    "Put back the files that were there, or make the run anew in another folder; `simvlm verify` says more.",
    async ({ run, scratch }) => {
      const folders = [await run("one"), await run("two")];
      cpSync(scratch.at("two/predictions.jsonl"), scratch.at("kept.jsonl"));
      const log = join(folders[1]!, "predictions.jsonl");
      writeFileSync(log, readFileSync(log, "utf8").replace(/"prediction":"[^"]*"/, '"prediction":"a cat"'));
      return folders;
    },
    ([one, two]) => compare(one!, two!),
    async ([one, two], { run, scratch }) => {
      await further(cli("verify", two!), /different/);
      await compare(one!, await run("three"));
      cpSync(scratch.at("kept.jsonl"), join(two!, "predictions.jsonl"));
      await compare(one!, two!);
    },
  ),
  inWorld(
    "say where its data are.",
    async ({ run, data, scratch }) => {
      data("kept");
      cpSync(scratch.at("data/test-facts.jsonl"), scratch.at("kept/test-facts.jsonl"));
      const one = await run("one");
      writeCaptionData(scratch, { captions: CAPTIONS.slice(4, 8) });
      return one;
    },
    (one) => buildReport([one], { ...few, explore: 0 }),
    (one, { scratch }) =>
      cli("report", one, "--data", scratch.at("kept"), "--explore", "0", "--out", scratch.at("a.html")),
  ),
  inWorld(
    "it is not the page that was written. Unpack it first.",
    async ({ run, scratch }) => {
      await cli("report", await run("one"), "--explore", "0", "--out", scratch.at("a.html"));
      const packed = gzipSync(readFileSync(scratch.at("a.html")));
      return scratch.write("packed.html", packed);
    },
    (path) => openReport(path),
    (path, { scratch }) => cli("verify", scratch.write("unpacked.html", gunzipSync(readFileSync(path)))),
  ),
];

export const RUNS = [
  inWorld(
    "but it holds …. Choose another folder.",
    async (own) => {
      mkdirSync(own.scratch.at("mine"));
      own.scratch.write("mine/notes.txt", "");
      return saidBy(own);
    },
    (said, own) => cli(...requestOf(own, "mine", "--predictions", said)),
    (said, own) => cli(...requestOf(own, "new", "--predictions", said)),
  ),
  inWorld(
    "Continue it with the settings that it was begun with, or choose another folder.",
    async (own) => {
      const said = saidBy(own);
      await cli(...requestOf(own, "run", "--predictions", said));
      return said;
    },
    (said, own) => cli(...requestOf(own, "run", "--predictions", said, "--limit", "2")),
    async (said, own) => {
      await cli(...requestOf(own, "run", "--predictions", said));
      await cli(...requestOf(own, "other", "--predictions", said, "--limit", "2"));
    },
  ),
  inWorld(
    "below it: …. Name … instead.",
    async ({ run }) => [await run("one"), await run("two")],
    (_, { scratch }) => cli("compare", scratch.path, scratch.at("one")),
    ([one, two]) => cli("compare", one!, two!),
  ),
  inWorld(
    "… is not the data that the runs were made from (…). Say where their data are.",
    async (own) => {
      own.data("kept");
      const folders = await shards(own);
      writeCaptionData(own.scratch, { captions: CAPTIONS.slice(4, 8) });
      return folders;
    },
    (folders, { scratch }) => cli("merge", ...folders, "--out", scratch.at("merged")),
    (folders, { scratch }) => cli("merge", ...folders, "--out", scratch.at("merged"), "--data", scratch.at("kept")),
  ),
  inWorld(
    "… are all shard …/…: give each shard once.",
    shards,
    ([a, b], { scratch }) => mergeRuns({ folders: [a!, a!, b!], out: scratch.at("merged") }),
    (folders, { scratch }) => mergeRuns({ folders, out: scratch.at("merged") }),
  ),
  inWorld(
    "The shards … are missing: give the runs of all ….",
    shards,
    ([a], { scratch }) => mergeRuns({ folders: [a!], out: scratch.at("merged") }),
    (folders, { scratch }) => mergeRuns({ folders, out: scratch.at("merged") }),
  ),
  inWorld(
    "have not been predicted. Finish it with the command that started it.",
    async (own) => {
      const folders = await shards(own);
      writeFileSync(own.scratch.at("b/predictions.jsonl"), "");
      await sealAnew(own.scratch.at("b"));
      return folders;
    },
    (folders, { scratch }) => mergeRuns({ folders, out: scratch.at("merged") }),
    async (folders, own) => {
      await shards(own);
      await mergeRuns({ folders, out: own.scratch.at("merged") });
    },
  ),
  inWorld(
    "Nothing was asked. Add the pictures, as …",
    async (own) => {
      own.scratch.write("data/images/101.jpg", readFileSync("fixtures/images/beach.jpg"));
      return ["--checkpoint", "fixtures/checkpoints/caption", "--limit", "2", "--max-length", "3"];
    },
    (rest, own) => cli(...requestOf(own, "run", ...rest)),
    async (rest, own) => {
      await cli(...requestOf(own, "less", ...rest, "--skip-missing-pictures"));
      own.scratch.write("data/images/102.jpg", readFileSync("fixtures/images/beach.jpg"));
      await cli(...requestOf(own, "run", ...rest));
    },
  ),
  inWorld(
    "the run has no example …. The file was changed: start again in another folder.",
    async (own) => {
      const said = saidBy(own);
      await cli(...requestOf(own, "run", "--predictions", said));
      appendFileSync(own.scratch.at("run/predictions.jsonl"), '{"id":"999","prediction":"a dog"}\n');
      return said;
    },
    (said, own) => cli(...requestOf(own, "run", "--predictions", said)),
    (said, own) => cli(...requestOf(own, "again", "--predictions", said)),
  ),
  inWorld(
    "… is not UTF-8 text: it is damaged. Start the run again in another folder.",
    async (own) => {
      const said = saidBy(own);
      await cli(...requestOf(own, "run", "--predictions", said));
      appendFileSync(own.scratch.at("run/predictions.jsonl"), Buffer.from('{"id":"\xff"}\n', "latin1"));
      return said;
    },
    (said, own) => cli(...requestOf(own, "run", "--predictions", said)),
    (said, own) => cli(...requestOf(own, "again", "--predictions", said)),
  ),
  inWorld(
    "The data of … cannot be found: …. Say where they are.",
    async ({ run, data, scratch }) => {
      data("kept");
      const folders = [await run("one"), await run("two")];
      rmSync(scratch.at("data"), { recursive: true });
      return folders;
    },
    (folders) => cli("compare", ...folders),
    (folders, { scratch }) => cli("compare", ...folders, "--data", scratch.at("kept")),
  ),
];

/** Asks an endpoint that answers so. */
async function ask(answers: Answer[], count = 1, address = (url: string) => url) {
  const server = await serve(...answers);
  try {
    const scratch = new Scratch();
    const picture = scratch.write("a.jpg", tinyJpeg());
    const task = findTask("caption");
    const examples: TaskExample[] = Array.from({ length: count }, (_, i) => {
      return { id: String(i), images: [picture], prefix: "", targets: [] };
    });
    const options = { model: "llava", backOff: 0.005, retries: 0, concurrency: 1, settings: completeSettings(task) };
    const from = parseAddress(address(server.url), {});
    const outcomes = await createEndpointPredictor(from, task, { examples, files: [], classes: [] }, options).predict(
      examples,
    );
    for (const outcome of outcomes) if ("error" in outcome) throw new Error(outcome.error);
  } finally {
    server.close();
  }
}

export const ENDPOINTS = [
  advice(
    "Leave them out, and put the key in ….",
    () => parseAddress("http://me:secret@localhost/v1", {}),
    () => parseAddress("http://localhost/v1", { SIMVLM_API_KEY: "secret" }),
  ),
  advice(
    "Check the address, the model's name and the key in SIMVLM_API_KEY.",
    () => ask([status(404)]),
    () => ask([answer("a dog")]),
  ),
  advice(
    "No redirection is followed, for the key would go along: name the address that it leads to, if you trust it.",
    () => ask([status(308, { location: "http://127.0.0.1/v1" })]),
    () => ask([answer("a dog")]),
  ),
  advice(
    "Nothing listens there: start the server, or look whether the address has the right port.",
    () => ask([answer("a dog")], 1, () => "http://127.0.0.1:3/v1"),
    () => ask([answer("a dog")]),
  ),
  advice(
    "Run the same command when it works again; what has been answered is kept.",
    () => ask([status(500)], 40),
    () => ask([answer("a dog")], 40),
  ),
];

const pictured = (id: string, picture: string): TaskExample => ({ id, images: [picture], targets: [] });
const swapped = completeSettings(findTask("caption"), { swapImages: true });
const plain = completeSettings(findTask("caption"));
export const TASKS = [
  advice(
    "both give a score called …: choose one of them.",
    () => requireOwnScores([findMetric("bleu")!, { ...findMetric("bleu")!, name: "mine" }]),
    () => requireOwnScores([findMetric("bleu")!]),
  ),
  inWorld(
    "Use annotations that say it, or score without.",
    async (own) => {
      own.data("plain", { domains: false });
      return saidBy(own);
    },
    (said, { scratch }) =>
      cli(
        "score",
        "--task",
        "caption",
        "--references",
        scratch.at("plain/test.json"),
        "--predictions",
        said,
        "--by-domain",
      ),
    async (said, { scratch }) => {
      await cli(
        "score",
        "--task",
        "caption",
        "--references",
        scratch.at("data/test.json"),
        "--predictions",
        said,
        "--by-domain",
      );
      await cli("score", "--task", "caption", "--references", scratch.at("plain/test.json"), "--predictions", said);
    },
  ),
  advice(
    "Choose other data, or show the model pictures.",
    () => swapImages([pictured("1", "a.jpg"), pictured("2", "a.jpg")], swapped),
    () => [
      swapImages([pictured("1", "a.jpg"), pictured("2", "b.jpg")], swapped),
      swapImages([pictured("1", "a.jpg")], plain),
    ],
  ),
  advice(
    "There is already a task called …: give the new one another name.",
    () => addTasks([{ ...findTask("caption") }]),
    () => addTasks([{ ...findTask("caption"), name: "another" }]),
  ),
  advice(
    "… has no examples. Check the data set's folder, the split and the limit.",
    () => requireExamples([], "data"),
    () => requireExamples([pictured("1", "a.jpg")], "data"),
  ),
];
