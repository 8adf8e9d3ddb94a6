import { defineMetric, type MetricDefinition, type SignatureFields } from "./definition.js";

/** Whose rules a score follows where programs disagree: the data set's own evaluation, or an evaluation harness. */
export const DIALECTS = ["official", "lmms-eval", "vlmevalkit"] as const;
/** One of {@link DIALECTS}. */
export type Dialect = (typeof DIALECTS)[number];

/**
 * A metric in another dialect: `pope` of lmms-eval is `pope-lmms-eval`, and its signature says so. The scores have the
 * same names, so only one dialect is chosen at a time.
 */
export function inDialect<Name extends string, Prepared>(
  dialect: Dialect,
  definition: Omit<MetricDefinition<Name, Prepared>, "kind">,
): MetricDefinition<Name, Prepared> {
  const { name, title = name, signature } = definition;
  const suffix = dialect === "official" ? "" : `-${dialect}`;
  return defineMetric({
    ...definition,
    name: `${name}${suffix}`,
    title: `${title}${suffix}`,
    signature: (input, prepared): SignatureFields => ({ name: title, dialect, ...signature?.(input, prepared) }),
  });
}
