import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { project, requirePython, runCommand, scratchFolder, shared, simvlm } from "../measure.js";
import { type BenchOptions, median, type Row, type Run, rowOf } from "../runner/row.js";
import { type Answer, type Side, startSide, type Work } from "./side.js";

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
/** PyTorch in float32 as it is, through torch.compile, and in bfloat16. */
const VARIANTS = ["eager", "compiled", "bfloat16"] as const;
/** Of which the longest works are left out when all benchmarks run: the others of GIT-base and BLIP-base say as much. */
const WHOLE = { families: ["git-base"], mostBeams: 1, rounds: 2 } as const;

/** torch.compile compiles anew at the second run, when it learns that lengths change; ours at the first. */
const WARM_UP = 2;
const ROUNDS = 3;
/** Threads of either side spin for a moment after their work; the other begins when they have stopped. */
const PAUSE_MS = 200;
const PICTURES = 8;

const SCRIPTS = join(project, "test/bench/captioners");
const PEER = join(SCRIPTS, "captioners.py");
const OURS = fileURLToPath(new URL("ours.js", import.meta.url));
const THREADS = "2";

/**
 * Captioners of published sizes beside transformers: the same folders, the same photographs, 20 words each. Times are
 * taken in turn, and the median of each is shown. SIMVLM_CAPTIONERS names a folder that `make-folders.py` has filled
 * (2.6 GB), without which one is made and thrown away; SIMVLM_FAMILIES says which of its folders are measured.
 */
export async function* benchCaptioners(options: BenchOptions): AsyncGenerator<Row> {
  const python = requirePython();
  const families = process.env.SIMVLM_FAMILIES?.split(",") ?? (options.isWhole ? WHOLE.families : Object.keys(AIMS));
  const root = process.env.SIMVLM_CAPTIONERS ?? makeFolders(python, families);
  const photos = listPhotos();
  for (const name of families) yield* measureFamily({ name, folder: join(root, name), photos, python, ...options });
}

function makeFolders(python: string, families: readonly string[]): string {
  const folder = scratchFolder();
  const { status } = spawnSync(python, [join(SCRIPTS, "make-folders.py"), folder, ...families], {
    stdio: ["ignore", 2, 2],
  });
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

interface Family extends BenchOptions {
  readonly name: string;
  readonly folder: string;
  readonly photos: readonly string[];
  readonly python: string;
}

async function* measureFamily(family: Family): AsyncGenerator<Row> {
  const { name, folder, photos, python, provider, isWhole, rounds = isWhole ? WHOLE.rounds : ROUNDS } = family;
  yield* await measureFirstCaption(family);
  // Each in a process of its own: its memory is its own.
  const startOurs = (weights: string) => startSide(process.execPath, [OURS, folder, weights, provider, ...photos]);
  const startPeer = () => startSide(python, [PEER, folder, THREADS, ...photos]);
  const sides: Sides = {
    ours: await startOurs("float32"),
    ...(provider === "cpu" && { int8: await startOurs("int8") }),
    eager: await startPeer(),
    compiled: await startPeer(),
    bfloat16: await startPeer(),
  };
  for (const [i, work] of WORKS.entries()) {
    if (isWhole && work.beams > WHOLE.mostBeams) continue;
    const { runs, sameIds } = await measureInTurn({ ...work, words: WORDS }, sides, rounds);
    const title = `${name}, ${work.pictures} × ${work.beams === 1 ? "greedy" : `${work.beams} beams`}`;
    yield compare(title, runs, { sameIds, aim: AIMS[name]?.[i], peer: sides.eager.name });
  }
  if (!isWhole) yield await measureLimits(name, sides.ours, sides.eager);
  for (const side of Object.values(sides)) await side.close();
}

type Kind = "ours" | "int8" | (typeof VARIANTS)[number];
/** Eight bits are for the processor only. */
type Sides = Readonly<Record<Exclude<Kind, "int8">, Side> & { int8?: Side }>;

async function measureInTurn(
  work: Work,
  sides: Sides,
  rounds: number,
): Promise<{ runs: Record<Kind, Run[]>; sameIds: boolean }> {
  const runs: Record<Kind, Run[]> = { ours: [], int8: [], eager: [], compiled: [], bfloat16: [] };
  const kinds = Object.keys(sides) as Kind[];
  for (const kind of kinds) sides[kind]!.forgetPeak();
  const turn = async (kind: Kind): Promise<Answer> => {
    await pause(PAUSE_MS);
    const side = sides[kind]!;
    const answer = await side.ask({ ...work, variant: kind });
    runs[kind].push({ ms: answer.ms, megabytes: side.peakMegabytes() });
    return answer;
  };
  const first = await turn("ours");
  const sameIds = JSON.stringify(first.ids) === JSON.stringify((await turn("eager")).ids);
  for (let run = 0; run < WARM_UP; run++) for (const kind of kinds) await turn(kind);
  for (const kind of kinds) runs[kind] = [];
  for (let run = 0; run < rounds; run++) for (const kind of kinds) await turn(kind);
  return { runs, sameIds };
}

/** Beside PyTorch in float32 as it is; the facts are of the other kinds. */
function compare(
  work: string,
  runs: Record<Kind, readonly Run[]>,
  { sameIds, aim, peer }: { readonly sameIds: boolean; readonly aim: number | undefined; readonly peer: string },
): Row {
  const medianOf = (kind: Kind) => Math.round(median(runs[kind].map(({ ms }) => ms)));
  const [ours, eager, compiled, bfloat16] = (["ours", ...VARIANTS] as const).map(medianOf) as [
    number,
    number,
    number,
    number,
  ];
  const int8 = runs.int8.length > 0 ? medianOf("int8") : undefined;
  return rowOf(
    work,
    runs.ours,
    { name: peer, runs: runs.eager },
    {
      ...(int8 !== undefined && { int8Ms: int8, int8Ratio: round(ours / int8) }),
      compiledMs: compiled,
      bfloat16Ms: bfloat16,
      ratioToBest: round(Math.min(eager, compiled, bfloat16) / ours),
      ...(aim !== undefined && { aim }),
      sameIds,
    },
  );
}

/** From the start of a process to its end, with one photograph: the whole command, and a script of the same. */
async function measureFirstCaption(family: Family): Promise<Row[]> {
  const { name, folder, photos, python, provider, isWhole, rounds = isWhole ? WHOLE.rounds : ROUNDS } = family;
  const weights = statSync(join(folder, "model.safetensors")).size;
  const length = ["--greedy", "--min-length", String(WORDS), "--max-length", String(WORDS)];
  const command = ["caption", photos[0]!, "--checkpoint", folder, ...length, "--provider", provider];
  const peer = { command: python, args: [PEER, folder, THREADS, photos[0]!, "--once"] };
  const [ours, int8, theirs]: [Run[], Run[], Run[]] = [[], [], []];
  for (let run = 0; run < rounds; run++) {
    ours.push(await runCommand(simvlm(...command)));
    if (provider === "cpu") int8.push(await runCommand(simvlm(...command, "--weights", "int8")));
    theirs.push(await runCommand(peer));
  }
  /** Peak memory as a multiple of the weights. */
  const timesWeights = (runs: readonly Run[]) => {
    const megabytes = Math.max(...runs.map((run) => run.megabytes ?? 0));
    return { timesWeights: round((megabytes * 1024 ** 2) / weights) };
  };
  const [beside, work] = [{ name: "transformers", runs: theirs }, `${name}, first caption of a process`];
  return [
    rowOf(work, ours, beside, timesWeights(ours)),
    ...(int8.length > 0 ? [rowOf(`${work}, eight bits`, int8, beside, timesWeights(int8))] : []),
  ];
}

async function measureLimits(name: string, ours: Side, peer: Side): Promise<Row> {
  const [mine, theirs] = [await ours.ask({ limit: "sgemm" }), await peer.ask({ limit: "sgemm" })];
  const memory = await peer.ask({ limit: "memory" });
  const facts = {
    oursGflops: Math.round(mine.rate),
    peerGflops: Math.round(theirs.rate),
    memoryGigabytesPerSecond: Math.round(memory.rate),
  };
  return { work: `${name}, float32 products and memory reads`, facts };
}

function round(number: number): number {
  return Math.round(number * 100) / 100;
}
