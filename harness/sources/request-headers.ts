import { SimvlmError } from "@simvlm/metrics";

/** What HTTP itself says of a request, and what says how the content is to be read. */
const OWN = new Set(
  "connection content-length content-type expect host keep-alive te trailer transfer-encoding upgrade".split(" "),
);

/**
 * Headers by their names in small letters; an empty value for one that is to be left out.
 * @param lines each `Name: value`
 * @throws SimvlmError `bad-option`, which does not repeat what may be a secret
 */
export function readHeaders(lines: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [i, line] of lines.entries()) {
    const [, name, value] = /^\s*([\w!#$%&'*+.^`|~-]+)\s*:(.*)$/s.exec(line) ?? [];
    if (name === undefined || value === undefined) {
      throw wrong(i, "it must look like Name: value");
    }
    const lower = name.toLowerCase();
    if (OWN.has(lower)) throw wrong(i, `${name} is set by the connection itself`);
    if (Object.hasOwn(headers, lower)) throw wrong(i, `${name} is given twice`);
    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value.trim())) {
      throw wrong(i, `what ${name} holds has line breaks or letters that no header can have`);
    }
    headers[lower] = value.trim();
  }
  return headers;
}

function wrong(index: number, why: string): SimvlmError {
  return new SimvlmError("bad-option", `Header ${index + 1} cannot be sent: ${why}.`);
}
