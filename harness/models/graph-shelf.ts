/** A graph that somebody uses. */
export interface TakenGraph<Graph> {
  readonly graph: Graph;
  /** To be called once, when it is not used any more. */
  giveBack(): void;
}

/**
 * Graphs of different shapes that each hold a copy of a model's weights: so many are kept, those used last. One that is in
 * use is let go when its users have given it back.
 */
export interface GraphShelf<Graph> {
  /**
   * @param key of its shape
   * @param make makes it, where it is not there; those that must go for it have gone before
   */
  take(key: string, make: () => Promise<Graph>): Promise<TakenGraph<Graph>>;
}

interface Held<Graph> {
  readonly graph: Promise<Graph>;
  users: number;
  isReplaced: boolean;
}

/** @param capacity how many graphs are kept, at least 1 */
export function createGraphShelf<Graph extends { dispose(): Promise<void> }>(capacity: number): GraphShelf<Graph> {
  /** Those used last at the end. */
  const shelf = new Map<string, Held<Graph>>();
  const letGo = async (held: Held<Graph>): Promise<void> => {
    const graph = await held.graph.catch(() => undefined);
    await graph?.dispose();
  };
  const makeRoom = async (): Promise<void> => {
    while (shelf.size >= capacity) {
      const [key, oldest] = shelf.entries().next().value!;
      shelf.delete(key);
      oldest.isReplaced = true;
      if (oldest.users === 0) await letGo(oldest);
    }
  };
  return {
    async take(key, make) {
      if (!shelf.has(key)) await makeRoom();
      const held = shelf.get(key) ?? { graph: make(), users: 0, isReplaced: false };
      shelf.delete(key);
      shelf.set(key, held);
      held.users++;
      const giveBack = (): void => {
        held.users--;
        if (held.isReplaced && held.users === 0) void letGo(held);
      };
      try {
        return { graph: await held.graph, giveBack };
      } catch (error) {
        if (shelf.get(key) === held) shelf.delete(key);
        throw error;
      }
    },
  };
}

/** So many bytes may be taken by graphs of shapes that were used before. */
const KEPT = 2 ** 29;

/** How many graphs are kept that hold so many bytes of weights each: one at least. */
export function shelfCapacity(bytes: number): number {
  return Math.max(1, Math.floor(KEPT / Math.max(1, bytes)));
}
