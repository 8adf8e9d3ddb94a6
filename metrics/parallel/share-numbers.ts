/** Room for so many numbers, in memory that all threads see. */
export function allocateShared(length: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT * length));
}

/** The numbers in memory that all threads see: themselves where they lie there. */
export function shareNumbers(numbers: Int32Array): Int32Array {
  if (numbers.buffer instanceof SharedArrayBuffer) return numbers;
  const shared = allocateShared(numbers.length);
  shared.set(numbers);
  return shared;
}
