import { createRequire } from "node:module";
import { SimvlmError } from "@simvlm/metrics";
import type * as Compiler from "typescript";
import { type CodeCell, hasTag, makeId, type Notebook } from "./notebook-file.js";

/** The values that a notebook is run with, by the names of its variables. */
export type Parameters = Readonly<Record<string, unknown>>;

const TAG = "parameters";
const INJECTED_TAG = "injected-parameters";

/**
 * Reads `name=value`; the value is parsed as JSON if it is JSON, and is a string otherwise.
 *
 * @throws SimvlmError `bad-parameter`
 */
export function parseParameter(text: string): [name: string, value: unknown] {
  const [, name, value] = /^([A-Za-z_$][\w$]*)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw new SimvlmError("bad-parameter", `The parameter ${text} must look like name=value, such as images=100.`);
  }
  try {
    return [name, JSON.parse(value) as unknown];
  } catch {
    return [name, value];
  }
}

/**
 * A notebook with a further cell, after the one tagged `parameters`, that declares these values anew. As in papermill,
 * a cell that was injected earlier is replaced.
 *
 * @param path the notebook's, for messages
 * @throws SimvlmError `no-parameters`, `unknown-parameter`
 */
export function injectParameters(notebook: Notebook, parameters: Parameters, path: string): Notebook {
  const cells = notebook.cells.filter((cell) => !hasTag(cell, INJECTED_TAG));
  const names = Object.keys(parameters);
  if (names.length === 0) return { ...notebook, cells };
  const index = cells.findIndex((cell) => cell.cell_type === "code" && hasTag(cell, TAG));
  if (index < 0) {
    throw new SimvlmError(
      "no-parameters",
      `${path} takes no parameters: none of its cells is tagged \`${TAG}\`. Tag the one that declares ${names.join(", ")}.`,
    );
  }
  const declared = findDeclarations(cells[index]!.source);
  const unknown = names.find((name) => !declared.has(name));
  if (unknown !== undefined) {
    throw new SimvlmError(
      "unknown-parameter",
      `${path} has no parameter ${unknown}. It has ${[...declared.keys()].join(", ") || "none"}.`,
    );
  }
  const lines = names.map((name) => `let ${name}${declared.get(name)!} = ${JSON.stringify(parameters[name])};`);
  const source = ["// Parameters", ...lines].join("\n");
  const injected: CodeCell = {
    cell_type: "code",
    id: makeId(source, index),
    metadata: { tags: [INJECTED_TAG] },
    source,
    outputs: [],
    execution_count: null,
  };
  return { ...notebook, cells: cells.toSpliced(index + 1, 0, injected) };
}

/** The variables that a cell declares, each with its type as written, such as `: number`, or nothing. */
function findDeclarations(source: string): Map<string, string> {
  const require = createRequire(import.meta.url);
  const ts = createRequire(require.resolve("tslab"))("@tslab/typescript-for-tslab") as typeof Compiler;
  const file = ts.createSourceFile("cell.ts", source, ts.ScriptTarget.Latest);
  const declarations = file.statements
    .filter((statement) => ts.isVariableStatement(statement))
    .flatMap((statement) => [...statement.declarationList.declarations])
    .filter((declaration) => ts.isIdentifier(declaration.name));
  return new Map(
    declarations.map(({ name, type }) => [name.getText(file), type === undefined ? "" : `: ${type.getText(file)}`]),
  );
}
