/** What is used of opentype.js 2, which has no types of its own. */
declare module "opentype.js" {
  namespace opentype {
    interface Font {
      charToGlyphIndex(character: string): number;
      getAdvanceWidth(text: string, fontSize: number): number;
      getPath(text: string, x: number, y: number, fontSize: number): { toPathData(decimalPlaces: number): string };
    }
  }
  const opentype: { parse(buffer: ArrayBuffer): opentype.Font };
  export = opentype;
}
