import { readFileSync } from "node:fs";
import { assetPath } from "../files/asset.js";
import { Html } from "./html.js";

const read = (name: string) => readFileSync(assetPath("browser", name), "utf8");

/** One script element of the files of `assets/browser`, in their order; what they define stays among them. */
export function browserScript(...names: readonly string[]): Html {
  const source = names.map(read).join("\n").replaceAll("</script", "<\\/script");
  return new Html(`<script>(() => {\n${source}})();</script>`);
}

/** A style element of a file of `assets/browser`. */
export function browserStyle(name: string): Html {
  return new Html(`<style>\n${read(name)}</style>`);
}
