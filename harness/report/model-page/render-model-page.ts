import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { SimvlmError } from "@simvlm/metrics";
import type { ImageSource } from "../../images/image-source.js";
import type { AskedShapes } from "../../models/portable/portable-model.js";
import type { VisionLanguageModel } from "../../models/vision-language-model.js";
import { Html, html, jsonForScript } from "../html.js";
import { policyOfModel } from "../policy.js";
import { browserFile } from "../script.js";
import { collectParts } from "./collect-parts.js";
import { type BesidePage, PAGE_PARTS, PART_TYPE, type PageData, partFile } from "./page-parts.js";
import { readSamples } from "./read-samples.js";

/** Bytes of a page's pieces, as they stand in it: browsers take long for more, and a string of Node.js has no room for five times as much. */
const LARGEST = 100e6;

/** What is said of a model's page. */
export interface ModelPageOptions {
  /** Default: the name of the model's folder. */
  readonly title?: string | undefined;
  /** What readers should know of the model, such as what it was trained on. Default nothing. */
  readonly about?: string | undefined;
  /** Pictures to try. Default none. */
  readonly samples?: readonly ImageSource[] | undefined;
  /** Links above the heading, for a page that is part of a site. Default none. */
  readonly links?: readonly { readonly text: string; readonly address: string }[];
}

/** A page and the files of the folder that lies beside it. */
export interface ModelPageBeside {
  readonly page: string;
  readonly files: readonly (readonly [name: string, content: Uint8Array])[];
}

/**
 * One HTML file that runs the model on its reader's pictures, offline: graphs, weights, tokenizer and ONNX Runtime are in
 * it. The same model gives the same bytes.
 * @param asked what differs from the usual shapes
 * @throws SimvlmError `no-page` for a family that has no portable graphs; `page-too-large`; what making graphs and reading
 * samples throws
 */
export async function renderModelPage(
  model: VisionLanguageModel,
  asked: AskedShapes = {},
  options: ModelPageOptions = {},
): Promise<string> {
  const samples = await readSamples(options.samples, model.preparation);
  const { description, parts: collected } = await collectParts(model, asked);
  const { weights, ...others } = collected;
  const parts = { ...others, weights: await promisify(gzip)(weights) };
  const inBase64 = samples.reduce((sum, { base64 }) => sum + base64.length, 0);
  const size = inBase64 + (4 / 3) * Object.values(parts).reduce((sum, { length }) => sum + length, 0);
  if (size > LARGEST) {
    throw new SimvlmError(
      "page-too-large",
      `The page would have ${Math.round(size / 1e6)} MB, more than ${LARGEST / 1e6}. Keep its pieces beside it with ` +
        "--beside, or make them smaller with --weights int8.",
    );
  }
  const elements = PAGE_PARTS.map((name) => {
    const text = new Html(Buffer.from(parts[name]).toString("base64"));
    return html`<script type="${PART_TYPE}" data-part="${name}">${text}</script>
`;
  });
  return renderDocument({ description, samples }, elements, options);
}

/**
 * The same for models of any size: the page, and files that it asks its server for. It takes no others than these.
 * @param folder what the folder of the files is called, which lies beside the page
 * @throws SimvlmError as {@link renderModelPage}, but for `page-too-large`
 */
export async function renderModelPageBeside(
  model: VisionLanguageModel,
  folder: string,
  asked: AskedShapes = {},
  options: ModelPageOptions = {},
): Promise<ModelPageBeside> {
  const samples = await readSamples(options.samples, model.preparation);
  const { description, parts } = await collectParts(model, asked);
  const hashes = PAGE_PARTS.map((name) => [name, hashPart(parts[name])]);
  const beside: BesidePage = { folder, hashes: Object.fromEntries(hashes) };
  return {
    page: renderDocument({ description, beside, samples }, [], options),
    files: PAGE_PARTS.map((name) => [partFile(name), parts[name]]),
  };
}

/** As browsers compare it. */
function hashPart(part: Uint8Array): string {
  return `sha256-${createHash("sha256").update(part).digest("base64")}`;
}

function renderDocument(
  data: PageData,
  elements: readonly Html[],
  { title = data.description.source, about, links = [] }: ModelPageOptions,
): string {
  const script = browserFile("model", "js");
  const style = browserFile("model", "css");
  const policy = policyOfModel(script.markup, style.markup, { asks: data.beside !== undefined });
  return html`<!doctype html>
<html lang="en" class="simvlm-page">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
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
<p>The model is in ${data.beside ? "files beside this one" : "this file"} and computes in this browser. Attention is shown for each word that it says.</p>
${
  about &&
  html`<p>${about}</p>
`
}<noscript><p>Scripts are switched off, and the model is one: nothing can be asked here.</p></noscript>
<div data-model>
<script type="application/json">${jsonForScript(data)}</script>
</div>
</main>
${elements}<script>${script}</script>
</body>
</html>
`.markup;
}
