import { realpath, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { requireFile } from "../files/open-file.js";
import { readText } from "../files/text.js";
import { PAGE_PARTS, partFile, partFolder } from "../report/model-page/page-parts.js";
import { liesIn } from "./find-runs.js";
import { type Answer, type LocalServer, openLocalSite } from "./local-site.js";
import { messagePage } from "./message-page.js";

/**
 * Serves a model's page and its pieces to the reader at this machine: these files and no other.
 * @param port default 0: one that is free
 * @throws SimvlmError `missing-file` for a page without its pieces, `cannot-listen`
 */
export async function serveModelPage(page: string, port = 0): Promise<LocalServer> {
  await requireFile(page);
  await findPiece(folderOf(page), partFile("weights"));
  const pieces = answerPieces(page);
  return openLocalSite(port, async (path): Promise<Answer> => {
    if (path === "") return answerModel(page);
    return (await pieces(path)) ?? notHere("Only the model's page is here.");
  });
}

/** The page itself. */
export async function answerModel(page: string): Promise<Answer> {
  return { status: 200, page: await readText(page), asks: true, computes: true };
}

/** What the pieces of a page are answered with, by their addresses seen from the page; undefined for any other. */
export function answerPieces(page: string): (path: string) => Promise<Answer | undefined> {
  const folder = folderOf(page);
  const files = PAGE_PARTS.map(partFile);
  const addresses = new Map(files.map((name) => [`${encodeURIComponent(basename(folder))}/${name}`, name]));
  return async (path) => {
    const name = addresses.get(path);
    return name === undefined ? undefined : findPiece(folder, name);
  };
}

/** @param told what there is */
export function notHere(told: string): Answer {
  return { status: 404, page: messagePage("There is no such page", told, false) };
}

function folderOf(page: string): string {
  return join(dirname(page), partFolder(basename(page)));
}

/** @throws SimvlmError `missing-file` */
async function findPiece(folder: string, name: string): Promise<Extract<Answer, { readonly file: string }>> {
  const [inside, file] = await Promise.all([folder, join(folder, name)].map((path) => realpath(path).catch(() => "")));
  const found = file && inside && liesIn([inside], file) ? await stat(file) : undefined;
  if (found?.isFile()) return { file: file!, size: found.size };
  throw new SimvlmError(
    "missing-file",
    `${join(folder, name)}, a piece of the page, is not there. Write the page again.`,
  );
}
