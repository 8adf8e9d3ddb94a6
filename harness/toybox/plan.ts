import { planCaptions, planNocaps } from "./datasets/write-captions.js";
import { planMulti30k, planTranslationTexts } from "./datasets/write-multi30k.js";
import { planNlvr2 } from "./datasets/write-nlvr2.js";
import { planSnliVe } from "./datasets/write-snli-ve.js";
import { planText } from "./datasets/write-text.js";
import { planAnswerList, planVqa } from "./datasets/write-vqa.js";
import { planWeb } from "./datasets/write-web.js";
import { type DataSet, type Scale, SIZES } from "./sizes.js";
import type { Job } from "./workshop.js";
import type { Split } from "./world/scene.js";

type Planner = (split: Split, size: number) => Job[];

const PLANNERS: Record<DataSet, Planner> = {
  captions: planCaptions,
  nocaps: planNocaps,
  vqa: (split, size) => [
    planAnswerList(),
    planVqa(split, size),
    ...(split === "test" ? [planVqa(split, Math.ceil(size / 2), true)] : []),
  ],
  nlvr2: (split, size) => [planNlvr2(split, size)],
  "snli-ve": (split, size) => [planSnliVe(split, size)],
  multi30k: (split, size) => [planMulti30k(split, size), ...(split === "train" ? [planTranslationTexts(size)] : [])],
  web: planWeb,
  text: planText,
};

/** Which data sets are written, which splits of them, and how large. */
export interface PlanOptions {
  readonly scale: Scale;
  /** The data sets that are written. */
  readonly only: readonly DataSet[];
  readonly splits: readonly Split[];
  /** At most so many images, sets, pairs or documents in each split. A smaller set is the beginning of a larger one. */
  readonly limit?: number | undefined;
}

/** What there is to write, each file once. */
export function planJobs({ scale, only, splits, limit = Number.POSITIVE_INFINITY }: PlanOptions): Job[] {
  const jobs = only.flatMap((dataSet) =>
    splits.flatMap((split) => {
      const size = Math.min(SIZES[scale][dataSet][split], limit);
      return size === 0 ? [] : PLANNERS[dataSet](split, size);
    }),
  );
  const planned = new Set<string>();
  return jobs.filter(({ files: [file] }) => {
    const fresh = !planned.has(file!);
    planned.add(file!);
    return fresh;
  });
}
