// After `npm ci` in a checkout has built it: takes out of its node_modules what `simvlm trim` takes out of everybody's, and
// the source maps of all other packages, half of all there is. Nothing here loads either. It is part of the checkout, not of
// the packages, so it sees no installation but the checkout's own; done twice, it finds nothing left to do.
import { readdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { findSurplus, isSourceMap, removeSurplus } from "../harness/dist/trim-packages.js";

const modules = new URL("../node_modules/", import.meta.url);

await removeSurplus(await findSurplus());
removeMaps(modules);

/** Links, to the project's own folders among others, are not followed. */
function removeMaps(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) removeMaps(new URL(`${encodeURIComponent(entry.name)}/`, folder));
    else if (entry.isFile() && isSourceMap(entry.name)) {
      rmSync(fileURLToPath(new URL(encodeURIComponent(entry.name), folder)));
    }
  }
}
