import { spawnSync } from "node:child_process";
import { appendFileSync, copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { project, requirePython, runCommand, scratchFolder, shared, simvlm } from "./measure.js";
import { type BenchOptions, type Row, type Run, rowOf } from "./runner/row.js";

const PICTURES = 200;
const ROUNDS = 3;
const WHOLE_ROUNDS = 2;
const PEER = join(project, "test/bench/clipscore.py");

/**
 * CLIPScore of 200 photographs by a CLIP of ViT-B/32's size with random weights, the whole command beside a script of
 * transformers, in turn, medians; and once more with what was kept. COCO's photographs where they are, else the project's
 * two, again and again, made different by a byte behind their end. SIMVLM_CLIP names a folder that `clipscore.py --make`
 * has filled.
 */
export async function benchClipScore({
  isWhole,
  rounds = isWhole ? WHOLE_ROUNDS : ROUNDS,
}: BenchOptions): Promise<Row[]> {
  const python = requirePython();
  const folder = scratchFolder();
  const clip = process.env.SIMVLM_CLIP ?? makeClip(python, join(folder, "clip"));
  const { work, references, predictions } = writeWork(folder);
  const chosen = ["--metrics", "clipscore", "--clip", clip, "--json", join(folder, "scores.json")];
  const files = ["--references", references, "--predictions", predictions, "--images", join(folder, "pictures")];
  const env = { ...process.env, XDG_CACHE_HOME: join(folder, "cache") };
  const ours = { ...simvlm("score", "--task", "caption", ...files, ...chosen), env };
  const [first, again, peer]: [Run[], Run[], Run[]] = [[], [], []];
  for (let round = 0; round < rounds; round++) {
    rmSync(join(folder, "cache"), { recursive: true, force: true });
    first.push(await runCommand(ours));
    again.push(await runCommand(ours));
    peer.push(await runCommand({ command: python, args: [PEER, clip, work] }));
  }
  const beside = { name: "transformers", runs: peer };
  return [
    rowOf(`CLIPScore, ${PICTURES} photographs, the first time`, first, beside),
    rowOf(`CLIPScore, ${PICTURES} photographs, once more`, again, beside),
  ];
}

function makeClip(python: string, folder: string): string {
  mkdirSync(folder);
  const { status } = spawnSync(python, [PEER, "--make", folder], { stdio: ["ignore", 2, 2] });
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
