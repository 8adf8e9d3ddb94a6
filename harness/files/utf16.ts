/**
 * Which UTF-16 a text is in, as Excel ("Unicode text") and PowerShell write it: its byte order mark tells.
 * @param start the first bytes
 */
export function utf16Of(start: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  if (start[0] === 0xff && start[1] === 0xfe) return "utf-16le";
  if (start[0] === 0xfe && start[1] === 0xff) return "utf-16be";
  return undefined;
}
