import { SimvlmError } from "@simvlm/metrics";
import { measureFaithfulness } from "../../attention/faithfulness/measure.js";
import { sumUp, TRIAL_MEASURES } from "../../attention/faithfulness/summary.js";
import type { PictureTrial } from "../../attention/faithfulness/try-picture.js";
import { usualPrompt } from "../../models/vision-language-model.js";
import { judge } from "../../terminal/faithfulness-table.js";
import type { RunFaithfulness } from "./data.js";
import type { ExplorableRun } from "./explorable-run.js";

/**
 * How faithful the maps of a run's texts are, on the first pictures that it said something of.
 * @param count how many pictures
 * @returns a sentence that says why not, if nothing can be measured
 */
export async function measureRun(
  { run, model, examples }: ExplorableRun,
  count: number,
): Promise<RunFaithfulness | string> {
  const trials: PictureTrial[] = [];
  try {
    for (const [id, { prediction: caption }] of run.predictions) {
      if (trials.length === count) break;
      const example = examples.get(id);
      const [picture] = example?.images ?? [];
      if (picture === undefined || model.tokenizer.encode(caption).length === 0) continue;
      const prompt = example!.prefix ?? usualPrompt(model, run.manifest.settings.language);
      trials.push(...(await measureFaithfulness(model, [{ picture }], { caption, prompt })));
    }
    const { pictures, words, maps } = sumUp(trials);
    return {
      run: run.label,
      pictures,
      words,
      maps: maps.map(({ map, measures }) => ({
        map,
        measures: TRIAL_MEASURES.flatMap((measure) => {
          const found = measures[measure];
          if (!found) return [];
          const { score, low, high } = found;
          const verdict = judge(measure, found);
          return [{ measure, score, low, high, ...(verdict && { verdict }) }];
        }),
      })),
    };
  } catch (error) {
    if (!(error instanceof SimvlmError)) throw error;
    return `How faithful the maps of ${run.label} are could not be measured: ${error.message}`;
  }
}
