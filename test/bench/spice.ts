import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { type Measurement, project, scratchFolder, shared } from "./measure.js";

const IMAGES = Number(process.env.SPICE_IMAGES ?? 200);
const PYTHON = process.env.SIMVLM_PYTHON ?? join(project, ".peers/venv/bin/python");
const PEER = join(project, "test/bench/spice.py");
const SIMVLM = join(project, "harness/bin/simvlm.js");

interface SpiceMeasurement extends Measurement {
  readonly oursCpuMs: number;
  readonly peerCpuMs: number;
  readonly peerMegabytes: number;
}

interface Figures {
  readonly ms: number;
  readonly cpuMs: number;
  readonly megabytes: number;
}

/**
 * SPICE of images of COCO val2014 beside pycocoevalcap, the whole command and processor time of all its processes: once
 * with nothing kept, in turn, and ours once more. SPICE must be installed, and `SIMVLM_PYTHON` have a pycocoevalcap with
 * CoreNLP in its `lib`; `SPICE_PEER_OPTIONS` are what its Java needs, as `JDK_JAVA_OPTIONS`.
 */
export async function benchSpice(): Promise<SpiceMeasurement[]> {
  const folder = scratchFolder();
  const { references, predictions, questions } = writeWork(folder);
  const env = { ...process.env, XDG_CACHE_HOME: join(folder, "cache") };
  const measure = (command: readonly string[], more: NodeJS.ProcessEnv = {}): Figures => {
    const out = join(folder, "figures.json");
    const { status } = spawnSync(PYTHON, [PEER, "--measure", out, ...command], {
      env: { ...env, ...more },
      stdio: ["ignore", "ignore", "inherit"],
    });
    if (status !== 0) throw new Error(`${command.join(" ")} ended with ${status}`);
    return JSON.parse(readFileSync(out, "utf8")) as Figures;
  };
  const files = ["--references", references, "--predictions", predictions, "--json", join(folder, "scores.json")];
  const ours = () => measure([process.execPath, SIMVLM, "score", "--task", "caption", "--metrics", "spice", ...files]);
  const first = ours();
  const again = ours();
  rmSync(env.XDG_CACHE_HOME, { recursive: true, force: true });
  const peer = measure([PYTHON, PEER, questions, join(folder, "peer-cache")], {
    JDK_JAVA_OPTIONS: process.env.SPICE_PEER_OPTIONS,
  });
  return [
    { what: "nothing kept", figures: first },
    { what: "once more", figures: again },
  ].map(({ what, figures }) => ({
    work: `SPICE, ${IMAGES} images, ${what}`,
    oursMs: Math.round(figures.ms),
    oursCpuMs: Math.round(figures.cpuMs),
    oursMegabytes: Math.round(figures.megabytes),
    peer: "pycocoevalcap",
    peerMs: Math.round(peer.ms),
    peerCpuMs: Math.round(peer.cpuMs),
    peerMegabytes: Math.round(peer.megabytes),
    ratio: peer.ms / figures.ms,
  }));
}

/** The golden files' tokens, which stay what they are when they are tokenized again. */
function writeWork(folder: string) {
  const bytes = gunzipSync(readFileSync(join(shared, "reference/metrics/val2014_2000.meteor_real.json.gz")));
  interface Tokenized {
    readonly image_id: number;
    readonly tok: { readonly hyp: string; readonly refs: readonly string[] };
  }
  const images = (JSON.parse(bytes.toString("utf8")) as { images: Tokenized[] }).images.slice(0, IMAGES);
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
