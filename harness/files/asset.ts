import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);

/** Where a file of the package's `assets` folder lies, for the sources as for what is compiled from them. */
export function assetPath(...names: readonly string[]): string {
  return join(dirname(require.resolve("simvlm/package.json")), "assets", ...names);
}
