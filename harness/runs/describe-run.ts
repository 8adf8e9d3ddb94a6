import { basename, resolve } from "node:path";
import type { Predictor } from "../tasks/prediction.js";
import { DataFolder } from "./data-folder.js";
import type { Manifest } from "./manifest.js";
import type { RunRequest } from "./open-run.js";
import { placeOf } from "./place.js";
import { readProvenance } from "./provenance.js";
import { describeData } from "./selection.js";

/** What of a run's request its manifest says. */
export interface DescribedRequest extends Omit<RunRequest, "predictor"> {
  readonly predictor: Pick<Predictor, "description" | "decoding">;
}

/** The manifest of a run that is about to begin. */
export async function describeRun(request: DescribedRequest): Promise<Manifest> {
  const { folder, task, settings, data, dataFolder, predictor, sourcePath, provider, seed } = request;
  const { label = basename(resolve(folder)), limit, shard, images } = request;
  return {
    format: 1,
    label,
    task: task.name,
    settings: { ...settings },
    ...(await readProvenance()),
    ...(provider !== undefined && { provider }),
    source: { ...predictor.description },
    ...(sourcePath !== undefined && { sourceAt: placeOf(sourcePath, folder) }),
    ...(predictor.decoding && { decoding: predictor.decoding }),
    seed,
    data: await describeData(
      { folder: new DataFolder(dataFolder, { images }), split: settings.split, data },
      { limit, shard },
      folder,
    ),
    ...(limit !== undefined && { limit }),
    comparable: limit === undefined,
    ...(shard && { shard }),
    created: new Date().toISOString(),
  };
}
