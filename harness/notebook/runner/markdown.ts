import { readFileSync, statSync } from "node:fs";
import { extname } from "node:path";
import MarkdownIt from "markdown-it";
import { fileInside } from "../../files/inside.js";
import { Html } from "../../report/html.js";
import { highlightCode } from "./highlight.js";
import type { Cell } from "./notebook-file.js";

const IMAGE_TYPES: Readonly<Record<string, string>> = {
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".gif": "image/gif",
  ".webp": "image/webp",
};

/** Of a picture that a page embeds. */
const MOST_BYTES = 2 ** 26;

type Attachments = Extract<Cell, { cell_type: "markdown" }>["attachments"];

/** Tags in the text are shown as text: only what we write ourselves is markup. */
const markdown = new MarkdownIt({
  html: false,
  linkify: false,
  highlight: (code, language) => highlightCode(code, language).markup,
});

/** Finds a picture's data by the name that the text has for it. */
type FindImage = (name: string) => string | undefined;

const renderImage = markdown.renderer.rules.image!;
markdown.renderer.rules.image = (tokens, index, options, environment, renderer) => {
  const token = tokens[index]!;
  const findImage = environment?.findImage as FindImage;
  const source = findImage(decodeAddress(String(token.attrGet("src"))));
  if (source !== undefined) token.attrSet("src", source);
  return renderImage(tokens, index, options, environment, renderer);
};

/**
 * The text of a Markdown cell as markup with its pictures embedded: attachments, and files in or below the notebook's
 * folder.
 *
 * @param folder the notebook's folder
 */
export function renderMarkdown(source: string, folder: string, attachments: Attachments): Html {
  const findImage: FindImage = (name) =>
    name.startsWith("attachment:") ? findAttachment(name, attachments) : readPicture(name, folder);
  return new Html(markdown.render(source, { findImage }));
}

function findAttachment(name: string, attachments: Attachments): string | undefined {
  const key = name.slice("attachment:".length);
  const [type, data] = (attachments && Object.hasOwn(attachments, key) && Object.entries(attachments[key]!)[0]) || [];
  return type?.startsWith("image/") && typeof data === "string" ? `data:${type};base64,${data.trim()}` : undefined;
}

/** The name that an address stands for; one whose escapes mean nothing is taken as it is written. */
function decodeAddress(address: string): string {
  try {
    return decodeURI(address);
  } catch {
    return address;
  }
}

/** A picture that cannot be read stays a link, as in the notebook. */
function readPicture(name: string, folder: string): string | undefined {
  const type = IMAGE_TYPES[extname(name).toLowerCase()];
  if (type === undefined || /^[a-z]+:/i.test(name)) return undefined;
  try {
    const path = fileInside(folder, name, "a markdown cell");
    const found = statSync(path);
    // A device or a pipe behind a link would never end.
    if (!found.isFile() || found.size > MOST_BYTES) return undefined;
    return `data:${type};base64,${readFileSync(path).toString("base64")}`;
  } catch {
    return undefined;
  }
}
