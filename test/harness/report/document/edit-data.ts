import { packText, unpackText } from "../../../../harness/report/document/packed-text.js";

const DATA = /(<script type="application\/vnd\.simvlm\.words" id="simvlm-report">)([^<]*)/;

/** The JSON in a report's page. */
export const dataIn = (page: string): string => unpackText(DATA.exec(page)![2]!, "the page");

/** A report's page with another JSON in it. */
export async function withData(page: string, change: (json: string) => string): Promise<string> {
  const packed = await packText(change(dataIn(page)));
  return page.replace(DATA, (_, tag: string) => tag + packed);
}
