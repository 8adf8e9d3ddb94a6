import { createHash } from "node:crypto";

/** Scripts that run; data stand in elements with a type. */
const SCRIPT = /<script(?: data-shared)?>([\s\S]*?)<\/script>/g;

/** What the content security policy of a page names its scripts by: only those that were written into it run. */
function listScripts(page: string): string {
  const hashes = [...page.matchAll(SCRIPT)].map(([, source]) => nameSource(source!));
  return [...new Set(hashes)].join(" ") || "'none'";
}

/** A script or style by its hash. */
function nameSource(source: string): string {
  return `'sha256-${createHash("sha256").update(source).digest("base64")}'`;
}

/** What pages may be allowed beyond what they hold. */
interface Allowed {
  /** Whether it shows pictures that lie beside it; default no. */
  readonly showsFiles?: boolean | undefined;
}

/** Where pictures may come from. */
function listPictures({ showsFiles = false }: Allowed): string {
  return showsFiles ? "'self' data: blob:" : "data: blob:";
}

/**
 * The policy of a page that is a file: nothing is fetched but pictures beside it where it shows such, and no address is
 * asked, whatever else stands in it.
 */
export function policyOfFile(page: string, allowed: Allowed = {}): string {
  return (
    `default-src 'none'; script-src ${listScripts(page)}; worker-src blob:; ` +
    `style-src 'unsafe-inline'; img-src ${listPictures(allowed)}; font-src data:; form-action 'none'; base-uri 'none'`
  );
}

/**
 * The policy of a page that a server of ours sends: the same, and nobody shows it within a page of theirs.
 * @param asks whether its scripts and forms ask that server
 * @param computes whether it runs WebAssembly
 */
export function policyOfAnswer(
  page: string,
  { asks, computes = false, ...allowed }: Allowed & { readonly asks: boolean; readonly computes?: boolean },
): string {
  const asked = asks ? "'self'" : "'none'";
  const scripts = `${listScripts(page)}${computes ? " 'wasm-unsafe-eval'" : ""}`;
  return (
    `default-src 'none'; script-src ${scripts}; worker-src blob:; style-src 'unsafe-inline'; ` +
    `img-src ${listPictures(allowed)}; font-src data:; connect-src ${asked}; form-action ${asked}; base-uri 'none'; frame-ancestors 'none'`
  );
}

/**
 * The policy of a model's page: its own script, style and the worker that it makes of its own pieces, WebAssembly among them.
 * @param asks whether its pieces lie beside it
 */
export function policyOfModel(script: string, style: string, { asks }: { readonly asks: boolean }): string {
  return (
    `default-src 'none'; script-src ${nameSource(script)} 'wasm-unsafe-eval'; worker-src blob:; ` +
    `style-src ${nameSource(style)}; img-src data: blob:; ${asks ? "connect-src 'self'; " : ""}` +
    "form-action 'none'; base-uri 'none'"
  );
}
