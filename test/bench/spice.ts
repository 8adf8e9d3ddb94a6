import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { project, requirePython, requireShared, runCommand, scratchFolder, simvlm } from "./measure.js";
import { type BenchOptions, type Row, type Run, rowOf } from "./runner/row.js";

const IMAGES = 200;
/** When all benchmarks run. */
const WHOLE_IMAGES = 50;
const ROUNDS = 1;
const PEER = join(project, "test/bench/spice.py");

/**
 * SPICE of images of COCO val2014 beside pycocoevalcap, the whole command and processor time of all its processes: once
 * with nothing kept, in turn, and ours once more. SPICE must be installed, and `SIMVLM_PYTHON` have a pycocoevalcap with
 * CoreNLP in its `lib`; `SPICE_PEER_OPTIONS` are what its Java needs, as `JDK_JAVA_OPTIONS`.
 */
export async function benchSpice({ isWhole, rounds = ROUNDS }: BenchOptions): Promise<Row[]> {
  const count = Number(process.env.SPICE_IMAGES ?? (isWhole ? WHOLE_IMAGES : IMAGES));
  const python = requirePython();
  const folder = scratchFolder();
  const { references, predictions, questions } = writeWork(folder, count);
  const env = { ...process.env, XDG_CACHE_HOME: join(folder, "cache") };
  const files = ["--references", references, "--predictions", predictions, "--json", join(folder, "scores.json")];
  const ours = { ...simvlm("score", "--task", "caption", "--metrics", "spice", ...files), env };
  const peerCache = join(folder, "peer-cache");
  const peer = {
    command: python,
    args: [PEER, questions, peerCache],
    env: { ...env, JDK_JAVA_OPTIONS: process.env.SPICE_PEER_OPTIONS },
  };
  const [first, again, theirs]: [Run[], Run[], Run[]] = [[], [], []];
  for (let round = 0; round < rounds; round++) {
    for (const cache of [env.XDG_CACHE_HOME, peerCache]) rmSync(cache, { recursive: true, force: true });
    first.push(await runCommand(ours));
    again.push(await runCommand(ours));
    theirs.push(await runCommand(peer));
  }
  const beside = { name: "pycocoevalcap", runs: theirs };
  return [
    rowOf(`SPICE, ${count} images, nothing kept`, first, beside),
    rowOf(`SPICE, ${count} images, once more`, again, beside),
  ];
}

/** The golden files' tokens, which stay what they are when they are tokenized again. */
function writeWork(folder: string, count: number) {
  const bytes = gunzipSync(readFileSync(requireShared("reference/metrics/val2014_2000.meteor_real.json.gz")));
  interface Tokenized {
    readonly image_id: number;
    readonly tok: { readonly hyp: string; readonly refs: readonly string[] };
  }
  const images = (JSON.parse(bytes.toString("utf8")) as { images: Tokenized[] }).images.slice(0, count);
  const [references, predictions, questions] = ["references", "predictions", "questions"].map((name) =>
    join(folder, `${name}.json`),
  ) as [string, string, string];
  const annotations = images.flatMap(({ image_id, tok }) => tok.refs.map((caption) => ({ image_id, caption })));
  writeFileSync(
    references,
    JSON.stringify({
      images: images.map(({ image_id: id }) => ({ id, file_name: `${id}.jpg` })),
      annotations: annotations.map((each, id) => ({ ...each, id })),
    }),
  );
  writeFileSync(predictions, JSON.stringify(images.map(({ image_id, tok }) => ({ image_id, caption: tok.hyp }))));
  writeFileSync(
    questions,
    JSON.stringify(images.map(({ image_id: id, tok }) => ({ id, caption: tok.hyp, references: tok.refs }))),
  );
  return { references, predictions, questions };
}
