import { sizeOf } from "../engine/trace/graph.js";

/** Where a tensor's numbers lie in a row of numbers; offset and strides count numbers. */
export interface TensorView {
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** A tensor may show the same number many times over; more of them than its row has, and than these, are refused. */
const MOST_REPEATED = 1 << 20;

/** What is wrong with a view of `count` numbers; undefined for one that lies inside of them. */
export function checkView(view: TensorView, count: number): string | undefined {
  const size = sizeOf(view.shape);
  if (!Number.isSafeInteger(size)) return `has ${size} numbers`;
  if (size > count && size > MOST_REPEATED) return `has ${size} numbers where its storage has ${count}`;
  const end = view.offset + spanOf(view);
  return end <= count ? undefined : `ends at ${end} of the ${count} numbers in its storage`;
}

/** How many numbers lie from the first of a tensor to its last, the others between them included. */
export function spanOf({ shape, strides }: TensorView): number {
  if (sizeOf(shape) === 0) return 0;
  return shape.reduce((span, size, axis) => span + (size - 1) * strides[axis]!, 1);
}

/** Whether a tensor's numbers follow each other row by row. */
export function isContiguous({ shape, strides }: TensorView): boolean {
  if (sizeOf(shape) === 0) return true;
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] === 1) continue;
    if (strides[axis] !== expected) return false;
    expected *= shape[axis]!;
  }
  return true;
}

/** A tensor's numbers row by row. @param span the numbers from its first to its last, see {@link spanOf} */
export function gather({ shape, strides }: TensorView, span: Float32Array): Float32Array {
  const numbers = new Float32Array(sizeOf(shape));
  const index = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < numbers.length; to++) {
    numbers[to] = span[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      from -= index[axis]! * strides[axis]!;
      index[axis] = 0;
    }
  }
  return numbers;
}
