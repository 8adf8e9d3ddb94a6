import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";

/*
 * Whoever only scores installs without the large packages (`npm install --omit=optional`), and npm leaves out by itself
 * those whose install script fails. Each is loaded where it is needed, and asked for by name where it is not there.
 */

const require = createRequire(import.meta.url);

/** What needs which of the package's optional dependencies and peers: one that is missed is asked for with its fellows. */
const NEEDS: readonly { readonly what: string; readonly packages: readonly string[] }[] = [
  {
    what: "Drawing pictures and pages",
    packages: ["opentype.js", "plotly.js-cartesian-dist-min", "sharp", "tabulator-tables"],
  },
  {
    what: "Running models",
    packages: [
      "@tensorflow/tfjs-backend-cpu",
      "@tensorflow/tfjs-backend-wasm",
      "@tensorflow/tfjs-core",
      "onnxruntime-node",
      "protobufjs",
      "sharp",
    ],
  },
  { what: "Running other people's ONNX folders", packages: ["@huggingface/transformers"] },
  { what: "Running notebooks", packages: ["highlight.js", "markdown-it", "tslab", "zeromq"] },
];

/**
 * A CommonJS module of an optional package, loaded now.
 * @param path the package, or a module of it
 * @throws SimvlmError `missing-package` naming what to install
 */
export function requirePackage<Loaded>(path: string): Loaded {
  return orMissing(() => require(path) as Loaded);
}

/** Where a file of an optional package lies. @throws SimvlmError as {@link requirePackage} */
export function resolvePackageFile(path: string): string {
  return orMissing(() => require.resolve(path));
}

function orMissing<Found>(find: () => Found): Found {
  try {
    return find();
  } catch (error) {
    throw missingPackage(error) ?? error;
  }
}

/** Awaits what loads modules that need optional packages. @throws SimvlmError as {@link requirePackage} */
export function withPackages<Loaded>(loading: Promise<Loaded>): Promise<Loaded> {
  return loading.catch((error: unknown) => {
    throw missingPackage(error) ?? error;
  });
}

/** What Node's error says when an optional package is not there; undefined for any other error. */
export function missingPackage(error: unknown): SimvlmError | undefined {
  const { code, message } = Object(error) as { readonly code?: unknown; readonly message?: unknown };
  if (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND") return undefined;
  const [, path] = /^Cannot find (?:package|module) '([^']+)'/.exec(String(message)) ?? [];
  const need = NEEDS.find(({ packages }) => packages.some((name) => path === name || path?.startsWith(`${name}/`)));
  if (!need) return undefined;
  const absent = need.packages.filter((name) => findPackage(name) === undefined);
  const [names, them] = [absent.join(", "), absent.length === 1 ? "it" : "them"];
  return new SimvlmError(
    "missing-package",
    `${need.what} needs ${names}, which this installation of simvlm was made without. Add ${them} where simvlm is ` +
      `installed: npm install --ignore-scripts ${absent.map(withVersion).join(" ")}`,
    { cause: error },
  );
}

/** The optional packages, by name, installed or not. */
export function optionalPackages(): string[] {
  return [...new Set(NEEDS.flatMap(({ packages }) => packages))];
}

/** The folder of an installed package, wherever Node would find it; undefined where it is not installed. */
export function findPackage(name: string): string | undefined {
  const folders = (require.resolve.paths(name) ?? []).map((folder) => join(folder, name));
  return folders.find((folder) => existsSync(join(folder, "package.json")));
}

/** `sharp@0.35.5`: a range's `^` is no plain character to every shell. */
function withVersion(name: string): string {
  const { optionalDependencies, peerDependencies } = require("simvlm/package.json") as Readonly<
    Record<"optionalDependencies" | "peerDependencies", Readonly<Record<string, string>>>
  >;
  return `${name}@${(optionalDependencies[name] ?? peerDependencies[name])?.replace(/^[\^~]/, "")}`;
}
