import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { SimvlmError } from "@simvlm/metrics";
import { assetPath } from "../../files/asset.js";
import { readBytes } from "../../files/bytes.js";
import { chooseShapes } from "../../models/portable/choose-shapes.js";
import { describePortable } from "../../models/portable/describe-portable.js";
import type { AskedShapes } from "../../models/portable/portable-model.js";
import type { VisionLanguageModel } from "../../models/vision-language-model.js";
import { Html, html, jsonForScript } from "../html.js";
import { policyOfModel } from "../policy.js";
import { browserFile } from "../script.js";
import { PART_TYPE, type PagePart } from "./page-parts.js";

/** ONNX Runtime for browsers, compressed; its README says where it comes from. */
const RUNTIME = "ort-wasm-simd-threaded.wasm.gz";

const compress = promisify(gzip);

/** What is said of a model's page. */
export interface ModelPageOptions {
  /** Default: the name of the model's folder. */
  readonly title?: string | undefined;
  /** Links above the heading, for a page that is part of a site. Default none. */
  readonly links?: readonly { readonly text: string; readonly address: string }[];
}

/**
 * One HTML file that runs the model on its reader's pictures, offline: graphs, weights, tokenizer and ONNX Runtime are in
 * it. The same model gives the same bytes.
 * @param asked what differs from the usual shapes
 * @throws SimvlmError `no-page` for a family that has no portable graphs; what making these throws
 */
export async function renderModelPage(
  model: VisionLanguageModel,
  asked: AskedShapes = {},
  { title: heading, links = [] }: ModelPageOptions = {},
): Promise<string> {
  if (!model.makePortable) {
    throw new SimvlmError("no-page", `${model.source} cannot be put into a page: its family does not say how.`);
  }
  const shapes = chooseShapes(model, asked);
  const made = await model.makePortable(shapes);
  const description = describePortable(model, shapes, made);
  const title = heading ?? description.source;
  const worker = Buffer.from(browserFile("model-worker", "js").markup);
  const parts: Readonly<Record<PagePart, Uint8Array>> = {
    worker: await compress(worker),
    runtime: await readBytes(assetPath("onnxruntime-web", RUNTIME)),
    encoder: await compress(made.graphs.encoder),
    step: await compress(made.graphs.step),
    attention: await compress(made.graphs.attention),
    weights: await compress(made.weights),
  };
  const script = browserFile("model", "js");
  const style = browserFile("model", "css");
  return html`<!doctype html>
<html lang="en" class="simvlm-page">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policyOfModel(script.markup, style.markup)}">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
${
  links.length > 0 &&
  html`<nav>${links.map(({ text, address }) => html`<a href="${address}">${text}</a> `)}</nav>
`
}<main>
<h1>${title}</h1>
<p>The model is in this file and computes in this browser. Attention is shown for each word that it says.</p>
<noscript><p>Scripts are switched off, and the model is one: nothing can be asked here.</p></noscript>
<div data-model>
<script type="application/json">${jsonForScript(description)}</script>
</div>
</main>
${Object.entries(parts).map(
  ([
    name,
    bytes,
  ]) => html`<script type="${PART_TYPE}" data-part="${name}">${new Html(Buffer.from(bytes).toString("base64"))}</script>
`,
)}<script>${script}</script>
</body>
</html>
`.markup;
}
