import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { findRun, type LoadedRun } from "../../compare/load-runs.js";
import { hashFile } from "../../files/hash.js";
import { requireFile } from "../../files/open-file.js";
import { readText } from "../../files/text.js";
import { isModelPage } from "../model-page/page-parts.js";
import type { ReportData, TryPage } from "./data.js";
import type { Finding } from "./finding.js";

/** The name of a page that can be linked to. */
const PAGE = /^[^/\\]+\.html?$/i;

/**
 * Pages that run models, by the label of the run whose model it is.
 * @param paths by the folder or label of a run
 * @throws SimvlmError `unknown-run`, `not-a-page`, and what reading a file throws
 */
export async function findTryPages(
  runs: readonly LoadedRun[],
  paths: Readonly<Record<string, string>>,
): Promise<Map<string, TryPage>> {
  const found = new Map<string, TryPage>();
  for (const [name, path] of Object.entries(paths)) {
    const { label } = runs[findRun(runs, name, { code: "unknown-run", what: "the run" })]!;
    const file = basename(resolve(path));
    if (!PAGE.test(file) || !isModelPage(await readText(path))) {
      throw new SimvlmError("not-a-page", `${path} does not run a model. Write such a page with \`simvlm page\`.`);
    }
    found.set(label, { file, sha256: await hashFile(path) });
  }
  return found;
}

/** Whether the pages that a report links to are those that were beside it. @param home the report's folder */
export async function checkTryPages({ runs }: Pick<ReportData, "runs">, home: string): Promise<Finding> {
  const differences: string[] = [];
  const missing: string[] = [];
  for (const { tryPage } of runs) {
    if (!tryPage) continue;
    const path = join(home, tryPage.file);
    if (!existsSync(path)) missing.push(tryPage.file);
    else if ((await hashFile(path)) !== tryPage.sha256) {
      differences.push(`${tryPage.file} beside the report is not the page that it was made with`);
    }
  }
  return {
    differences,
    ...(missing.length > 0 && { skipped: `not beside the report, which links to it: ${missing.join(", ")}` }),
  };
}

/** @throws SimvlmError `missing-file`, and `bad-option` for a page that does not lie beside the report */
export async function requireBeside(page: string, report: string): Promise<void> {
  await requireFile(page);
  const [own, other] = [report, page].map((path) => dirname(resolve(path)));
  if (own === other) return;
  throw new SimvlmError("bad-option", `${page} does not lie beside ${report}, which links to it. Copy it to ${own}.`);
}
