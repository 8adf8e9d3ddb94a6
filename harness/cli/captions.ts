import { SimvlmError } from "@simvlm/metrics";
import { loadAhead, loadEachAhead } from "../images/load-ahead.js";
import { countUnturned } from "../images/load-image.js";
import { createCaptioner } from "../models/captioner.js";
import { type SearchCommandOptions, toDecodingSettings } from "./decoding-options.js";
import { type ModelCommandOptions, openModel } from "./model-options.js";
import { noteNotFollowed, type TransformersCommandOptions } from "./transformers-options.js";

/** Which model captions, and how. */
type CaptionOptions = ModelCommandOptions &
  SearchCommandOptions &
  TransformersCommandOptions & { readonly transformers?: string | undefined; readonly prompt?: string | undefined };

/** A picture with its place on the command line. */
export type Numbered = readonly [number: number, path: string];

/** What `--json` prints for each picture. */
export interface CaptionRow {
  readonly image: string;
  readonly caption: string;
  /** Natural logarithm; absent where nobody knows. */
  readonly logProbability?: number;
  /** Ids of start, prompt where the decoder takes it, caption, and end if it was reached; of another library's model those of the caption alone. */
  readonly tokens: readonly number[];
  /** Where the weights are not as they are stored. */
  readonly weights?: "int8";
}

/** What came of a batch of pictures. */
export interface CaptionedBatch {
  readonly rows: readonly CaptionRow[];
  /** Why the others have no caption. */
  readonly faults: readonly string[];
  /** How many pictures say that they are to be turned, and were not. */
  readonly unturned: number;
}

/** Captions one batch after the other. */
export type CaptionBatches = (batches: readonly (readonly Numbered[])[]) => AsyncGenerator<CaptionedBatch, void>;

/** Captions by a model of ours. */
export async function captionByModel(options: CaptionOptions): Promise<CaptionBatches> {
  const { model, provider } = await openModel(options);
  const { prompt, seed, weights } = options;
  const captioner = createCaptioner(model, { provider, prompt, seed, decoding: toDecodingSettings(options) });
  return async function* (batches) {
    let done = 0;
    for await (const loaded of loadAhead(batches.map(pathsOf), captioner.preparation)) {
      const batch = batches[done++]!;
      const good = loaded.flatMap((result, i) => (result.ok ? [{ ...result, number: batch[i]![0] }] : []));
      const captions =
        good.length === 0
          ? []
          : await captioner.caption(
              good.map(({ image }) => image.data),
              good.map(({ number }) => number),
            );
      const rows = captions.map(({ text, logProbability, ids }, i) => {
        const row = { image: good[i]!.name, caption: text, logProbability, tokens: ids };
        return weights === "int8" ? { ...row, weights } : row;
      });
      const faults = loaded.flatMap((result) => (result.ok ? [] : [result.error.message]));
      yield { rows, faults, unturned: countUnturned(loaded) };
    }
  };
}

/** Captions by a model that transformers.js runs, one picture after the other. */
export async function captionByTransformers(options: CaptionOptions): Promise<CaptionBatches> {
  const { transformers, dtype, allowDownload, preprocessing, prompt, seed } = options;
  const [{ requireProvider }, { openTransformersModel }, { createTransformersCaptioner }] = await Promise.all([
    import("../engine/providers.js"),
    import("../sources/transformers/model.js"),
    import("../sources/transformers/captioner.js"),
  ]);
  const provider = requireProvider(options.provider);
  const model = await openTransformersModel(transformers!, { dtype, allowDownload, provider, preprocessing });
  const caption = createTransformersCaptioner(model, { prompt, seed, decoding: toDecodingSettings(options) });
  noteNotFollowed(model);
  return async function* (batches) {
    let done = 0;
    for await (const loaded of loadEachAhead(batches.map(pathsOf), (paths) => model.pixels.load(paths))) {
      const batch = batches[done++]!;
      const rows: CaptionRow[] = [];
      const faults: string[] = [];
      for (const [i, picture] of loaded.entries()) {
        const said = picture.ok ? await caption(picture.image, batch[i]![0]).catch(asFault) : picture.error;
        if (said instanceof SimvlmError) faults.push(picture.ok ? `${picture.name}: ${said.message}` : said.message);
        else rows.push({ image: picture.name, caption: said.text, tokens: said.ids });
      }
      yield { rows, faults, unturned: countUnturned(loaded) };
    }
  };
}

const pathsOf = (batch: readonly Numbered[]): string[] => batch.map(([, path]) => path);

function asFault(error: unknown): SimvlmError {
  if (error instanceof SimvlmError) return error;
  throw error;
}
