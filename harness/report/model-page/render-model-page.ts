import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { SimvlmError } from "@simvlm/metrics";
import type { AskedShapes } from "../../models/portable/portable-model.js";
import type { VisionLanguageModel } from "../../models/vision-language-model.js";
import { Html, html, jsonForScript } from "../html.js";
import { policyOfModel } from "../policy.js";
import { browserFile } from "../script.js";
import { collectParts, type PageContent } from "./collect-parts.js";
import { type BesidePage, PAGE_PARTS, PART_TYPE, partFile } from "./page-parts.js";

/** Bytes of a page's pieces, as they stand in it: browsers take long for more, and a string of Node.js has no room for five times as much. */
const LARGEST = 100e6;

/** What is said of a model's page. */
export interface ModelPageOptions {
  /** Default: the name of the model's folder. */
  readonly title?: string | undefined;
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
 * @throws SimvlmError `no-page` for a family that has no portable graphs; `page-too-large`; what making graphs throws
 */
export async function renderModelPage(
  model: VisionLanguageModel,
  asked: AskedShapes = {},
  options: ModelPageOptions = {},
): Promise<string> {
  const content = await collectParts(model, asked);
  const { weights, ...others } = content.parts;
  const parts = { ...others, weights: await promisify(gzip)(weights) };
  const size = (4 / 3) * Object.values(parts).reduce((sum, { length }) => sum + length, 0);
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
  return renderDocument(content, undefined, elements, options);
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
  const content = await collectParts(model, asked);
  const hashes = PAGE_PARTS.map((name) => [name, hashPart(content.parts[name])]);
  const beside: BesidePage = { folder, hashes: Object.fromEntries(hashes) };
  return {
    page: renderDocument(content, beside, [], options),
    files: PAGE_PARTS.map((name) => [partFile(name), content.parts[name]]),
  };
}

/** As browsers compare it. */
function hashPart(part: Uint8Array): string {
  return `sha256-${createHash("sha256").update(part).digest("base64")}`;
}

function renderDocument(
  { description }: PageContent,
  beside: BesidePage | undefined,
  elements: readonly Html[],
  { title = description.source, links = [] }: ModelPageOptions,
): string {
  const script = browserFile("model", "js");
  const style = browserFile("model", "css");
  const policy = policyOfModel(script.markup, style.markup, { asks: beside !== undefined });
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
<p>The model is in ${beside ? "files beside this one" : "this file"} and computes in this browser. Attention is shown for each word that it says.</p>
<noscript><p>Scripts are switched off, and the model is one: nothing can be asked here.</p></noscript>
<div data-model>
<script type="application/json">${jsonForScript({ description, ...(beside && { beside }) })}</script>
</div>
</main>
${elements}<script>${script}</script>
</body>
</html>
`.markup;
}
