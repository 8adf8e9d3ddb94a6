import { type ClusterCommand, folderOptionOf } from "../cluster/submission.js";
import { checkFolder } from "../files/destination.js";
import type { FinetuneOptions } from "./finetune.js";
import type { InnerCommand } from "./inner-command.js";
import type { LabelCurveOptions } from "./label-curve.js";
import type { PretrainOptions } from "./pretrain.js";
import type { RunOptions } from "./run.js";
import type { ScoreOptions } from "./score-options.js";

/**
 * Finds what is wrong with a command as far as it shows at once: files that are not there, tasks and models that are not
 * known or do not fit, a folder that cannot be made. Nothing is computed or written, and what only its machine has, as Java and GPUs, is not looked for.
 * @throws SimvlmError what the command itself would end with
 */
export async function rehearse({ name, options, arguments: words }: InnerCommand): Promise<void> {
  const command = name as ClusterCommand;
  await checkFolder(String(options[folderOptionOf(command)]));
  await REHEARSALS[command](options, words);
}

type Rehearse = (options: InnerCommand["options"], words: readonly string[]) => Promise<unknown>;

const REHEARSALS: Readonly<Record<ClusterCommand, Rehearse>> = {
  run: async (options) => (await import("./rehearse-run.js")).rehearseRun(options as RunOptions),
  pretrain: async (options) => (await import("./pretrain.js")).rehearsePretraining(options as PretrainOptions),
  finetune: async (options) => (await import("./finetune.js")).prepareFinetuning(options as FinetuneOptions),
  "label-curve": async (options) => (await import("./label-curve.js")).prepareLabelCurve(options as LabelCurveOptions),
  score: async (options) => (await import("./score.js")).rehearseScore(options as ScoreOptions),
  async ablate({ data }, [recipe = ""]) {
    const [{ readStudyRecipe }, { findStudyData }] = await Promise.all([
      import("../study/study-recipe.js"),
      import("../study/run-study.js"),
    ]);
    return findStudyData(await readStudyRecipe(recipe), String(data));
  },
};
