import { relative } from "node:path";
import type * as Compiler from "typescript";
import { type CompiledText, locateByMap } from "./source-map.js";

/** A module's code as a function's body, and what it was compiled from. */
export interface CompiledModule extends CompiledText {
  readonly code: string;
}

/** What stands for `import.meta` in compiled code. */
export const IMPORT_META = "__import_meta";

/**
 * Compiles a module beside a notebook, TypeScript or JavaScript, to CommonJS. Types are none of its business: the
 * compiler of cells checks them.
 *
 * @param folder errors name the file as it is seen from there
 * @throws SyntaxError with the file and the line
 */
export function compileModule(ts: typeof Compiler, file: string, source: string, folder: string): CompiledModule {
  const { outputText, sourceMapText, diagnostics } = ts.transpileModule(source, {
    fileName: file,
    reportDiagnostics: true,
    compilerOptions: {
      module: ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ES2022,
      newLine: ts.NewLineKind.LineFeed,
      jsx: ts.JsxEmit.React,
      allowJs: true,
      esModuleInterop: true,
      experimentalDecorators: true,
      isolatedModules: true,
      sourceMap: true,
    },
    transformers: { before: [replaceImportMeta(ts)] },
  });
  const fault = diagnostics?.find((diagnostic) => diagnostic.file !== undefined);
  if (fault !== undefined) {
    const { line, character } = fault.file!.getLineAndCharacterOfPosition(fault.start ?? 0);
    const text = ts.flattenDiagnosticMessageText(fault.messageText, " ");
    throw new SyntaxError(`${relative(folder, file)}:${line + 1}:${character + 1} - ${text}`);
  }
  const code = outputText.replace(/\/\/# sourceMappingURL=\S+\s*$/, "");
  return { code, source, locate: locateByMap(sourceMapText!) };
}

function replaceImportMeta(ts: typeof Compiler): Compiler.TransformerFactory<Compiler.SourceFile> {
  return (context) => {
    const visit = (node: Compiler.Node): Compiler.Node =>
      ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword
        ? ts.factory.createIdentifier(IMPORT_META)
        : ts.visitEachChild(node, visit, context);
    return (file) => ts.visitEachChild(file, visit, context);
  };
}
