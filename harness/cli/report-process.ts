import { SimvlmError } from "@simvlm/metrics";
import { loadPlugins } from "../plugins/load-plugins.js";
import { buildReport, type ReportOptions } from "../report/document/build.js";
import { renderReport } from "../report/document/report-page.js";
import { findMetricData, withMetricPrograms } from "./metric-data.js";

/** What the process is asked for. */
export interface ReportRequest {
  readonly folders: readonly string[];
  readonly options: Pick<ReportOptions, "explore" | "checkpoints" | "dataFolder">;
  /** No others are loaded: a click runs no program that stands beside somebody's data. */
  readonly plugins: readonly string[];
}

/** What it answers. */
export type ReportReply = { readonly page: string } | { readonly code: string; readonly message: string };

async function makePage({ folders, options, plugins }: ReportRequest): Promise<ReportReply> {
  try {
    await loadPlugins(plugins);
    await findMetricData(folders);
    return {
      page: await withMetricPrograms(undefined, async (program) =>
        renderReport(await buildReport(folders, { ...options, program })),
      ),
    };
  } catch (error) {
    if (error instanceof SimvlmError) return { code: error.code, message: error.message };
    throw error;
  }
}

// Makes a report for a server, which has other things to do meanwhile, and goes when that goes.
process.once("disconnect", () => process.exit());
process.once("message", async (request: ReportRequest) => {
  const reply = await makePage(request);
  process.send!(reply, () => process.disconnect());
});
