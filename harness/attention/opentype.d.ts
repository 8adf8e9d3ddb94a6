/** What is used of opentype.js 2, which has no types of its own. */
declare module "opentype.js" {
  namespace opentype {
    interface Font {
      charToGlyphIndex(character: string): number;
      getAdvanceWidth(text: string, fontSize: number): number;
      getPath(text: string, x: number, y: number, fontSize: number): { commands: Command[] };
    }
    /** A pen's move, with the control points of curves; Z closes the outline. */
    interface Command {
      type: "M" | "L" | "Q" | "C" | "Z";
      x1?: number;
      y1?: number;
      x2?: number;
      y2?: number;
      x?: number;
      y?: number;
    }
  }
  const opentype: { parse(buffer: ArrayBuffer): opentype.Font };
  export = opentype;
}
