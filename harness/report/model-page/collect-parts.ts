import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { SimvlmError } from "@simvlm/metrics";
import { assetPath } from "../../files/asset.js";
import { readBytes } from "../../files/bytes.js";
import { chooseShapes } from "../../models/portable/choose-shapes.js";
import { describePortable } from "../../models/portable/describe-portable.js";
import type { AskedShapes, PortableDescription } from "../../models/portable/portable-model.js";
import type { VisionLanguageModel } from "../../models/vision-language-model.js";
import { browserFile } from "../script.js";
import type { PagePart } from "./page-parts.js";

/** ONNX Runtime for browsers, compressed; its README says where it comes from. */
const RUNTIME = "ort-wasm-simd-threaded.jspi.wasm.gz";

const compress = promisify(gzip);

/** What a model's page is made of. */
export interface PageContent {
  readonly description: PortableDescription;
  /** As gzip, but for the weights, which hardly become smaller. */
  readonly parts: Readonly<Record<PagePart, Uint8Array>>;
}

/**
 * A model's graphs and weights, and the programs that run them.
 * @param asked what differs from the usual shapes
 * @throws SimvlmError `no-page` for a family that has no portable graphs; what making these throws
 */
export async function collectParts(model: VisionLanguageModel, asked: AskedShapes): Promise<PageContent> {
  if (!model.makePortable) {
    throw new SimvlmError("no-page", `${model.source} cannot be put into a page: its family does not say how.`);
  }
  const shapes = chooseShapes(model, asked);
  const made = await model.makePortable(shapes);
  return {
    description: describePortable(model, shapes, made),
    parts: {
      worker: await compress(Buffer.from(browserFile("model-worker", "js").markup)),
      runtime: await readBytes(assetPath("onnxruntime-web", RUNTIME)),
      encoder: await compress(made.graphs.encoder),
      step: await compress(made.graphs.step),
      attention: await compress(made.graphs.attention),
      weights: made.weights,
    },
  };
}
