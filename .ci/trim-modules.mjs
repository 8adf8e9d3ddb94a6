// After `npm ci` in a checkout: takes out of its node_modules the binaries that packages bring for other systems, and the
// source maps of other people's scripts, half of all there is. Nothing here loads either. It is part of the checkout, not
// of the packages, so it sees no installation but the checkout's own; done twice, it finds nothing left to do.
import { existsSync, readdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const modules = new URL("../node_modules/", import.meta.url);

/** Folders of packages that hold the binaries of each system, as `linux/x64`. */
const BINARIES = ["onnxruntime-node/bin/napi-v6/", "zeromq/build/"];

for (const path of BINARIES) {
  const folder = new URL(path, modules);
  // where there are none for this system, the package may know better what it loads
  if (!existsSync(new URL(`${process.platform}/${process.arch}`, folder))) continue;
  for (const system of listFolders(folder)) {
    for (const processor of listFolders(new URL(`${system}/`, folder))) {
      if (system === process.platform && processor === process.arch) continue;
      rmSync(new URL(`${system}/${processor}`, folder), { recursive: true });
    }
  }
}
if (existsSync(modules)) removeMaps(modules);

/** Links, to the project's own folders among others, are not followed. */
function removeMaps(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) removeMaps(new URL(`${encodeURIComponent(entry.name)}/`, folder));
    else if (entry.isFile() && /\.[cm]?(?:js|ts|css)\.map$/.test(entry.name)) {
      rmSync(fileURLToPath(new URL(encodeURIComponent(entry.name), folder)));
    }
  }
}

function listFolders(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}
