// The parts of the package in the order of its exports, the whole of it last: what a part exports is described there.
import { readFileSync } from "node:fs";

const { exports } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8"));
const sources = Object.values(exports).flatMap(
  ({ types }) => types?.replace("./dist/", "").replace(".d.ts", ".ts") ?? [],
);
const [whole, ...parts] = sources;

export default { entryPoints: [...parts, whole] };
