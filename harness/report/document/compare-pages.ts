import { hashText } from "../../files/hash.js";
import { sharp } from "../../images/sharp.js";
import { findData, readSections } from "./file.js";
import { describeChange } from "./text-change.js";

/**
 * Where a page is not what it should be, a sentence a place; none for one that is the same to the last byte. Pictures
 * of plots and maps may be packed in other bytes, as another machine packs them: their pixels count.
 * @param found from somewhere
 * @param drawn just now
 * @param source what it should follow from, for messages
 */
export async function comparePages(found: string, drawn: string, source = "the embedded data"): Promise<string[]> {
  if (await isSamePage(found, drawn)) return [];
  const differences: string[] = [];
  const tell = (what: string, expected: string, actual: string) => {
    if (expected !== actual) differences.push(`${what} ${describeChange(expected, actual, source)}`);
  };
  const [mine, theirs] = [splitPage(drawn), splitPage(found)];
  tell("the page, before its sections,", mine.above, theirs.above);
  for (const id of new Set([...mine.sections.keys(), ...theirs.sections.keys()])) {
    tell(`the section "${id}" of the page`, mine.sections.get(id) ?? "", theirs.sections.get(id) ?? "");
  }
  tell("the page, after its sections,", mine.below, theirs.below);
  if (differences.length === 0) tell("the page", drawn, found);
  return differences;
}

interface Parts {
  readonly above: string;
  readonly sections: ReadonlyMap<string, string>;
  readonly below: string;
}

function splitPage(page: string): Parts {
  const end = findData(page);
  const head = end < 0 ? page : page.slice(0, end);
  const first = head.indexOf("<!--simvlm-section ");
  const last = head.lastIndexOf("<!--/simvlm-section-->");
  const isWhole = first >= 0 && last > first;
  return {
    above: isWhole ? head.slice(0, first) : head,
    sections: readSections(head),
    below: (isWhole ? head.slice(last) : "") + page.slice(head.length),
  };
}

const PNG = /data:image\/png;base64,([A-Za-z0-9+/]+={0,2})/g;
const MOST_PIXELS = 2 ** 24;

async function isSamePage(found: string, drawn: string): Promise<boolean> {
  if (found === drawn) return true;
  if (found.replaceAll(PNG, "") !== drawn.replaceAll(PNG, "")) return false;
  const [theirs, mine] = [found, drawn].map((page) => [...page.matchAll(PNG)].map(([, base64]) => base64!));
  for (const [i, base64] of mine!.entries()) {
    const other = theirs![i];
    if (other !== base64 && (other === undefined || (await hashPixels(other)) !== (await hashPixels(base64))))
      return false;
  }
  return theirs!.length === mine!.length;
}

/** A picture that cannot be read is like no other. */
async function hashPixels(base64: string): Promise<string> {
  const picture = sharp(Buffer.from(base64, "base64"), { limitInputPixels: MOST_PIXELS });
  try {
    const { data, info } = await picture.ensureAlpha().raw().toBuffer({ resolveWithObject: true });
    return `${info.width}x${info.height} ${hashText(data)}`;
  } catch {
    return base64;
  }
}
