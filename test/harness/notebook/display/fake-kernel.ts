import { createRequire } from "node:module";
import { afterEach, beforeEach } from "vitest";

/** What a cell has sent to the front end. */
export interface Sent {
  readonly data: Readonly<Record<string, string>>;
  readonly id: string | undefined;
  readonly update: boolean;
}

const { cache } = createRequire(import.meta.url);
const PATH = "/anywhere/node_modules/tslab/dist/jupyter.js";

let page = 0;

/**
 * Makes the tests of a file run as cells of a notebook, as far as displays can tell, each with a page of its own; returns
 * what they send.
 */
export function beInNotebook(): Sent[] {
  const sent: Sent[] = [];
  beforeEach(() => {
    sent.length = 0;
    const write = (content: { data: Sent["data"]; transient: { display_id?: string } }, update: boolean) =>
      sent.push({ data: content.data, id: content.transient.display_id, update });
    const lastWriteDisplayData = Object.assign(write, { page: ++page });
    cache[PATH] = { exports: { lastWriteDisplayData } } as unknown as NodeJS.Module;
  });
  afterEach(() => {
    delete cache[PATH];
  });
  return sent;
}
