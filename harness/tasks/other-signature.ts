/** What signatures say of the program and of what was left out, which is told apart from how a metric was computed. */
const INDIFFERENT = ["version", "missing", "unreferenced", "unpictured"];

/**
 * In what two signatures of one metric differ: `paraphrase:no against paraphrase:yes`; undefined where scores with them can
 * stand beside each other. Versions of this program give the same scores, and what was left out is told elsewhere.
 */
export function describeOtherSignature(first: string, second: string): string | undefined {
  const [a, b] = [fieldsOf(first), fieldsOf(second)];
  const differing = [...new Set([...a.keys(), ...b.keys()])].filter((key) => a.get(key) !== b.get(key));
  if (differing.length === 0) return undefined;
  const tell = (fields: ReadonlyMap<string, string>) =>
    differing.map((key) => (fields.has(key) ? showField(key, fields.get(key)!) : `no ${key}`)).join("|");
  return `${tell(a)} against ${tell(b)}`;
}

/** The name is the field without a key. */
function fieldsOf(signature: string): Map<string, string> {
  const fields = signature.split("|").map((field, i): [string, string] => {
    const colon = field.indexOf(":");
    return i === 0 || colon < 0 ? [i === 0 ? "" : field, field] : [field.slice(0, colon), field.slice(colon + 1)];
  });
  return new Map(fields.filter(([key]) => !INDIFFERENT.includes(key)));
}

function showField(key: string, value: string): string {
  return key === "" || key === value ? value : `${key}:${value}`;
}
