import type * as Compiler from "typescript";

/**
 * The cell with `{ name }` written out as `{ name: name }`. tslab's compiler looks names of earlier cells up by the
 * symbol of each identifier, which in the short form is the property's: it would take the variable for undefined.
 */
export function expandShorthand(ts: typeof Compiler, source: string): string {
  const file = ts.createSourceFile("cell.ts", source, ts.ScriptTarget.Latest);
  const names: Compiler.Identifier[] = [];
  const visit = (node: Compiler.Node): void => {
    if (ts.isShorthandPropertyAssignment(node)) names.push(node.name);
    ts.forEachChild(node, visit);
  };
  visit(file);
  let expanded = "";
  let done = 0;
  for (const { end, text } of names) {
    expanded += `${source.slice(done, end)}: ${text}`;
    done = end;
  }
  return expanded + source.slice(done);
}
