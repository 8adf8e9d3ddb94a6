import { existsSync } from "node:fs";
import { join } from "node:path";
import { readBytes } from "../../files/bytes.js";
import { hashFile } from "../../files/hash.js";
import { listIds } from "../../formats/ids.js";
import { formatCount } from "../../terminal/numbers.js";
import { isBeside, placeBeside } from "../picture-address.js";
import type { ReportData } from "./data.js";
import type { Finding } from "./finding.js";

/** In bytes: no picture of a report has as many. */
const LARGEST = 2 ** 22;

/**
 * A picture that lies beside a report; undefined where none is there.
 * @param home the report's folder
 */
export async function readBeside(home: string, address: string): Promise<Buffer | undefined> {
  const { folder, file } = placeBeside(address);
  return readBytes(join(home, folder, file), LARGEST).catch(() => undefined);
}

/** Whether the pictures beside a report are those that it names. @param home the report's folder */
export async function checkBeside({ pictures }: Pick<ReportData, "pictures">, home: string): Promise<Finding> {
  const addresses = [...new Set(Object.values(pictures))].filter(isBeside);
  const missing: string[] = [];
  const others: string[] = [];
  for (const address of addresses) {
    const { folder, file } = placeBeside(address);
    const path = join(home, folder, file);
    if (!existsSync(path)) missing.push(address);
    else if (`${await hashFile(path)}.jpg` !== file) others.push(join(folder, file));
  }
  return {
    differences: others.map((path) => `${path} is not the picture that the report shows there`),
    ...(missing.length > 0 && {
      skipped: `${formatCount(missing.length)} of ${formatCount(addresses.length)} pictures are not beside the report: ${listIds(missing)}`,
    }),
  };
}
