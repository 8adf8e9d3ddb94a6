import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { SimvlmError, VERSION } from "@simvlm/metrics";
import type sharp from "sharp";
import { measureText } from "../attention/typeset.js";
import type { Probe } from "../engine/select-backend.js";
import { requirePackage } from "../optional-packages.js";
import { formatJson } from "../terminal/json.js";
import { print, printData } from "../terminal/streams.js";
import type { ProbeName } from "./doctor-probes.js";

/** What was found out about one thing that a command may need. */
interface Finding extends Probe<string> {
  readonly part: string;
  /** Whether the program is of no use without it. */
  readonly needed: boolean;
}

const EXAMPLES = `
Examples:
  $ simvlm doctor
  $ simvlm doctor --json

Exit code 2: something that the program, models or pictures need is missing. Scoring, running files of predictions or
endpoints, comparing and verifying need Node.js alone.`;

/** `simvlm doctor` */
export function createDoctorCommand(): CommandUnknownOpts {
  return new Command("doctor")
    .description("Say what works on this machine, what is missing and how to get it.")
    .option("--json", 'print {"version", "platform", "findings"}', false)
    .addHelpText("after", EXAMPLES)
    .action(({ json }) => runDoctor(json));
}

/** What each part is for, and what of it simvlm cannot do without. */
const PARTS: readonly {
  readonly part: string;
  readonly needed: readonly string[];
  readonly probe: () => Promise<readonly Probe<string>[]>;
}[] = [
  { part: "program", needed: ["node"], probe: async () => [probeNode()] },
  { part: "tfjs backends (eager work)", needed: ["cpu"], probe: () => probeApart("backends") },
  { part: "ONNX Runtime providers (--provider)", needed: ["cpu"], probe: () => probeApart("providers") },
  { part: "pictures", needed: ["sharp", "text in figures"], probe: async () => [await probeSharp(), probeTypeset()] },
  { part: "for benchmarks only", needed: [], probe: probePython },
];

async function runDoctor(json: boolean): Promise<void> {
  const probed = await Promise.all(
    PARTS.map(async ({ part, needed, probe }) =>
      (await probe()).map((found): Finding => ({ part, needed: needed.includes(found.name), ...found })),
    ),
  );
  const findings = probed.flat();
  const platform = `${process.platform}-${process.arch}`;
  if (json) await printData(`${formatJson({ version: VERSION, platform, findings }, 2)}\n`);
  else await print(format(platform, findings));
  const missing = findings.filter(({ works, needed }) => needed && !works).map(({ name }) => name);
  if (missing.length > 0) {
    throw new SimvlmError(
      "doctor",
      `not everything works here: ${[...new Set(missing)].join(", ")}; what to do about it is shown above.`,
    );
  }
}

function format(platform: string, findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ name }) => name.length));
  const lines = findings.flatMap(({ part, name, works, needed, detail, remedy }, i) => [
    ...(findings[i - 1]?.part === part ? [] : ["", part]),
    `  ${works ? "ok     " : needed ? "MISSING" : "absent "}  ${name.padEnd(width)}  ${detail.replaceAll("\n", " ")}`,
    ...(remedy ? [`           ${" ".repeat(width)}  to get it: ${remedy}`] : []),
  ]);
  return [`simvlm ${VERSION} on ${platform}`, ...lines].join("\n");
}

const run = promisify(execFile);
const PATIENCE_MS = 60_000;

/** Probes in a process of its own, see doctor-probes.ts. */
async function probeApart(what: ProbeName): Promise<Probe<string>[]> {
  const script = fileURLToPath(new URL("./doctor-probes.js", import.meta.url));
  try {
    const { stdout } = await run(process.execPath, [script, what], { timeout: PATIENCE_MS });
    return JSON.parse(stdout) as Probe<string>[];
  } catch (error) {
    const { signal, stderr } = error as { signal?: string; stderr?: string };
    const reason = signal ? `killed by ${signal}` : (stderr?.trim().split("\n")[0] ?? "no reason given");
    return [
      { name: "cpu", works: false, detail: `trying them failed: ${reason}`, remedy: "npm ci, or reinstall simvlm" },
    ];
  }
}

const LEAST_NODE = [20, 19] as const;

function probeNode(): Probe<string> {
  const [major, minor] = process.versions.node.split(".").map(Number) as [number, number];
  const works = major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1]);
  const remedy = `Node.js ${LEAST_NODE.join(".")} or later, from nodejs.org or your system's packages`;
  return { name: "node", works, detail: process.versions.node, ...(!works && { remedy }) };
}

async function probeSharp(): Promise<Probe<string>> {
  try {
    const create = requirePackage<typeof sharp>("sharp");
    const pixel = { width: 1, height: 1, channels: 3 as const };
    await create({ create: { ...pixel, background: "white" } })
      .jpeg()
      .toBuffer();
    return { name: "sharp", works: true, detail: `${create.versions.sharp}, libvips ${create.versions.vips}` };
  } catch (error) {
    return { name: "sharp", works: false, ...describeFailure(error, "reinstall sharp") };
  }
}

/** What is missing because it was left out is added by the command that the error names; reinstalling leaves it out again. */
export function describeFailure(error: unknown, remedy: string): Pick<Probe<string>, "detail" | "remedy"> {
  const leftOut = error instanceof SimvlmError && error.code === "missing-package";
  return { detail: (error as Error).message, remedy: leftOut ? "the command above" : remedy };
}

/** Figures bring their own glyphs: whether the machine has fonts does not matter. */
function probeTypeset(): Probe<string> {
  const name = "text in figures";
  try {
    const works = measureText("a", 10) > 0;
    return { name, works, detail: "Noto Sans is included (Latin, Greek, Cyrillic); no fonts need to be installed" };
  } catch (error) {
    return { name, works: false, ...describeFailure(error, "reinstall simvlm") };
  }
}

/** Debian's python3-torch is seen by Debian's Python, which may not be the first in the path. */
const PYTHONS = ["/usr/bin/python3", "python3"];
const PRINT_VERSIONS = "import sys, torch; print(sys.version.split()[0], torch.__version__)";

async function probePython(): Promise<Probe<string>[]> {
  const name = "PyTorch";
  const remedy = "apt-get install python3-torch libopenblas0-pthread, or pip install torch";
  for (const python of PYTHONS) {
    try {
      const { stdout } = await run(python, ["-c", PRINT_VERSIONS], { timeout: PATIENCE_MS });
      const [version, torch] = stdout.trim().split(" ");
      return [{ name, works: true, detail: `${torch} in ${python} ${version}` }];
    } catch {
      // Another Python may have it.
    }
  }
  return [{ name, works: false, detail: `none of ${PYTHONS.join(", ")} can import torch`, remedy }];
}
