import { z } from "zod";

/** What is read here of what `packScoring` writes. */
const Packed = z.looseObject({
  metrics: z.array(z.looseObject({ name: z.string(), title: z.string() })),
  kept: z.record(z.string(), z.unknown()).default({}),
  groups: z.unknown(),
  texts: z.unknown(),
});

/** What a page scores with, without these metrics; what `packScoring` did not write stays as it is. */
export function withoutScored(packed: string, titles: readonly string[]): string {
  const found = Packed.safeParse(parse(packed));
  if (!found.success) return packed;
  const { kept, groups, texts, metrics: all, ...rest } = found.data;
  const metrics = all.filter(({ title }) => !titles.includes(title));
  const counts = Object.entries(kept).filter(([of]) => metrics.some(({ name }) => name === of));
  return JSON.stringify({
    ...{ metrics, ...rest },
    ...(counts.length > 0 && { kept: Object.fromEntries(counts) }),
    ...{ groups, texts },
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // somebody has changed it, which is found where reports are compared
  }
}
