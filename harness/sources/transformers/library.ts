import { realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { SimvlmError } from "@simvlm/metrics";
import { requirePackage, resolvePackageFile } from "../../optional-packages.js";

/** The package that runs other people's ONNX folders. */
export const LIBRARY = "@huggingface/transformers";

/** How many seeds its generator of random numbers has. */
export const SEEDS = 2 ** 31;

/** A tensor of the library's. */
export interface LibraryTensor {
  readonly dims: readonly number[];
  tolist(): (bigint | number)[][];
}

/** Where the library finds a model, and what it makes of it. */
export interface LoadingOptions {
  readonly local_files_only: boolean;
  readonly revision?: string;
  readonly config?: unknown;
  readonly dtype?: string | Readonly<Record<string, string>>;
  readonly device?: string;
  readonly session_options?: Readonly<Record<string, unknown>>;
}

interface Loadable<Loaded> {
  from_pretrained(folder: string, options: LoadingOptions): Promise<Loaded>;
}

/** Inputs of a model by their names. */
export type Inputs = Readonly<Record<string, LibraryTensor>>;

/** A model as the library has loaded it. */
export interface LibraryModel {
  readonly generation_config: Readonly<Record<string, unknown>> | null;
  generate(inputs: Readonly<Record<string, unknown>>): Promise<LibraryTensor>;
  dispose(): Promise<unknown>;
}

/** Makes inputs of pictures and texts; which comes first depends on its class. */
export interface LibraryProcessor {
  (...pictureAndText: readonly unknown[]): Promise<Inputs>;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly components: Record<string, unknown>;
  readonly image_processor?: { readonly config?: unknown };
  readonly chat_template?: string | null;
  readonly image_token?: unknown;
  readonly boi_token?: unknown;
}

/** Texts and their ids. */
export interface LibraryTokenizer {
  (text: string, options?: { readonly add_special_tokens?: boolean }): { readonly input_ids: LibraryTensor };
  readonly chat_template?: unknown;
  decode(ids: readonly number[], options?: { readonly skip_special_tokens: boolean }): string;
  apply_chat_template(messages: readonly unknown[], options: Readonly<Record<string, unknown>>): unknown;
}

interface AutoModel extends Loadable<LibraryModel> {
  supports(modelType: string): boolean;
  readonly MODEL_CLASS_MAPPINGS: readonly ReadonlyMap<string, unknown>[] | null;
}

/** As much of the library as is used: it is optional, and so are its types. */
export interface Library {
  readonly env: {
    readonly version: string;
    allowRemoteModels: boolean;
    useFSCache: boolean;
    cacheDir: string | null;
    remoteHost: string;
    logLevel: number;
    fetch: (address: string | URL, request?: RequestInit) => Promise<Response>;
  };
  readonly LogLevel: { readonly NONE: number };
  readonly AutoConfig: Loadable<unknown>;
  readonly AutoModelForVision2Seq: AutoModel;
  readonly AutoModelForImageTextToText: AutoModel;
  readonly AutoProcessor: Loadable<LibraryProcessor>;
  readonly AutoTokenizer: Loadable<LibraryTokenizer>;
  readonly ModelRegistry: {
    get_model_files(folder: string, options: { readonly config: unknown; readonly dtype: string }): Promise<string[]>;
  };
  readonly Tensor: new (type: string, data: ArrayBufferView, dims: readonly number[]) => LibraryTensor;
  readonly RawImage: new (data: Uint8Array, width: number, height: number, channels: number) => unknown;
  readonly random: { seed(seed: number): void };
}

const NEEDED = [
  "AutoConfig",
  "AutoModelForVision2Seq",
  "AutoModelForImageTextToText",
  "AutoProcessor",
  "AutoTokenizer",
  "ModelRegistry",
  "random",
] as const satisfies readonly (keyof Library)[];

/**
 * The library, told to ask nobody for anything.
 * @throws SimvlmError `missing-package`, `old-package`, `two-runtimes`
 */
export function loadLibrary(): Library {
  const library = requirePackage<Partial<Library>>(LIBRARY);
  const lacking = NEEDED.filter((name) => library[name] === undefined);
  if (lacking.length > 0) {
    throw new SimvlmError(
      "old-package",
      `${LIBRARY} ${library.env?.version} is too old: it has no ${lacking.join(", ")}. Version 4.3 or later is needed.`,
    );
  }
  requireOneRuntime();
  const whole = library as Library;
  whole.env.logLevel = whole.LogLevel.NONE; // what it has to say it says in the errors it throws
  stayOffline(whole);
  return whole;
}

/** Whatever asks for a file that is not there is refused. */
export function stayOffline({ env }: Library): void {
  env.allowRemoteModels = false;
  env.useFSCache = false;
  env.fetch = async (address) => {
    throw new Error(`nothing is downloaded, not even ${String(address)}`);
  };
}

/** Two native libraries of ONNX Runtime in one process end it. @throws SimvlmError `two-runtimes` */
function requireOneRuntime(): void {
  const own = realpathSync(resolvePackageFile("onnxruntime-node"));
  const theirs = realpathSync(createRequire(resolvePackageFile(LIBRARY)).resolve("onnxruntime-node"));
  if (own === theirs) return;
  throw new SimvlmError(
    "two-runtimes",
    `${LIBRARY} has an onnxruntime-node of its own (${theirs}) beside this program's (${own}), and two of them end the ` +
      `process. Install the version that it asks for, so that both share one: npm ls onnxruntime-node shows them.`,
  );
}
