import { sharp } from "../harness/images/sharp.js";
import type { Cell, CodeCell, Notebook } from "../harness/notebook/runner/notebook-file.js";

/** One thing that a notebook shows, with the code that makes it. */
export interface GalleryItem {
  /** The name of its page. */
  readonly id: string;
  readonly heading: string;
  /** Table, plot, explorer, explanation, picture. */
  readonly kinds: readonly string[];
  readonly code: string;
  /** What its page shows: the text before it, and the cell. */
  readonly cells: Notebook["cells"];
  readonly picture?: GalleryPicture;
}

/** What is shown of it in the index. */
export interface GalleryPicture {
  /** A `data:` address: pages fetch nothing. */
  readonly address: string;
  readonly width: number;
  readonly height: number;
}

/** Kinds of views by the class of their markup. */
const KINDS: Readonly<Record<string, string>> = {
  "simvlm-table": "table",
  "simvlm-plot": "plot",
  "simvlm-explorer": "attention explorer",
  "simvlm-why": "explanation",
};
const PICTURES = ["image/png", "image/jpeg"] as const;
/** Pixels of a side: less is nothing to look at. */
const LEAST = 100;

/** What the cells of a notebook show. @throws Error for a picture that is hardly there */
export async function listItems(notebook: Notebook, name: string): Promise<{ title: string; items: GalleryItem[] }> {
  const items: GalleryItem[] = [];
  let title = name;
  let heading = name;
  let before: Cell | undefined;
  for (const [index, cell] of notebook.cells.entries()) {
    if (cell.cell_type === "markdown") {
      before = cell;
      const found = /^(#+)\s+(.+)$/m.exec(cell.source);
      if (found) heading = found[2]!;
      if (found?.[1] === "#") title = heading;
    }
    if (cell.cell_type !== "code") continue;
    const kinds = kindsOf(cell);
    if (kinds.length === 0) continue;
    const id = `${name}-${index + 1}`;
    const picture = await findPicture(cell, id);
    items.push({
      id,
      heading,
      kinds,
      code: cell.source,
      cells: [headed(heading, before), cell],
      ...(picture && { picture }),
    });
    before = undefined;
  }
  return { title, items };
}

/** The text before a view, with the heading of a page of its own in the place of its headings. */
function headed(heading: string, before: Cell | undefined): Cell {
  const text = before?.source.replace(/^#+\s.*$/gm, "").trim() ?? "";
  const rest = before?.cell_type === "markdown" ? before : { cell_type: "markdown" as const, metadata: {} };
  return { ...rest, source: `# ${heading}\n\n${text}` };
}

function dataOf({ outputs }: CodeCell): Readonly<Record<string, unknown>>[] {
  return outputs.flatMap((output) => ("data" in output ? [output.data] : []));
}

function kindsOf(cell: CodeCell): string[] {
  const all = dataOf(cell).flatMap((data) => {
    const markup = textOf(data["text/html"]);
    const views = Object.entries(KINDS).flatMap(([mark, kind]) => (markup.includes(mark) ? [kind] : []));
    return views.length === 0 && PICTURES.some((type) => type in data) ? ["picture"] : views;
  });
  return [...new Set(all)];
}

async function findPicture(cell: CodeCell, id: string): Promise<GalleryPicture | undefined> {
  for (const data of dataOf(cell)) {
    for (const type of PICTURES) {
      if (!(type in data)) continue;
      const bytes = Buffer.from(textOf(data[type]), "base64");
      const { width, height } = await sharp(bytes).metadata();
      if (Math.min(width, height) < LEAST) throw new Error(`The picture of ${id} has ${width} × ${height} pixels.`);
      return { address: `data:${type};base64,${bytes.toString("base64")}`, width, height };
    }
  }
  return undefined;
}

/** Data that is text may be stored as its lines. */
function textOf(data: unknown): string {
  return Array.isArray(data) ? data.join("") : typeof data === "string" ? data : "";
}
