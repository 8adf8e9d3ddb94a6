/*
 * Run by Node in a thread of its own, see `module.register`: what a plug-in imports. TypeScript is compiled as it is read,
 * and a plug-in that lies where these packages are not installed is given the ones at hand.
 */
import { readFile } from "node:fs/promises";
import { createRequire, type LoadHook, type ResolveHook } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type * as Compiler from "typescript";

/** This package's folder. */
let folder = "";

/** Called by `module.register` with its `data`. */
export function initialize(data: { readonly folder: string }): void {
  folder = data.folder;
}

const OWN = /^(?:simvlm|@simvlm\/metrics)(?:\/|$)/;

/** A package that a plug-in list names, and the module it is looked for from. */
const PACKAGE = /^simvlm-plugin:([^?]+)\?from=(.+)$/;

/** A TypeScript file is found by its own name, and by the one it would be compiled to. */
export const resolve: ResolveHook = async (specifier, context, nextResolve) => {
  const [, name, from] = PACKAGE.exec(specifier) ?? [];
  if (name && from) return nextResolve(decodeURIComponent(name), { ...context, parentURL: decodeURIComponent(from) });
  try {
    return await nextResolve(specifier, context);
  } catch (error) {
    const isFromTypeScript = /\.[cm]?ts$/.test(context.parentURL ?? "");
    const source = specifier.replace(/\.([cm]?)js$/, ".$1ts");
    if (isFromTypeScript && source !== specifier) {
      return Promise.resolve(nextResolve(source, context)).catch(() => {
        throw error; // of the name that is written there
      });
    }
    if (OWN.test(specifier)) {
      return nextResolve(specifier, { ...context, parentURL: pathToFileURL(join(folder, "index.js")).href });
    }
    throw error;
  }
};

/** Types are taken away, nothing is checked. */
export const load: LoadHook = async (url, context, nextLoad) => {
  const extension = /\.([cm]?)ts$/.exec(new URL(url).pathname);
  if (!extension || !url.startsWith("file:")) return nextLoad(url, context);
  const compiler = findCompiler(url);
  const source = await readFile(fileURLToPath(url), "utf8");
  const isCommonJs = extension[1] === "c";
  const { outputText, diagnostics = [] } = compiler.transpileModule(source, {
    fileName: fileURLToPath(url),
    reportDiagnostics: true,
    compilerOptions: {
      module: isCommonJs ? compiler.ModuleKind.CommonJS : compiler.ModuleKind.ESNext,
      target: compiler.ScriptTarget.ES2022,
      inlineSourceMap: true,
    },
  });
  const [first] = diagnostics;
  if (first) {
    const { line } = first.file?.getLineAndCharacterOfPosition(first.start ?? 0) ?? { line: 0 };
    throw new SyntaxError(
      `${fileURLToPath(url)}, line ${line + 1}: ${compiler.flattenDiagnosticMessageText(first.messageText, " ")}`,
    );
  }
  return { format: isCommonJs ? "commonjs" : "module", source: outputText, shortCircuit: true };
};

/** The plug-in's own compiler, or the one that notebooks are compiled with. */
function findCompiler(url: string): typeof Compiler {
  const tries = [
    () => createRequire(url)("typescript"),
    () => {
      const own = createRequire(join(folder, "index.js"));
      return createRequire(own.resolve("tslab"))("@tslab/typescript-for-tslab");
    },
  ];
  for (const attempt of tries) {
    try {
      return attempt() as typeof Compiler;
    } catch {
      // The next one may be there.
    }
  }
  throw new Error(
    "it is TypeScript, and there is no TypeScript compiler: `npm install typescript`, or name a .js file",
  );
}
