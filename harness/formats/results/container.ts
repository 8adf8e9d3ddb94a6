import { SimvlmError } from "@simvlm/metrics";
import { openFile } from "../../files/open-file.js";

const START_BYTES = 8;

/** A kind of file that is not read. */
interface Refused {
  readonly start: string;
  readonly what: string;
  readonly advice: string;
}

const UNPACK = "Unpack it, or pack it with gzip.";

/** What is no text and no table that is read here, by its first bytes. */
const REFUSED: readonly Refused[] = [
  {
    start: "PK\x03\x04",
    what: "an Excel workbook or a zip",
    advice:
      "Save the table as CSV or TSV (in a spreadsheet: Save as; in Python: " +
      'pandas.read_excel("a.xlsx").to_csv("a.csv", index=False)), or unpack the zip.',
  },
  { start: "\xd0\xcf\x11\xe0", what: "an old Excel workbook", advice: "Save the table as CSV or TSV." },
  {
    start: "\x80\x04\x95",
    what: "a pickle, which is a program",
    advice: "Write it as JSON or CSV in Python.",
  },
  {
    start: "\x80\x05\x95",
    what: "a pickle, which is a program",
    advice: "Write it as JSON or CSV in Python.",
  },
  { start: "\xfd7zXZ", what: "packed with xz", advice: UNPACK },
  { start: "\x28\xb5\x2f\xfd", what: "packed with Zstandard", advice: UNPACK },
  { start: "BZh9", what: "packed with bzip2", advice: UNPACK },
  { start: "7z\xbc\xaf", what: "packed with 7-Zip", advice: UNPACK },
  { start: "ARROW1", what: "an Arrow file", advice: "Write it as Parquet, CSV or JSON." },
  { start: "<", what: "a web page or XML", advice: "Fetch the file itself, not the page that shows it." },
];

/**
 * What kind of file it is, whatever it is called.
 * @param description of what it should be
 * @throws SimvlmError `missing-file`, `unreadable-file`, `unknown-format` with what can be done
 */
export async function recognizeContainer(path: string, description: string): Promise<"parquet" | "text"> {
  const file = await openFile(path);
  const bytes = Buffer.alloc(START_BYTES);
  let start: string;
  try {
    const { bytesRead } = await file.read(bytes, 0, START_BYTES, 0);
    start = bytes.toString("latin1", 0, bytesRead);
  } finally {
    await file.close();
  }
  if (start.startsWith("PAR1")) return "parquet";
  const refusal = refuseContainer(start);
  if (refusal === undefined) return "text";
  throw new SimvlmError("unknown-format", `${path} is ${refusal} This should be ${description}.`);
}

/**
 * What a file is that is not read, and what can be done: `a web page or XML, which is not read. Fetch …`.
 * @param start its first bytes, as Latin-1
 */
export function refuseContainer(start: string): string | undefined {
  const refused = REFUSED.find((kind) => start.startsWith(kind.start));
  return refused && `${refused.what}, which is not read. ${refused.advice}`;
}
