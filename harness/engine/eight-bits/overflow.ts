import { readBytes } from "../../files/bytes.js";

/** As many bytes as the largest machines need. */
const LONGEST = 2 ** 24;

let known: Promise<boolean> | undefined;

/**
 * Whether the processor's own products of eight bits may overflow: x64 adds them up in 16 bits, unless it has VNNI. Where
 * nothing says what it has, it may.
 */
export function mayOverflow(): Promise<boolean> {
  known ??= process.arch === "x64" ? lacksVnni() : Promise.resolve(false);
  return known;
}

async function lacksVnni(): Promise<boolean> {
  const description = await readBytes("/proc/cpuinfo", LONGEST).catch(() => undefined);
  return !description || tellsOverflow(description.toString("latin1"));
}

/** As {@link mayOverflow}, by what Linux says of an x64 processor. @param description the text of /proc/cpuinfo */
export function tellsOverflow(description: string): boolean {
  return !/^flags\s*:.*\b(?:avx512_vnni|avx_vnni)\b/m.test(description);
}
