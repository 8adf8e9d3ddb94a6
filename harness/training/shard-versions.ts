import { SimvlmError } from "@simvlm/metrics";
import { requireFile } from "../files/open-file.js";
import type { RemoteVersion } from "../network/remote-request.js";

/** What is known of each shard, in the order of their names; null for nothing. It is JSON. */
export type KnownVersions = readonly (RemoteVersion | null)[];

/**
 * Which bytes a training's shards had when it looked at them: whoever goes on with others trains a model that is of neither.
 * Of files of this machine that is their size, since to copy them changes when they were written.
 */
export class ShardVersions {
  readonly #places: ReadonlyMap<string, number>;
  readonly #known: (RemoteVersion | null)[];

  /**
   * @param names the shards
   * @param known what a training that is continued knew of them; absent of one that an earlier version began
   */
  constructor(names: readonly string[], known: KnownVersions = []) {
    this.#places = new Map(names.map((name, place) => [name, place]));
    this.#known = names.map((_, place) => known[place] ?? null);
  }

  /** What is known by now. */
  get known(): KnownVersions {
    return this.#known;
  }

  /** Looks at a file of this machine. @throws SimvlmError `changed-data`, `missing-file`, `unreadable-file` */
  async look(path: string): Promise<void> {
    const { size } = await requireFile(path);
    this.see(path, { length: size });
  }

  /**
   * A shard turns out to be this version.
   * @throws SimvlmError `changed-data` if it was another one before
   */
  see(name: string, found: RemoteVersion): void {
    const place = this.#places.get(name)!;
    const before = this.#known[place];
    if (before) requireSame(name, before, found);
    const [validator, length] = [found.validator ?? before?.validator, found.length ?? before?.length];
    if (validator !== undefined || length !== undefined) this.#known[place] = { validator, length };
  }
}

/** What one of the two does not say tells nothing. */
function requireSame(name: string, before: RemoteVersion, now: RemoteVersion): void {
  const [was, is] = [before.length, now.length];
  if (was !== undefined && is !== undefined && was !== is)
    throw changedShard(name, `it had ${was} bytes, and now has ${is}`);
  if (namesOther(before.validator, now.validator))
    throw changedShard(name, "its server says that it is another version");
}

/** An ETag and a time cannot be compared; one that is called weak names the same bytes for those who read all of them. */
function namesOther(before: string | undefined, now: string | undefined): boolean {
  if (before === undefined || now === undefined) return false;
  const [one, other] = [before, now].map((each) => each.replace(/^W\//, ""));
  return one!.startsWith('"') === other!.startsWith('"') && one !== other;
}

/** The error for shards that are others than those that a training was begun with. @param how what shows it */
export function changedShard(name: string, how: string): SimvlmError {
  return new SimvlmError(
    "changed-data",
    `${name} has changed since the training was begun: ${how}. Put the data back as they were, or choose another folder.`,
  );
}
