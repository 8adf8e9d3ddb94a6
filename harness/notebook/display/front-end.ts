import { randomBytes } from "node:crypto";
import { createRequire } from "node:module";

/** One output in several forms, by MIME type; the front end shows the richest that it knows. Bytes are base64. */
export type Bundle = Readonly<Record<string, string>>;

/** Where the outputs of a cell go. */
export interface FrontEnd {
  /** Counts how often the notebook's page was loaded: a page loaded anew knows nothing of what was sent before. */
  readonly page: number;
  /** A new output. */
  send(bundle: Bundle): void;
  /** A new output that can be replaced as often as one likes, by calling what is returned. */
  open(bundle: Bundle): (replacement: Bundle) => void;
  /** Makes the cell last until something is shown that it does not await. */
  waitFor(shown: Promise<void>): void;
}

interface JupyterModule {
  /** Null until the first cell runs. */
  readonly lastWriteDisplayData?: WriteDisplayData | null;
}

/** What our kernel lets tslab's displays write with. */
interface WriteDisplayData {
  (content: object, update: boolean): void;
  /** Absent in tslab's own kernel. */
  readonly page?: number;
  readonly waitFor?: (shown: Promise<void>) => void;
}

const { cache } = createRequire(import.meta.url);
const JUPYTER_MODULE = /[\\/]tslab[\\/]dist[\\/]jupyter\.js$/;

/**
 * The notebook whose kernel this process is; undefined elsewhere. tslab is looked for where it was loaded from, which
 * need not be where we would load it from.
 */
export function findFrontEnd(): FrontEnd | undefined {
  const write = Object.keys(cache)
    .filter((path) => JUPYTER_MODULE.test(path))
    .map((path) => (cache[path]?.exports as JupyterModule | undefined)?.lastWriteDisplayData)
    .find((found) => typeof found === "function");
  if (!write) return undefined;
  const content = (data: Bundle, transient: object) => ({ data, metadata: {}, transient });
  return {
    page: write.page ?? 0,
    waitFor: (shown) => write.waitFor?.(shown),
    send: (bundle) => write(content(bundle, {}), false),
    open(bundle) {
      const place = { display_id: randomBytes(8).toString("hex") };
      write(content(bundle, place), false);
      return (replacement) => write(content(replacement, place), true);
    },
  };
}
