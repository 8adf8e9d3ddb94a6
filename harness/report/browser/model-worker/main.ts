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

/** Questions are answered in turn. While a graphics processor computes, this worker hears the next ones. */
let last: Promise<void> = Promise.resolve();
/** The last caption that was asked for: others end at their next word. */
let newest = -1;

addEventListener("message", ({ data }: MessageEvent<Ask>) => {
  const { id, name: question } = data;
  if (question === "caption") newest = id;
  last = last
    .then(() => answer(data))
    .then(
      (answer) => say({ id, answer }),
      (error: unknown) => say(error === SUPERSEDED ? { id, isSuperseded: true } : { id, problem: problemOf(error) }),
    );
});

const SUPERSEDED = new Error("Another caption was asked for.");

function requireNewest(id: number): void {
  if (id !== newest) throw SUPERSEDED;
}

function say(said: Said): void {
  postMessage(said);
}

async function answer({ id, name, ask }: Ask): Promise<Answers[keyof Answers]> {
  switch (name) {
    case "open":
      return start(ask);
    case "caption":
      return caption(id, ask);
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

function caption(id: number, { device, picture, prompt, decoding }: Asks["caption"]): Promise<Answers["caption"]> {
  requireNewest(id);
  const model = open(device);
  pixels = Float32Array.from(preparePixels(picture, model.description.preparation).data);
  const onText = (text: string) => {
    requireNewest(id);
    say({ id, text });
  };
  return model.caption(pixels, { prompt, decoding, onText });
}

function problemOf(error: unknown): string {
  if (error instanceof SimvlmError) return error.message;
  return error instanceof Error ? error.message : String(error);
}
