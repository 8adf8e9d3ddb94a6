import "./cpu-backend.js";
import { SimvlmError } from "@simvlm/metrics";
import * as tf from "@tensorflow/tfjs-core";

/** The backends of tfjs that can be chosen, fastest first: {@link selectBackend} takes the first that runs. */
export const BACKENDS = ["tensorflow", "wasm", "cpu"] as const;

/** A backend of tfjs: what computes tensors eagerly, operation by operation. */
export type BackendName = (typeof BACKENDS)[number];

/** Whether something runs on this machine, and what to do if it does not. */
export interface Probe<Name extends string> {
  readonly name: Name;
  readonly works: boolean;
  /** What it is if it works, what is wrong if it does not. */
  readonly detail: string;
  /** What to do to make it work; absent if it works. */
  readonly remedy?: string;
}

/** Packages that bring TensorFlow's own library, the one with a GPU first. Users add them by hand. */
const TENSORFLOW_PACKAGES = ["@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-node"];

const REMEDY: Readonly<Record<BackendName, string>> = {
  tensorflow:
    "npm install @tensorflow/tfjs-node@4.22 (or tfjs-node-gpu); it downloads libtensorflow and needs Node 22 or older",
  wasm: "reinstall @tensorflow/tfjs-backend-wasm",
  cpu: "reinstall @tensorflow/tfjs-backend-cpu",
};

/** Loads what each backend needs, and says what it is. */
const LOAD: Readonly<Record<BackendName, () => Promise<string>>> = {
  tensorflow: loadTensorflow,
  wasm: async () => {
    await import("@tensorflow/tfjs-backend-wasm");
    return "WebAssembly, one thread";
  },
  cpu: async () => "plain JavaScript",
};

async function loadTensorflow(): Promise<string> {
  const failures: string[] = [];
  for (const name of TENSORFLOW_PACKAGES) {
    try {
      await import(name);
      // danfojs-node is given plain tfjs under one of these names (notebooks/stand-ins): that brings no such backend.
      if (tf.findBackendFactory("tensorflow")) return `TensorFlow's own library by ${name}`;
      failures.push(`${name} is not installed`);
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === "ERR_MODULE_NOT_FOUND";
      failures.push(`${name} ${missing ? "is not installed" : `does not load (${firstLine(error)})`}`);
    }
  }
  throw new Error(failures.join(", "));
}

/** The first line of an error's message. */
export function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.trim().split("\n")[0]!;
}

/** Tries whether a backend loads and multiplies; tfjs is left on it when it does. */
async function tryBackend(name: BackendName): Promise<Probe<BackendName>> {
  try {
    const detail = await LOAD[name]();
    if (!(await tf.setBackend(name))) throw new Error("tfjs could not start it");
    const four = tf.tidy(() => tf.matMul(tf.fill([1, 2], 2), tf.ones([2, 1])).dataSync()[0]);
    if (four !== 4) throw new Error(`it computes 2 + 2 = ${four}`);
    return { name, works: true, detail };
  } catch (error) {
    return { name, works: false, detail: firstLine(error), remedy: REMEDY[name] };
  }
}

/** Tries every backend, for `simvlm doctor`. Afterwards tfjs is back on the backend it was on. */
export async function probeBackends(): Promise<Probe<BackendName>[]> {
  await tf.ready();
  const previous = tf.getBackend();
  const probes: Probe<BackendName>[] = [];
  for (const name of BACKENDS) probes.push(await tryBackend(name));
  await tf.setBackend(previous);
  return probes;
}

/** Which backend is wanted, and where the choice is reported. */
export interface SelectOptions {
  /** The backend to use and no other; default the value of SIMVLM_BACKEND, and without that the fastest that runs. */
  readonly backend?: string | undefined;
  /** Called with one line that names the choice and its reason; default: the line goes to standard error. */
  readonly print?: (line: string) => void;
}

/**
 * Sets the tfjs backend for eager work: the fastest that runs here, or the one asked for.
 * @throws SimvlmError `backend` when the one asked for is unknown or does not run
 */
export async function selectBackend({
  backend = process.env.SIMVLM_BACKEND,
  print = (line) => process.stderr.write(`${line}\n`),
}: SelectOptions = {}): Promise<BackendName> {
  if (backend) return requireBackend(backend, print);
  const rejected: string[] = [];
  for (const name of BACKENDS) {
    const probe = await tryBackend(name);
    if (probe.works) {
      const others = rejected.length > 0 ? `; not ${rejected.join("; not ")}` : "";
      print(`tfjs backend ${name} (${probe.detail})${others}`);
      return name;
    }
    rejected.push(`${name}: ${probe.detail}`);
  }
  throw new SimvlmError("backend", `No tfjs backend runs here: ${rejected.join("; ")}.`);
}

async function requireBackend(asked: string, print: (line: string) => void): Promise<BackendName> {
  const name = BACKENDS.find((known) => known === asked);
  const probe = name && (await tryBackend(name));
  if (probe?.works) {
    print(`tfjs backend ${probe.name} (${probe.detail}), as asked for`);
    return probe.name;
  }
  const problem = probe ? `does not run here: ${probe.detail} (${probe.remedy})` : "is not known";
  const working = (await probeBackends()).filter(({ works }) => works).map((each) => each.name);
  throw new SimvlmError(
    "backend",
    `The tfjs backend "${asked}" ${problem}. These work: ${working.join(", ")}; ` +
      "set SIMVLM_BACKEND to one of these, or leave it unset for the fastest.",
  );
}
