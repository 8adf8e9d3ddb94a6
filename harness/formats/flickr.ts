import { SimvlmError } from "@simvlm/metrics";
import { fileInside } from "../files/inside.js";
import { readLines } from "../files/lines.js";
import { type CaptionExample, type CaptionOptions, checkCaptions } from "./captions.js";
import type { FileShape } from "./file-shape.js";
import type { FormatDescription } from "./format.js";

/** How Flickr captions are read. */
export interface FlickrOptions extends CaptionOptions {
  /** A list of the split's image names, one a line (`Flickr_8k.testImages.txt`); default: every image of the file. */
  split?: string;
}

/** See {@link FormatDescription}. */
export const FLICKR_FORMAT: FormatDescription = {
  name: "Flickr8k and Flickr30k captions",
  task: "caption",
  recognisedBy: "lines of a name with # and a number, a tab, and the caption",
  example: "1000092795.jpg#0\tTwo young guys with shaggy hair",
};

/**
 * Flickr8k and Flickr30k captions, `Flickr8k.token.txt` and `results_20130124.token`: lines `name.jpg#k<TAB>caption`.
 *
 * @returns one example an image, in the order of the split, or of first mention
 * @throws SimvlmError what {@link readText} throws, `bad-line`, `unsafe-path`, `image-without-references`,
 *   `empty-file`, `duplicate-id`
 */
export async function readFlickr(path: string, options: FlickrOptions = {}): Promise<CaptionExample[]> {
  const { split, imageRoot } = options;
  const captions = new Map<string, string[]>();
  for (const [index, line] of (await readLines(path)).entries()) {
    if (line === "") continue;
    const { name, caption } = parseLine(line, `${path}, line ${index + 1}`);
    const references = captions.get(name);
    if (references) references.push(caption);
    else captions.set(name, [caption]);
  }
  const names = split === undefined ? [...captions.keys()] : (await readLines(split)).filter((name) => name !== "");
  const examples = names.map((name) => ({
    id: name,
    file: fileInside(imageRoot, name, split ?? path),
    references: captions.get(name) ?? [],
  }));
  return checkCaptions(examples, path, options);
}

/** Whether the first line of a text is a name with # and a number, and a caption. */
export function isFlickr({ kind, keys }: FileShape): boolean {
  return kind === "text" && LINE.test(keys[0] ?? "");
}

const LINE = /^[^\t]+#\d+\t/;

function parseLine(line: string, where: string): { name: string; caption: string } {
  const tab = line.indexOf("\t");
  const name = /^(.+)#\d+$/.exec(line.slice(0, Math.max(tab, 0)))?.[1];
  if (name === undefined) {
    throw new SimvlmError(
      "bad-line",
      `${where}: found ${JSON.stringify(line.slice(0, 40))}. A line is an image name with # and a number, a tab, the caption.`,
    );
  }
  return { name, caption: line.slice(tab + 1) };
}
