import { realpath, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { readText } from "../files/text.js";
import { findData, openReport } from "../report/document/file.js";
import { isBeside, placeBeside } from "../report/picture-address.js";
import { liesIn } from "./find-runs.js";
import { type Answer, type LocalServer, openLocalSite } from "./local-site.js";
import { answerModel, answerPieces, notHere } from "./model-site.js";

const ONLY = "Only the report is here, with the pictures and models' pages beside it that it shows.";

/** Whether a page is a report. */
export async function isReport(page: string): Promise<boolean> {
  return findData(await readText(page)) >= 0;
}

/**
 * Serves a report to the reader at this machine, and of what lies beside it the pictures that it shows and the models'
 * pages that it links to: these files and no other.
 * @param port default 0: one that is free
 * @throws SimvlmError what `openReport` throws, `cannot-listen`
 */
export async function serveReportPage(page: string, port = 0): Promise<LocalServer> {
  const { data } = await openReport(page);
  const home = dirname(page);
  const pictures = new Set(Object.values(data.pictures).filter(isBeside));
  const models = new Map(
    data.runs.flatMap(({ tryPage }) =>
      tryPage ? [[encodeURIComponent(tryPage.file), join(home, tryPage.file)] as const] : [],
    ),
  );
  const pieces = [...models.values()].map(answerPieces);
  return openLocalSite(port, async (path): Promise<Answer> => {
    if (path === "") return { status: 200, page: await readText(page), showsFiles: pictures.size > 0 };
    if (pictures.has(path)) return (await findPicture(home, path)) ?? notHere(ONLY);
    const model = models.get(path);
    if (model !== undefined) return answerModel(model);
    for (const answer of pieces) {
      const found = await answer(path);
      if (found) return found;
    }
    return notHere(ONLY);
  });
}

/** What a link leads to elsewhere is not there. */
async function findPicture(home: string, address: string): Promise<Answer | undefined> {
  const { folder, file } = placeBeside(address);
  const place = join(home, folder);
  const [inside, path] = await Promise.all([place, join(place, file)].map((each) => realpath(each).catch(() => "")));
  const found = path && inside && liesIn([inside], path) ? await stat(path) : undefined;
  return found?.isFile() ? { file: path!, size: found.size, type: "image/jpeg" } : undefined;
}
