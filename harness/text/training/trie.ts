const EMPTY = -1;

/**
 * A growing trie over integer symbols, its transitions in one open-addressed hash table of typed arrays:
 * millions of nodes without an object each. Node 0 is the root.
 */
export class Trie {
  /** Nodes so far, the root included. */
  size = 1;
  private capacity = 1 << 12;
  private nodes = new Int32Array(this.capacity).fill(EMPTY);
  private symbols = new Int32Array(this.capacity);
  private children = new Int32Array(this.capacity);

  /** The child of `node` by `symbol`, or -1. */
  step(node: number, symbol: number): number {
    const slot = this.find(node, symbol);
    return this.nodes[slot] === EMPTY ? -1 : this.children[slot]!;
  }

  /** The child of `node` by `symbol`, made when missing. */
  add(node: number, symbol: number): number {
    const slot = this.find(node, symbol);
    if (this.nodes[slot] !== EMPTY) return this.children[slot]!;
    const child = this.size++;
    this.nodes[slot] = node;
    this.symbols[slot] = symbol;
    this.children[slot] = child;
    if (this.size * 2 > this.capacity) this.grow();
    return child;
  }

  /** Adds a whole path; returns its last node. */
  insert(symbols: Iterable<number>): number {
    let node = 0;
    for (const symbol of symbols) node = this.add(node, symbol);
    return node;
  }

  private find(node: number, symbol: number): number {
    const mask = this.capacity - 1;
    let slot = Math.imul(node ^ Math.imul(symbol, 0x9e3779b1), 0x85ebca6b);
    slot = (slot ^ (slot >>> 15)) & mask;
    while (this.nodes[slot] !== EMPTY && (this.nodes[slot] !== node || this.symbols[slot] !== symbol)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private grow(): void {
    const { nodes, symbols, children, capacity } = this;
    this.capacity = capacity * 2;
    this.nodes = new Int32Array(this.capacity).fill(EMPTY);
    this.symbols = new Int32Array(this.capacity);
    this.children = new Int32Array(this.capacity);
    for (let old = 0; old < capacity; old++) {
      if (nodes[old] === EMPTY) continue;
      const slot = this.find(nodes[old]!, symbols[old]!);
      this.nodes[slot] = nodes[old]!;
      this.symbols[slot] = symbols[old]!;
      this.children[slot] = children[old]!;
    }
  }
}
