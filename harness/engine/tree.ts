import { SimvlmError } from "@simvlm/metrics";
import type { Tensor } from "@tensorflow/tfjs-core";

/**
 * A tensor, or a record of such trees: the form in which a compiled function takes its arguments and returns its
 * results.
 */
export type Tree<Leaf> = Leaf | { readonly [name: string]: Tree<Leaf> };

/** A tree with the same keys as `T`, in which `Leaf` takes the place of every tensor. */
export type MapTree<T, Leaf> = T extends Tensor ? Leaf : { readonly [K in keyof T]: MapTree<T[K], Leaf> };

/** A leaf with its place in the tree: the keys from the root, joined by `/`. The root itself is called `value`. */
export type Entry<Leaf> = readonly [path: string, leaf: Leaf];

const ROOT = "value";

/**
 * Lists the leaves of a tree in the order of its keys. Missing (undefined) branches are left out.
 * @throws SimvlmError `tree` if a node is neither a leaf nor a record, or if two leaves have the same path
 */
export function flattenTree<Leaf>(tree: unknown, isLeaf: (node: unknown) => node is Leaf, what: string): Entry<Leaf>[] {
  const entries = new Map<string, Leaf>();
  const visit = (node: unknown, path: string): void => {
    if (node === undefined) return;
    if (isLeaf(node)) {
      const name = path === "" ? ROOT : path;
      if (entries.has(name)) {
        throw new SimvlmError("tree", `${what}: two leaves are called "${name}"; keys joined by "/" must be unique.`);
      }
      entries.set(name, node);
    } else if (typeof node === "object" && node !== null && !ArrayBuffer.isView(node)) {
      for (const [key, child] of Object.entries(node)) visit(child, path === "" ? key : `${path}/${key}`);
    } else {
      throw new SimvlmError(
        "tree",
        `${what}: found ${describe(node)} at "${path || ROOT}" where a leaf or a record is expected.`,
      );
    }
  };
  visit(tree, "");
  return [...entries];
}

/** Builds a tree of the same form, each leaf replaced by what `map` returns for it. */
export function mapTree<Leaf, Result>(
  tree: unknown,
  isLeaf: (node: unknown) => node is Leaf,
  map: (path: string, leaf: Leaf) => Result,
): Tree<Result> {
  const visit = (node: unknown, path: string): Tree<Result> => {
    if (isLeaf(node)) return map(path === "" ? ROOT : path, node);
    const children = Object.entries(node as object).filter(([, child]) => child !== undefined);
    return Object.fromEntries(
      children.map(([key, child]) => [key, visit(child, path === "" ? key : `${path}/${key}`)]),
    );
  };
  return visit(tree, "");
}

function describe(node: unknown): string {
  if (node === null) return "null";
  return typeof node === "object" ? (node.constructor?.name ?? "an object") : `a ${typeof node}`;
}
