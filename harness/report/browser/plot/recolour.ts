/** Colours that a plot's figure is written in, and what stands for them where it is shown, as CSS colours. */
export type Colours = Readonly<Record<"#1b1b1f" | "#e3e3e8" | "#fff", string>>;

/** The fields of plotly.js that hold colours: no text of somebody's stands in them. */
const COLOUR_FIELD = /^(?:color|gridcolor|fillcolor|bordercolor|paper_bgcolor|plot_bgcolor)$/;

/** A figure in other colours; those that tell series apart stay. */
export function recolour<Value>(value: Value, colours: Colours): Value {
  if (Array.isArray(value)) return value.map((inner: unknown) => recolour(inner, colours)) as Value;
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]: [string, unknown]) => [
    key,
    COLOUR_FIELD.test(key) && isColour(inner, colours) ? colours[inner] : recolour(inner, colours),
  ]);
  return Object.fromEntries(entries) as Value;
}

function isColour(value: unknown, colours: Colours): value is keyof Colours {
  return typeof value === "string" && Object.hasOwn(colours, value);
}
