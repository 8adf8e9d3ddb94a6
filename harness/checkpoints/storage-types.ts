/** How the numbers of weights are stored in a file; in memory they are 32-bit floats. */
export type StoredType = "F32" | "F16" | "BF16";

/** The bytes that one stored number takes, by the names that safetensors gives the types. */
export const BYTES_OF = {
  F32: 4,
  F16: 2,
  BF16: 2,
  F64: 8,
  F8_E4M3: 1,
  F8_E5M2: 1,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
} as const satisfies Readonly<Record<StoredType, number>> & Readonly<Record<string, number>>;

/** How any numbers may be stored. Those that are not weights are buffers, such as the numbers of positions. */
export type StorageType = keyof typeof BYTES_OF;

/** The types that weights are read from. */
export const STORED_TYPES: readonly StoredType[] = ["F32", "F16", "BF16"];

/** Whether numbers stored so become 32-bit floats. */
export function isStoredType(type: StorageType): type is StoredType {
  return (STORED_TYPES as readonly string[]).includes(type);
}

/** Whether this is the name of a storage type. */
export function isStorageType(name: string): name is StorageType {
  return Object.hasOwn(BYTES_OF, name);
}
