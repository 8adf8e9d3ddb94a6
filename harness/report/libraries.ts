import { readFileSync } from "node:fs";
import { resolvePackageFile } from "../optional-packages.js";

/** What views need in the page, each once: its script defines the global, its style is optional. */
const LIBRARIES = {
  plotly: {
    global: "Plotly",
    script: "plotly.js-cartesian-dist-min/plotly-cartesian.min.js",
    // Of every plot in the page, whoever draws it: no button that uploads it.
    setup: '\nPlotly.setPlotConfig({ showSendToCloud: false, plotlyServerURL: "" });',
  },
  tabulator: {
    global: "Tabulator",
    script: "tabulator-tables/dist/js/tabulator.min.js",
    style: "tabulator-tables/dist/css/tabulator_simple.min.css",
  },
} as const satisfies Record<
  string,
  { readonly global: string; readonly script: string; readonly style?: string; readonly setup?: string }
>;

/** A library that views can ask for: Plotly for plots, Tabulator for tables. */
export type LibraryName = keyof typeof LIBRARIES;

/** A library as text, to be put into a page's `<script>` and `<style>` elements. */
export interface Library {
  readonly name: LibraryName;
  /** The variable that its script defines in the page. */
  readonly global: string;
  readonly script: string;
  /** What the script ends with, and is not the library's own. */
  readonly setup: string;
  /** Empty if it has none. */
  readonly style: string;
}

/** Whether there is a library of this name. */
export function isLibraryName(name: string): name is LibraryName {
  return Object.hasOwn(LIBRARIES, name);
}

/** Reads a library's files as they are installed: neither we nor the page fetch anything. */
export function loadLibrary(name: LibraryName): Library {
  const files: { global: string; script: string; style?: string; setup?: string } = LIBRARIES[name];
  const { setup = "" } = files;
  const read = (path: string) => readFileSync(resolvePackageFile(path), "utf8");
  return {
    name,
    global: files.global,
    // Inline, a script would end where its text says so.
    script: read(files.script).replaceAll("</script", "<\\/script") + setup,
    setup,
    style: files.style ? read(files.style).replaceAll("</style", "<\\/style") : "",
  };
}
