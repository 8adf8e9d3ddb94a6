/** What may be typed above a column of numbers: "0.2–0.8", "0.2..", "> 0.5", "<= 1", "= 3". */
const RANGE = /^(-?[\d.]+(?:e-?\d+)?)?\s*(?:\.\.|–|to|-)\s*(-?[\d.]+(?:e-?\d+)?)?$/i;
const COMPARISON = /^(<=?|>=?|=|≤|≥)\s*(-?[\d.]+(?:e-?\d+)?)$/i;
const TESTS = {
  "<": (value, bound) => value < bound,
  "<=": (value, bound) => value <= bound,
  "≤": (value, bound) => value <= bound,
  ">": (value, bound) => value > bound,
  ">=": (value, bound) => value >= bound,
  "≥": (value, bound) => value >= bound,
  "=": (value, bound) => value === bound,
};

/**
 * @param {string} text
 * @returns {((value: number) => boolean) | undefined} undefined where the text cannot be read
 */
function parseRange(text) {
  const [, sign, bound] = COMPARISON.exec(text) ?? [];
  if (sign) return (value) => TESTS[sign](value, Number(bound));
  if (text.trim() !== "" && !Number.isNaN(Number(text))) return (value) => value === Number(text);
  const [whole, low, high] = RANGE.exec(text) ?? [];
  if (!whole || (low === undefined && high === undefined)) return undefined;
  return (value) => (low === undefined || value >= Number(low)) && (high === undefined || value <= Number(high));
}

/** @param {string} text what all its words must be found in, in any order */
function matchesWords(text, query) {
  const lower = text.toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => lower.includes(word));
}

/** Of each kind of column: the field above it, and whether a cell passes what stands in it. */
const FILTERS = {
  text: { field: textField("contains…"), passes: (query, cell) => matchesWords(cell ?? "", query) },
  category: { field: listField, passes: (chosen, cell) => cell === chosen },
  number: { field: textField("min–max, > …"), passes: passesRange },
  figure: { field: textField("min–max, > …"), passes: passesRange },
  interval: { field: textField("min–max, > …"), passes: passesRange },
  probability: { field: textField("min–max, < …"), passes: passesRange },
};

function passesRange(text, cell) {
  const passes = parseRange(text);
  return !passes || (cell !== null && passes(keyOf(cell)));
}

function textField(placeholder) {
  return (column) => {
    const input = element("input", { type: "search", placeholder, "aria-label": `Filter ${column.title}` });
    const isNumber = column.kind !== "text";
    input.addEventListener("input", () => {
      const isWrong = isNumber && input.value.trim() !== "" && !parseRange(input.value.trim());
      input.setAttribute("aria-invalid", String(isWrong));
    });
    return input;
  };
}

function listField(column, cells) {
  const counts = new Map();
  for (const cell of cells) if (cell !== null) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  const options = [...counts].map(([value, count]) => element("option", { value }, `${value} (${count})`));
  return element(
    "select",
    { "aria-label": `Filter ${column.title}` },
    element("option", { value: "" }, "all"),
    ...options,
  );
}
