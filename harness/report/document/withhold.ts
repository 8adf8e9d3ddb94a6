import { SimvlmError } from "@simvlm/metrics";
import { fileInside } from "../../files/inside.js";
import type { DataFolder } from "../../runs/data-folder.js";
import type { ReportData } from "./data.js";
import { type EmbeddedFile, embedFile } from "./embedded-file.js";

/**
 * A report without its references: of data files there are the hashes alone, and nothing quotes a right answer. Nobody can
 * score it again without the data.
 */
export function withholdReferences(report: ReportData): ReportData {
  const { scoring: _, explanations: __, ...rest } = report;
  const { comparison, extremes, data } = report;
  return {
    ...rest,
    withheld: true,
    comparison: {
      ...comparison,
      winsAndLosses: comparison.winsAndLosses.map((pair) => ({
        ...pair,
        wins: pair.wins.map(withoutReference),
        losses: pair.losses.map(withoutReference),
      })),
    },
    extremes: extremes.map(withoutReference),
    data: { ...data, files: data.files.map(({ path, sha256 }) => ({ path, sha256 })) },
  };
}

function withoutReference<Example extends { readonly reference?: string }>({
  reference: _,
  ...example
}: Example): Omit<Example, "reference"> {
  return example;
}

/**
 * A withheld report with the data files that it was made from.
 * @throws SimvlmError `changed-data` for a file that is another, and what reading throws
 */
export async function restoreFiles(report: ReportData, folder: DataFolder): Promise<ReportData> {
  const files: EmbeddedFile[] = [];
  for (const { path, sha256 } of report.data.files) {
    const file = embedFile(path, await folder.read(fileInside(folder.path, path, "the report")));
    if (file.sha256 !== sha256) {
      throw new SimvlmError("changed-data", `${path} in ${folder.path} is not what the report was made from.`);
    }
    files.push(file);
  }
  return { ...report, data: { ...report.data, files } };
}
