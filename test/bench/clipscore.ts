import { spawnSync } from "node:child_process";
import { appendFileSync, copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Measurement, project, runCommand, scratchFolder, shared } from "./measure.js";

const PICTURES = 200;
const ROUNDS = 3;
const PYTHON = process.env.SIMVLM_PYTHON ?? join(project, ".peers/venv/bin/python");
const PEER = join(project, "test/bench/clipscore.py");
const SIMVLM = join(project, "harness/bin/simvlm.js");

/**
 * CLIPScore of 200 photographs by a CLIP of ViT-B/32's size with random weights, the whole command beside a script of
 * transformers, in turn, medians; and once more with what was kept. COCO's photographs where they are, else the project's
 * two, again and again, made different by a byte behind their end. SIMVLM_CLIP names a folder that `clipscore.py --make`
 * has filled.
 */
export async function benchClipScore(): Promise<Measurement[]> {
  if (!existsSync(PYTHON))
    throw new Error(`${PYTHON} is not there; run test/peers.sh, or name another in SIMVLM_PYTHON`);
  const folder = scratchFolder();
  const clip = process.env.SIMVLM_CLIP ?? makeClip(join(folder, "clip"));
  const { work, references, predictions } = writeWork(folder);
  process.env.XDG_CACHE_HOME = join(folder, "cache");
  const chosen = ["--metrics", "clipscore", "--clip", clip, "--json", join(folder, "scores.json")];
  const files = ["--references", references, "--predictions", predictions, "--images", join(folder, "pictures")];
  const ours = () => runCommand(process.execPath, [SIMVLM, "score", "--task", "caption", ...files, ...chosen]);
  const rounds: Record<"first" | "again" | "peer", { ms: number; megabytes: number }>[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    rmSync(join(folder, "cache"), { recursive: true, force: true });
    const first = await ours();
    const again = await ours();
    rounds.push({ first, again, peer: await runCommand(PYTHON, [PEER, clip, work]) });
    process.stderr.write(`${JSON.stringify(rounds.at(-1))}\n`);
  }
  const peerMs = median(rounds.map(({ peer }) => peer.ms));
  return (["first", "again"] as const).map((which) => {
    const oursMs = median(rounds.map((round) => round[which].ms));
    return {
      work: `CLIPScore, ${PICTURES} photographs, ${which === "first" ? "the first time" : "once more"}`,
      oursMs: Math.round(oursMs),
      oursMegabytes: Math.round(Math.max(...rounds.map((round) => round[which].megabytes))),
      peer: "transformers",
      peerMs: Math.round(peerMs),
      ratio: peerMs / oursMs,
    };
  });
}

function makeClip(folder: string): string {
  mkdirSync(folder);
  const { status } = spawnSync(PYTHON, [PEER, "--make", folder], { stdio: ["ignore", 2, 2] });
  if (status !== 0) throw new Error(`clipscore.py --make ended with ${status}`);
  return folder;
}

function writeWork(folder: string) {
  const coco = join(shared, "data/coco-photos/images");
  const photos = existsSync(coco) ? coco : join(project, "fixtures/images");
  const names = readdirSync(photos).filter((name) => /\.(jpg|png)$/.test(name));
  mkdirSync(join(folder, "pictures"));
  const all = Array.from({ length: PICTURES }, (_, id) => {
    const name = names[id % names.length]!;
    const picture = join(folder, "pictures", `${id}-${name}`);
    copyFileSync(join(photos, name), picture);
    appendFileSync(picture, `${id}`);
    return { id, file_name: `${id}-${name}`, picture, caption: `a photograph of ${nameOf(id)}` };
  });
  const [work, references, predictions] = ["work", "references", "predictions"].map((name) =>
    join(folder, `${name}.json`),
  ) as [string, string, string];
  writeFileSync(work, JSON.stringify(all));
  const annotations = all.map(({ id, caption }) => ({ id, image_id: id, caption }));
  writeFileSync(references, JSON.stringify({ images: all, annotations }));
  writeFileSync(predictions, JSON.stringify(all.map(({ id, caption }) => ({ image_id: id, caption }))));
  return { work, references, predictions };
}

/** In letters, which the made-up vocabulary has. */
const nameOf = (id: number): string => [...`${id}`].map((digit) => "abcdefghij"[Number(digit)]).join(" ");

function median(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)]!;
}
