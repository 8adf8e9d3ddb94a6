/** `k` of at least n / 64 numbers PyTorch finds with `nth_element`, fewer with a heap. */
const PARTIAL_SORT = 64;
/** Up to this many elements `std::sort` only inserts. */
const INSERTION = 16;

/** Whether PyTorch's `topk` finds `k` of `n` numbers as {@link topK} does. */
export function isTopKOrder(n: number, k: number): boolean {
  return k * PARTIAL_SORT > n;
}

/**
 * Indices of the `k` largest numbers, largest first, equal ones in the order in which PyTorch's `topk` leaves them on a
 * CPU: that of libstdc++'s `nth_element` and `sort`. Texts whose words follow each other in another order can have the
 * same probability, and which of them is kept decides how the search goes on.
 */
export function topK(numbers: readonly number[], k: number): number[] {
  const order = [...numbers.keys()];
  const before = (a: number, b: number) => numbers[a]! > numbers[b]!;
  const swap = (i: number, j: number) => {
    [order[i], order[j]] = [order[j]!, order[i]!];
  };
  const precedes = (i: number, j: number) => before(order[i]!, order[j]!);
  const medianToFirst = (first: number, a: number, b: number, c: number) => {
    if (precedes(a, b)) swap(first, precedes(b, c) ? b : precedes(a, c) ? c : a);
    else swap(first, precedes(a, c) ? a : precedes(b, c) ? c : b);
  };
  /** Hoare's partition around the median of three; returns where its second part begins. */
  const partition = (first: number, last: number): number => {
    medianToFirst(first, first + 1, first + ((last - first) >> 1), last - 1);
    let [low, high] = [first + 1, last];
    for (;;) {
      while (precedes(low, first)) low++;
      high--;
      while (precedes(first, high)) high--;
      if (low >= high) return low;
      swap(low, high);
      low++;
    }
  };
  const insertionSort = (first: number, last: number) => {
    for (let i = first + 1; i < last; i++) {
      const moved = order[i]!;
      let at = i;
      for (; at > first && before(moved, order[at - 1]!); at--) order[at] = order[at - 1]!;
      order[at] = moved;
    }
  };
  let [first, last] = [0, order.length];
  while (last - first > 3) {
    const cut = partition(first, last);
    if (cut <= k - 1) first = cut;
    else last = cut;
  }
  insertionSort(first, last);
  const sort = (from: number, to: number) => {
    let end = to;
    while (end - from > INSERTION) {
      const cut = partition(from, end);
      sort(cut, end);
      end = cut;
    }
  };
  sort(0, k - 1);
  insertionSort(0, k - 1);
  return order.slice(0, k);
}
