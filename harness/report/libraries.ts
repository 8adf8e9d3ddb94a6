import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** What views need in the page, each once: its script defines the global, its style is optional. */
const LIBRARIES = {
  plotly: { global: "Plotly", script: "plotly.js-cartesian-dist-min/plotly-cartesian.min.js" },
  tabulator: {
    global: "Tabulator",
    script: "tabulator-tables/dist/js/tabulator.min.js",
    style: "tabulator-tables/dist/css/tabulator_simple.min.css",
  },
} as const satisfies Record<string, { readonly global: string; readonly script: string; readonly style?: string }>;

export type LibraryName = keyof typeof LIBRARIES;

export interface Library {
  readonly name: LibraryName;
  /** The variable of the page that it defines. */
  readonly global: string;
  readonly script: string;
  /** Empty for none. */
  readonly style: string;
}

export function isLibraryName(name: string): name is LibraryName {
  return Object.hasOwn(LIBRARIES, name);
}

const require = createRequire(import.meta.url);

/** The text of a library's files, as installed: nothing is fetched, by us or by the page. */
export function loadLibrary(name: LibraryName): Library {
  const files: { global: string; script: string; style?: string } = LIBRARIES[name];
  const read = (path: string) => readFileSync(require.resolve(path), "utf8");
  return {
    name,
    global: files.global,
    // Inline, a script would end where its text says so.
    script: read(files.script).replaceAll("</script", "<\\/script"),
    style: files.style ? read(files.style).replaceAll("</style", "<\\/style") : "",
  };
}
