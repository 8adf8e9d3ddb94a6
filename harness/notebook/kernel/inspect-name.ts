import type * as Compiler from "typescript";

/** What the compiler knows of a name, as far as it is shown. */
export interface NameInfo {
  readonly displayParts?: readonly Compiler.SymbolDisplayPart[];
  readonly documentation?: readonly Compiler.SymbolDisplayPart[];
  readonly tags?: readonly Compiler.JSDocTagInfo[];
}

/** Signature, documentation and tags of a name, as text. */
export function describeName({ displayParts, documentation, tags }: NameInfo): string {
  const paragraphs = [join(displayParts), join(documentation), (tags ?? []).map(describeTag).join("\n")];
  return paragraphs.filter((paragraph) => paragraph !== "").join("\n\n");
}

const join = (parts: readonly Compiler.SymbolDisplayPart[] = []): string =>
  parts
    .map(({ text }) => text)
    .join("")
    .trim();

function describeTag({ name, text }: Compiler.JSDocTagInfo): string {
  const said = join(text);
  return said.includes("\n") ? `@${name}\n${said}` : `@${name} ${said}`.trim();
}

/** Where to look from a cursor, in order: at it, and at the names of the calls whose arguments it stands in. */
export function placesOfNames(ts: typeof Compiler, source: string, position: number): number[] {
  const file = ts.createSourceFile("cell.ts", source, ts.ScriptTarget.Latest, true);
  const calls: number[] = [];
  const visit = (node: Compiler.Node): void => {
    // A call that is not closed yet goes on behind its last argument.
    const isBehind =
      position > node.end && (source[node.end - 1] === ")" || source.slice(node.end, position).trim() !== "");
    if (position < node.getFullStart() || isBehind) return;
    if ((ts.isCallExpression(node) || ts.isNewExpression(node)) && position > node.expression.end) {
      calls.unshift(node.expression.end - 1);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return [position, ...calls];
}
