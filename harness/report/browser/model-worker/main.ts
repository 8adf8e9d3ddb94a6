import "./without-jspi.js"; // before the runtime
import { SimvlmError } from "@simvlm/metrics";
import { env, InferenceSession, Tensor } from "../../../assets/onnxruntime-web/ort.mjs";
import { preparePixels } from "../../../images/prepare-pixels.js";
import { cacheOutput, openPortable, type PortableCaptioner } from "../../../models/portable/open-portable.js";
import { type GraphName, WEIGHTS_FILE } from "../../../models/portable/portable-model.js";
import type { Answers, Ask, Asks, Device, Said } from "../model/messages.js";
import { findGraphics } from "./find-graphics.js";

/** The model of this worker on each device, opened when it is first asked there, and the picture that it is asked about. */
let open: (device: Device) => PortableCaptioner = () => {
  throw new Error("The model has not been opened.");
};
let pixels = new Float32Array();

addEventListener("message", ({ data }: MessageEvent<Ask>) => {
  const { id } = data;
  answer(data).then(
    (answer) => say({ id, answer }),
    (error: unknown) => say({ id, problem: problemOf(error) }),
  );
});

function say(said: Said): void {
  postMessage(said);
}

function answer({ id, name, ask }: Ask): Promise<Answers[keyof Answers]> {
  switch (name) {
    case "open":
      return start(ask);
    case "caption":
      return caption(ask, (text) => say({ id, text }));
    case "look":
      return open(ask.device).look(pixels, ask.prompt, ask.tokens);
  }
}

async function start({ description, runtime, graphs, weights }: Asks["open"]): Promise<Answers["open"]> {
  env.logLevel = "error";
  env.wasm.wasmBinary = runtime;
  env.wasm.numThreads = 1; // more need a server's headers
  const externalData = [{ path: WEIGHTS_FILE, data: weights }];
  const captioners = new Map<Device, PortableCaptioner>();
  open = (device) => {
    const openGraph = (name: GraphName) => {
      const kept = device === "webgpu" && keptOnDevice(name, Object.keys(description.cache));
      return InferenceSession.create(graphs[name], {
        executionProviders: [device],
        externalData,
        ...(kept && { preferredOutputLocation: kept }),
      });
    };
    const captioner = captioners.get(device) ?? openPortable(description, { Tensor, open: openGraph });
    captioners.set(device, captioner);
    return captioner;
  };
  return { graphics: description.precision === "float32" ? await findGraphics() : undefined };
}

/** What a graph computes for the next one stays on the graphics processor. */
function keptOnDevice(
  name: GraphName,
  cache: readonly string[],
): InferenceSession.SessionOptions["preferredOutputLocation"] {
  if (name === "encoder") return "gpu-buffer";
  if (name === "step") return Object.fromEntries(cache.map((state) => [cacheOutput(state), "gpu-buffer"]));
  return undefined;
}

function caption({ device, picture, prompt, decoding }: Asks["caption"], onText: (text: string) => void) {
  const model = open(device);
  pixels = Float32Array.from(preparePixels(picture, model.description.preparation).data);
  return model.caption(pixels, { prompt, decoding, onText });
}

function problemOf(error: unknown): string {
  if (error instanceof SimvlmError) return error.message;
  return error instanceof Error ? error.message : String(error);
}
