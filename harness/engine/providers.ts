import { SimvlmError } from "@simvlm/metrics";
import { env, InferenceSession, listSupportedBackends, Tensor } from "onnxruntime-node";
import { writeModel } from "./onnx-writer.js";
import { firstLine, type Probe } from "./select-backend.js";
import { Graph } from "./trace/graph.js";

/**
 * The execution providers of ONNX Runtime that the engine knows. Which of them work depends on the machine;
 * {@link probeProviders} tries them.
 */
export const PROVIDERS = ["cpu", "webgpu", "cuda", "coreml", "dml"] as const;

/** An execution provider of ONNX Runtime: what runs a compiled graph. */
export type Provider = (typeof PROVIDERS)[number];

/** What ONNX Runtime has to say it says in the errors it throws; on the terminal it would come twice. */
env.logLevel = "fatal";

const REMEDY: Readonly<Record<Provider, string>> = {
  cpu: "reinstall onnxruntime-node",
  webgpu:
    "a GPU with a driver for Vulkan (Linux: the packages libvulkan1 and mesa-vulkan-drivers, or the vendor's own), " +
    "Direct3D 12 or Metal; without a GPU, VK_DRIVER_FILES=/usr/lib/chromium/vk_swiftshader_icd.json of Debian's " +
    "package chromium is a slow one in software",
  cuda: "Linux with an NVIDIA GPU, CUDA 12 and cuDNN 9, then: ONNXRUNTIME_NODE_INSTALL=cuda12 node node_modules/onnxruntime-node/script/install.js",
  coreml: "macOS",
  dml: "Windows",
};

/** The providers that the installed onnxruntime-node was built with, whether or not they find their device. */
export function builtProviders(): Provider[] {
  const built = new Set(listSupportedBackends().map(({ name }) => name));
  return PROVIDERS.filter((provider) => built.has(provider));
}

/**
 * The provider of this name, if it can be asked for.
 * @throws SimvlmError `provider` when the installed onnxruntime-node lacks it
 */
export function requireProvider(provider: string): Provider {
  const built = builtProviders().find((name) => name === provider);
  if (built) return built;
  throw missingProvider(provider, "is not in the installed onnxruntime-node");
}

/** The error for a provider that cannot be used: what is wrong with it, and which ones there are instead. */
export function missingProvider(provider: string, problem: string, cause?: unknown): SimvlmError {
  const remedy = REMEDY[provider as Provider];
  return new SimvlmError(
    "provider",
    `The provider "${provider}" ${problem}. On ${process.platform}-${process.arch} there are: ` +
      `${builtProviders().join(", ")} (\`simvlm doctor\` says which of them run).${remedy ? ` It needs ${remedy}.` : ""}`,
    { cause },
  );
}

/** What ONNX Runtime complains of, without the line of its own source that found it. */
export function problemOf(error: unknown): string {
  return firstLine(error).replace(/^\/onnxruntime_src.* was false\. /, "");
}

/** Tries an addition on every provider, for `simvlm doctor`. */
export async function probeProviders(): Promise<Probe<Provider>[]> {
  const probes: Probe<Provider>[] = [];
  for (const name of PROVIDERS) probes.push(await probeProvider(name));
  return probes;
}

/** Tries whether a provider can add two numbers on this machine. */
export async function probeProvider(name: Provider): Promise<Probe<Provider>> {
  if (!builtProviders().includes(name)) {
    const detail = `not in onnxruntime-node for ${process.platform}-${process.arch}`;
    return { name, works: false, detail, remedy: REMEDY[name] };
  }
  try {
    const graph = new Graph();
    const x = graph.input("x", [1], "float32");
    const model = writeModel(graph, [["sum", graph.emit("Add", [x, x], [1])]]);
    const session = await InferenceSession.create(model, { executionProviders: [name] });
    const { sum } = await session.run({ x: new Tensor("float32", [1], [1]) });
    await session.release();
    if (sum?.data[0] !== 2) throw new Error(`it computes 1 + 1 = ${sum?.data[0]}`);
    return { name, works: true, detail: "ONNX Runtime" };
  } catch (error) {
    return { name, works: false, detail: problemOf(error), remedy: REMEDY[name] };
  }
}
