import { basename } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { problemOf } from "../../engine/providers.js";
import type { Preprocessing } from "../../images/preparation.js";
import { countProcessors } from "../../processors.js";
import type { Language } from "../../tasks/task.js";
import { ANSWER_RULE, findAnswer } from "../final-answer.js";
import { type Asking, openAsking, ownCaptionPrompt } from "./asking.js";
import { findModel } from "./find-model.js";
import { type ModelFolder, type ModelKind, readModelFolder } from "./folder.js";
import { type LibraryDecoding, notFollowed, ownGeneration, ownLength, placesOf, toArguments } from "./generation.js";
import type { Dtype } from "./graphs.js";
import { LIBRARY, type Library, type LibraryModel, type LibraryTokenizer, loadLibrary } from "./library.js";
import { type Pixels, preparePixels, type ReadyPicture } from "./pixels.js";

/** How a folder is opened. */
export interface OpenOptions {
  /** Default: the first of `DTYPES` that is there. */
  readonly dtype?: Dtype | undefined;
  /** Default the CPU. */
  readonly provider?: string | undefined;
  /** Default `reference`. */
  readonly preprocessing?: Preprocessing | undefined;
  /** Whether a model that is not on this machine may be fetched by the library; default false. */
  readonly allowDownload?: boolean | undefined;
}

/** What a model says of a picture. */
export interface Said {
  readonly text: string;
  /** What was generated, the end included. */
  readonly ids: readonly number[];
}

/** Somebody else's model, run by the library. */
export interface TransformersModel {
  /** What messages call it. */
  readonly source: string;
  readonly folder: string;
  readonly kind: ModelKind;
  /** What manifests say of it, whatever it is asked. */
  readonly description: Readonly<Record<string, unknown>>;
  /** What its own files say of generating. */
  readonly own: Readonly<Record<string, unknown>>;
  /** How many new tokens its own files allow. */
  readonly usualLength: number | undefined;
  readonly pixels: Pixels;
  /** What it is asked for captions with, where that is no sentence. */
  captionPrompt(language: Language): string | undefined;
  /**
   * What it says of one picture, which does not depend on what it said before.
   * @param seed of sampling
   * @throws SimvlmError `text-too-long`, `unfinished-thought`, `library-failed`
   */
  say(image: ReadyPicture, text: string, how: LibraryDecoding, seed: number): Promise<Said>;
}

/**
 * Opens an image-to-text or image-text-to-text model that the library can run, and tries it on a grey picture.
 * @param nameOrFolder a folder as the library takes it, or the name of a model in the Hugging Face client's cache
 * @throws SimvlmError what `loadLibrary`, `findModel`, `readModelFolder` and `preparePixels` throw, `unloadable-model`
 */
export async function openTransformersModel(
  nameOrFolder: string,
  options: OpenOptions = {},
): Promise<TransformersModel> {
  const library = loadLibrary();
  const found = await findModel(library, nameOrFolder, options);
  const folder = await readModelFolder(library, found.folder, options.dtype);
  const loaded = await orUnloadable(library, nameOrFolder, "cannot load it", () => load(library, folder, options));
  const { model, processor, tokenizer } = loaded;
  const own = ownGeneration(folder.config, model);
  const pixels = await preparePixels(library, processor, folder.path, options.preprocessing);
  const asking = await orUnloadable(library, nameOrFolder, "cannot load it", () =>
    openAsking({ library, folder, processor, tokenizer, own }),
  );
  const say = createSayer({ library, model, tokenizer, asking, folder });
  const unheeded = notFollowed(own);
  const opened: TransformersModel = {
    source: nameOrFolder,
    folder: found.folder,
    kind: folder.kind,
    description: {
      kind: "transformers",
      library: { name: LIBRARY, version: library.env.version },
      model: found.name ?? basename(folder.path),
      modelType: folder.config.model_type,
      class: model.constructor.name,
      dtype: folder.dtype,
      pixels: pixels.description,
      template: asking.template,
      ...(folder.kind === "image-text-to-text" && { answerRule: ANSWER_RULE.name }),
      ...(Object.keys(unheeded).length > 0 && { notFollowed: unheeded }),
      hashes: folder.hashes,
    },
    own,
    usualLength: ownLength(own, folder.kind === "image-to-text" ? 1 : undefined),
    pixels,
    captionPrompt: (language) => ownCaptionPrompt(folder, language),
    say: (image, text, how, seed) => say(pixels.toInput(image), text, how, seed),
  };
  await orUnloadable(library, nameOrFolder, "loads it, but fails on a grey picture", () => tryOut(opened));
  return opened;
}

async function load(library: Library, { path, kind, dtype }: ModelFolder, { provider = "cpu" }: OpenOptions) {
  const local = { local_files_only: true };
  const auto = kind === "image-to-text" ? library.AutoModelForVision2Seq : library.AutoModelForImageTextToText;
  const session_options = { intraOpNumThreads: countProcessors() };
  const [processor, tokenizer] = await Promise.all([
    library.AutoProcessor.from_pretrained(path, local),
    library.AutoTokenizer.from_pretrained(path, local),
  ]);
  const model = await auto.from_pretrained(path, { ...local, dtype, device: provider, session_options });
  return { model, processor, tokenizer };
}

/** Whatever is wrong with a folder's graphs shows here, and not in a run that has begun. */
async function tryOut({ kind, pixels, captionPrompt, say }: TransformersModel): Promise<void> {
  const text = kind === "image-to-text" ? "" : (captionPrompt("en") ?? "a");
  try {
    await say(pixels.grey, text, { method: "greedy", minLength: 1, maxLength: 1 }, 1);
  } catch (error) {
    if (!(error instanceof SimvlmError && error.code === "unfinished-thought")) throw error;
  }
}

/** What the library says of a file that it may not download. */
const NOT_THERE = /^`local_files_only=true` or .* file was not found locally at "(.+)"\.$/s;

/** @throws SimvlmError `unloadable-model` for what the library says of a folder, or of a model that fails at once */
async function orUnloadable<Result>(
  { env }: Library,
  source: string,
  what: string,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SimvlmError && error.code !== "library-failed") throw error;
    const problem = problemOf(error instanceof SimvlmError ? error.cause : error).replace(
      NOT_THERE,
      "it looks for $1, which is not there",
    );
    throw new SimvlmError("unloadable-model", `${source}: ${LIBRARY} ${env.version} ${what}: ${problem}`, {
      cause: error,
    });
  }
}

interface Parts {
  readonly library: Library;
  readonly model: LibraryModel;
  readonly tokenizer: LibraryTokenizer;
  readonly asking: Asking;
  readonly folder: ModelFolder;
}

function createSayer({ library, model, tokenizer, asking, folder }: Parts) {
  const places = placesOf(folder.config);
  return async (input: unknown, text: string, how: LibraryDecoding, seed: number): Promise<Said> => {
    const { ids, said } = await orFailed(async () => {
      const { inputs, begun } = await asking.ask(input, text);
      library.random.seed(seed);
      const generated = await model.generate({ ...inputs, ...toArguments(how, begun, places) });
      const ids = (generated.tolist()[0] ?? []).slice(begun).map(Number);
      return { ids, said: tokenizer.decode(ids, { skip_special_tokens: true }).trim() };
    });
    const answer = folder.kind === "image-to-text" ? { text: said, isThinking: false } : findAnswer(said);
    if (answer.isThinking)
      throw new SimvlmError("unfinished-thought", "it begins to think, and its thought never ends");
    return { text: answer.text, ids };
  };
}

/** An error of the library's is about this picture and this text: another may go well. */
async function orFailed<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SimvlmError) throw error;
    throw new SimvlmError("library-failed", `${LIBRARY} fails: ${problemOf(error)}`, { cause: error });
  }
}
