import { dirname } from "node:path";
import type * as Compiler from "typescript";

/** How the compiler sees files; modules that cells declare are among them. */
export type FileSystem = Pick<Compiler.ModuleResolutionHost, "fileExists" | "readFile">;

/** The file of a module beside the notebook; undefined for a package, and for what is not there. */
export type ResolveModule = (name: string, from: string) => string | undefined;

/** Of a `tsconfig.json`, what leads from names to files. */
export interface PathOptions {
  readonly baseUrl?: string;
  readonly paths?: Compiler.MapLike<string[]>;
  readonly pathsBasePath?: string;
}

/** The `baseUrl` and `paths` of the `tsconfig.json` in a folder or the nearest one above it. */
export function readPathOptions(ts: typeof Compiler, folder: string): PathOptions {
  const file = ts.findConfigFile(folder, ts.sys.fileExists);
  if (file === undefined) return {};
  const { config } = ts.readConfigFile(file, ts.sys.readFile) as { config?: unknown };
  // What files it is about is not asked.
  const host = { ...ts.sys, readDirectory: () => [] };
  const { baseUrl, paths, pathsBasePath } = ts.parseJsonConfigFileContent(config ?? {}, host, dirname(file)).options;
  return {
    ...(baseUrl && { baseUrl }),
    ...(paths && { paths }),
    ...(typeof pathsBasePath === "string" && { pathsBasePath }),
  };
}

/** A declaration file's endings, and those of the code that it declares. */
const DECLARATIONS = [
  [/\.d\.ts$/, ".js"],
  [/\.d\.mts$/, ".mjs"],
  [/\.d\.cts$/, ".cjs"],
] as const;

/** Finds the modules of cells where the compiler finds their types. */
export function createResolver(ts: typeof Compiler, paths: PathOptions, files: () => FileSystem): ResolveModule {
  const options: Compiler.CompilerOptions = {
    ...paths,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    allowJs: true,
    allowImportingTsExtensions: true,
    resolveJsonModule: true,
  };
  const mayBeLocal = (name: string) =>
    /^(?:\.\.?(?:[\\/]|$)|[\\/]|[A-Za-z]:[\\/])/.test(name) || paths.paths !== undefined || paths.baseUrl !== undefined;
  return (name, from) => {
    if (!mayBeLocal(name)) return undefined;
    const { resolvedModule } = ts.resolveModuleName(name, from, options, { ...ts.sys, ...files() });
    if (resolvedModule === undefined || resolvedModule.isExternalLibraryImport) return undefined;
    const file = resolvedModule.resolvedFileName;
    const [declaration, ending] = DECLARATIONS.find(([pattern]) => pattern.test(file)) ?? [];
    if (declaration === undefined) return file;
    const code = file.replace(declaration, ending!);
    return files().fileExists(code) ? code : undefined;
  };
}
