import { SimvlmError } from "@simvlm/metrics";
import { env, InferenceSession, Tensor } from "../../../assets/onnxruntime-web/ort.mjs";
import { preparePixels } from "../../../images/prepare-pixels.js";
import { openPortable, type PortableCaptioner } from "../../../models/portable/open-portable.js";
import { WEIGHTS_FILE } from "../../../models/portable/portable-model.js";
import type { Answers, Ask, Asks, Said } from "../model/messages.js";

/** The model of this worker, and the picture that it is asked about. */
let captioner: PortableCaptioner | undefined;
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
      return open(ask);
    case "caption":
      return caption(ask, (text) => say({ id, text }));
    case "look":
      return requireModel().look(pixels, ask.prompt, ask.tokens);
  }
}

async function open({ description, runtime, graphs, weights }: Asks["open"]): Promise<undefined> {
  env.wasm.wasmBinary = runtime;
  env.wasm.numThreads = 1; // more need a server's headers
  const externalData = [{ path: WEIGHTS_FILE, data: weights }];
  captioner = openPortable(description, {
    Tensor,
    open: (name) => InferenceSession.create(graphs[name], { executionProviders: ["wasm"], externalData }),
  });
}

function caption({ picture, prompt, decoding }: Asks["caption"], onText: (text: string) => void) {
  const model = requireModel();
  pixels = Float32Array.from(preparePixels(picture, model.description.preparation).data);
  return model.caption(pixels, { prompt, decoding, onText });
}

function requireModel(): PortableCaptioner {
  if (!captioner) throw new Error("The model has not been opened.");
  return captioner;
}

function problemOf(error: unknown): string {
  if (error instanceof SimvlmError) return error.message;
  return error instanceof Error ? error.message : String(error);
}
