import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { measureSimvlm, project, runCommand, scratchFolder, shared } from "../measure.js";
import { type Answer, type Side, startSide, type Work } from "./side.js";

/** A row of the table; what a row has no figure for is left out. */
export interface CaptionersRow {
  readonly work: string;
  readonly oursMs?: number;
  /** Ours with weights in eight bits, and its speed as a multiple of that with its own. */
  readonly int8Ms?: number;
  readonly int8Ratio?: number;
  /** PyTorch in float32 as it is, through torch.compile, and in bfloat16. */
  readonly eagerMs?: number;
  readonly compiledMs?: number;
  readonly bfloat16Ms?: number;
  /** PyTorch's time / ours: of float32 as it is, and of the best of the three. */
  readonly ratio?: number;
  readonly ratioToBest?: number;
  readonly aim?: number;
  /** Whether PyTorch's float32 found the same ids. */
  readonly sameIds?: boolean;
  /** The peak of `simvlm caption` of one photograph / the weights. */
  readonly memory?: number;
  /** The same with weights in eight bits, and as a share of that with its own. */
  readonly int8Memory?: number;
  readonly int8Share?: number;
  /** What the two sides reach of the machine. */
  readonly ours?: string;
  readonly peer?: string;
}

const WORDS = 20;
const WORKS: readonly Omit<Work, "words">[] = [
  { pictures: 1, beams: 1 },
  { pictures: 1, beams: 4 },
  { pictures: 8, beams: 1 },
  { pictures: 8, beams: 4 },
];
/** Which ratio each of the works is meant to reach. */
const AIMS: Readonly<Record<string, readonly number[]>> = {
  "git-base": [2.5, 5, 2.4, 8],
  "blip-base": [2.4, 3.5, 2.7, 5],
  "vit-gpt2": [],
};
const VARIANTS = ["eager", "compiled", "bfloat16"] as const;

/** torch.compile compiles anew at the second run, when it learns that lengths change; ours at the first. */
const WARM_UP = 2;
const ROUNDS = 3;
/** Threads of either side spin for a moment after their work; the other begins when they have stopped. */
const PAUSE_MS = 200;
const PICTURES = 8;

const PYTHON = process.env.SIMVLM_PYTHON ?? join(project, ".peers/venv/bin/python");
const SCRIPTS = join(project, "test/bench/captioners");
const PEER = join(SCRIPTS, "captioners.py");
const OURS = fileURLToPath(new URL("ours.js", import.meta.url));
const THREADS = "2";

/**
 * Captioners of published sizes beside transformers: the same folders, the same photographs, 20 words each. Times are
 * taken in turn, and the median of each is shown. SIMVLM_CAPTIONERS names a folder that `make-folders.py` has filled
 * (2.6 GB), without which one is made and thrown away; SIMVLM_FAMILIES says which of its folders are measured.
 */
export async function benchCaptioners(): Promise<CaptionersRow[]> {
  if (!existsSync(PYTHON))
    throw new Error(`${PYTHON} is not there; run test/peers.sh, or name another in SIMVLM_PYTHON`);
  const names = process.env.SIMVLM_FAMILIES?.split(",") ?? Object.keys(AIMS);
  const root = process.env.SIMVLM_CAPTIONERS ?? makeFolders();
  const photos = listPhotos();
  const rows: CaptionersRow[] = [];
  for (const name of names) rows.push(...(await measureFamily(name, join(root, name), photos)));
  return rows;
}

function makeFolders(): string {
  const folder = scratchFolder();
  const { status } = spawnSync(PYTHON, [join(SCRIPTS, "make-folders.py"), folder], { stdio: ["ignore", 2, 2] });
  if (status !== 0) throw new Error(`make-folders.py ended with ${status}`);
  return folder;
}

/** Eight photographs of COCO where they are, otherwise the project's two pictures, again and again. */
function listPhotos(): string[] {
  const coco = join(shared, "data/coco-photos/images");
  const folder = existsSync(coco) ? coco : join(project, "fixtures/images");
  const paths = readdirSync(folder)
    .filter((name) => /\.(jpg|png)$/.test(name))
    .sort()
    .map((name) => join(folder, name));
  return Array.from({ length: PICTURES }, (_, i) => paths[i % paths.length]!);
}

async function measureFamily(name: string, folder: string, photos: readonly string[]): Promise<CaptionersRow[]> {
  const weights = statSync(join(folder, "model.safetensors")).size;
  const rows = [await measureFirstCaption(name, folder, photos[0]!, weights)];
  // Ours in a process of its own like PyTorch's: its memory is that of captioning alone.
  const [ours, int8, peer] = await Promise.all([
    startSide(process.execPath, [OURS, folder, "float32", ...photos]),
    startSide(process.execPath, [OURS, folder, "int8", ...photos]),
    startSide(PYTHON, [PEER, folder, THREADS, ...photos]),
  ]);
  for (const [i, work] of WORKS.entries()) {
    const title = `${name}, ${work.pictures} × ${work.beams === 1 ? "greedy" : `${work.beams} beams`}`;
    process.stderr.write(`${title}\n`);
    const { times, sameIds } = await measureInTurn({ ...work, words: WORDS }, { ours, int8, peer });
    const aim = AIMS[name]?.[i];
    const row = compare(title, times, { sameIds, ...(aim && { aim }) });
    process.stderr.write(`${JSON.stringify(row)}\n`);
    rows.push(row);
  }
  rows.push(await measureLimits(ours, peer));
  await ours.close();
  await int8.close();
  await peer.close();
  return rows;
}

type Times = Record<"ours" | "int8" | (typeof VARIANTS)[number], number[]>;

interface Sides {
  readonly ours: Side;
  readonly int8: Side;
  readonly peer: Side;
}

async function measureInTurn(work: Work, sides: Sides): Promise<{ times: Times; sameIds: boolean }> {
  const times: Times = { ours: [], int8: [], eager: [], compiled: [], bfloat16: [] };
  const turn = async (kind: keyof Times): Promise<Answer> => {
    await pause(PAUSE_MS);
    const side = kind === "ours" || kind === "int8" ? sides[kind] : sides.peer;
    const answer = await side.ask({ ...work, variant: kind });
    times[kind].push(answer.ms);
    return answer;
  };
  const kinds = ["ours", "int8", ...VARIANTS] as const;
  const first = await turn("ours");
  const sameIds = JSON.stringify(first.ids) === JSON.stringify((await turn("eager")).ids);
  for (let run = 0; run < WARM_UP; run++) for (const kind of kinds) await turn(kind);
  for (const kind of kinds) times[kind] = [];
  for (let run = 0; run < ROUNDS; run++) for (const kind of kinds) await turn(kind);
  return { times, sameIds };
}

function compare(work: string, times: Times, rest: Pick<CaptionersRow, "sameIds" | "aim">): CaptionersRow {
  const [oursMs, int8Ms, eagerMs] = [median(times.ours), median(times.int8), median(times.eager)];
  const [compiledMs, bfloat16Ms] = [median(times.compiled), median(times.bfloat16)];
  const best = Math.min(eagerMs, compiledMs, bfloat16Ms);
  const ratios = {
    int8Ratio: round(oursMs / int8Ms),
    ratio: round(eagerMs / oursMs),
    ratioToBest: round(best / oursMs),
  };
  return { work, oursMs, int8Ms, eagerMs, compiledMs, bfloat16Ms, ...ratios, ...rest };
}

/** From the start of a process to its end, with one photograph: the whole command, and a script of the same. */
async function measureFirstCaption(
  name: string,
  folder: string,
  photo: string,
  weights: number,
): Promise<CaptionersRow> {
  process.stderr.write(`${name}, first caption\n`);
  const length = ["--greedy", "--min-length", String(WORDS), "--max-length", String(WORDS)];
  const command = ["caption", photo, "--checkpoint", folder, ...length];
  const ours = await measureSimvlm(command, 3);
  const int8 = await measureSimvlm([...command, "--weights", "int8"], 3);
  const theirs: number[] = [];
  for (let run = 0; run < 3; run++) {
    theirs.push((await runCommand(PYTHON, [PEER, folder, THREADS, photo, "--once"])).ms);
  }
  const [oursMs, eagerMs] = [Math.round(ours.ms), median(theirs)];
  const [memory, int8Memory] = [ours, int8].map(({ megabytes }) => round((megabytes * 1024 ** 2) / weights)) as [
    number,
    number,
  ];
  const int8Ms = Math.round(int8.ms);
  return {
    ...{ work: `${name}, first caption of a process`, oursMs, int8Ms, eagerMs, ratio: round(eagerMs / oursMs) },
    ...{ int8Ratio: round(oursMs / int8Ms), memory, int8Memory, int8Share: round(int8Memory / memory) },
  };
}

async function measureLimits(ours: Side, peer: Side): Promise<CaptionersRow> {
  const [mine, theirs] = [await ours.ask({ limit: "sgemm" }), await peer.ask({ limit: "sgemm" })];
  const memory = await peer.ask({ limit: "memory" });
  return {
    work: `float32 products; memory reads ${memory.rate.toFixed(0)} GB/s`,
    ours: `${mine.rate.toFixed(0)} GFLOP/s`,
    peer: `${theirs.rate.toFixed(0)} GFLOP/s (${peer.name})`,
  };
}

function median(times: readonly number[]): number {
  return Math.round([...times].sort((a, b) => a - b)[Math.floor(times.length / 2)]!);
}

function round(number: number): number {
  return Math.round(number * 100) / 100;
}
