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

/** The column, from 1, that a place of an expanded line has in the line as it was written. */
export function columnAsWritten(written: string, expanded: string, column: number): number {
  let added = 0;
  for (let at = 0; at < column - 1; at++) {
    if (expanded[at] === written[at - added]) continue;
    const [addition] = /^: [\p{ID_Continue}$\u200c\u200d]+/u.exec(expanded.slice(at)) ?? [];
    if (addition === undefined) break;
    added += Math.min(addition.length, column - 1 - at);
    at += addition.length - 1;
  }
  return column - added;
}
