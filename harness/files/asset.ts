import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);

/** Where a file of the package's `assets` folder lies, for the sources as for what is compiled from them. */
export function assetPath(...names: readonly string[]): string {
  return join(packageFolder(), "assets", ...names);
}

/** Where a file that `npm run build` makes lies in the package's `dist` folder, for the sources as for what is compiled. */
export function builtPath(...names: readonly string[]): string {
  return join(packageFolder(), "dist", ...names);
}

/** Where this package lies, for the sources as for what is compiled from them. */
export function packageFolder(): string {
  return dirname(require.resolve("simvlm/package.json"));
}
