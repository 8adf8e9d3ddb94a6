import { SimvlmError } from "@simvlm/metrics";
import type { InferenceSession, Tensor } from "onnxruntime-node";
import { type DecodingRequest, decodeAll } from "../../decoding/decode.js";
import type { Decoder } from "../../decoding/decoder.js";
import type { Generation } from "../../decoding/search-options.js";
import { type DecodingSettings, resolveDecoding } from "../../decoding/settings.js";
import { createRandom } from "../../random.js";
import type { Tokenizer } from "../../text/assemble-tokenizer.js";
import { openPortableTokenizer } from "../../text/portable-tokenizer.js";
import type { WordSpan } from "../../text/word-spans.js";
import type { AttentionRecord } from "../attention-maps.js";
import { readRecord } from "../attention-record.js";
import { requirePrompt } from "../vision-language-model.js";
import type { GraphName, PortableDescription } from "./portable-model.js";

/** ONNX Runtime, whichever: in a browser or in Node.js. */
export interface PortableRuntime {
  readonly Tensor: typeof Tensor;
  /** Opens one of the model's graphs, with its weights. */
  open(name: GraphName): Promise<InferenceSession>;
}

/** How a picture is captioned. */
export interface PortableRequest {
  readonly prompt: string;
  /** What differs from the description's. */
  readonly decoding?: Partial<DecodingSettings>;
  /** Of sampling. */
  readonly seed?: number;
  /** Told of the best text so far, after each token. */
  readonly onText?: (text: string) => void;
}

/** A text that was found. */
export interface PortableText {
  readonly text: string;
  /** Without special tokens. */
  readonly tokens: readonly number[];
  /** Natural log-probability, the end's included. */
  readonly logProbability: number;
  readonly words: readonly WordSpan[];
}

/** A portable model at work. Its pictures are normalised pixels `[side, side, 3]`. */
export interface PortableCaptioner {
  readonly description: PortableDescription;
  readonly tokenizer: Tokenizer;
  /**
   * The texts that a search ends with, best first.
   * @throws SimvlmError `text-too-long` for a prompt that has no room; `bad-decoding-options`
   */
  caption(image: Float32Array, request: PortableRequest): Promise<PortableText[]>;
  /** Where it looked for each token of a text. @throws SimvlmError `text-too-long` */
  look(image: Float32Array, prompt: string, tokens: readonly number[]): Promise<AttentionRecord>;
}

/** Feeds of a graph, by the names of its inputs. */
type Feeds = Record<string, Tensor>;

/** The name of a step's output that is the cache of this name at the next step. */
export function cacheOutput(name: string): string {
  return `${name}:out`;
}

/** Tensors may be on a graphics processor. */
function free(tensors: Feeds): void {
  for (const tensor of Object.values(tensors)) tensor.dispose();
}

/** Puts a portable model to work; each of its graphs is opened when it is first needed. */
export function openPortable(description: PortableDescription, runtime: PortableRuntime): PortableCaptioner {
  const { prompting, promptLength, textPlaces, suppress, maps } = description;
  const tokenizer = openPortableTokenizer(description.tokenizer);
  const isWithin = prompting.place === "decoder";
  const sessions = new Map<GraphName, Promise<InferenceSession>>();
  const session = (name: GraphName): Promise<InferenceSession> => {
    const found = sessions.get(name) ?? runtime.open(name);
    sessions.set(name, found);
    return found;
  };
  const readPrompt = (prompt: string): number[] => {
    requirePrompt(description, prompt);
    const tokens = tokenizer.encode(prompt);
    if (tokens.length <= promptLength) return tokens;
    throw new SimvlmError(
      "text-too-long",
      `The prompt has ${tokens.length} tokens, and there is room for ${promptLength}. Make it shorter.`,
    );
  };
  const prefixOf = (image: Float32Array, prompt: readonly number[], branch: string) =>
    toPrefix(image, isWithin ? undefined : prompt, description, tokenizer.padId, runtime, branch);
  return {
    description,
    tokenizer,
    async caption(image, { prompt, decoding = {}, seed = 1, onText }) {
      const asked = readPrompt(prompt);
      const forced = isWithin ? asked : [];
      const settings = settle(description, decoding, forced.length);
      const tell = onText && ((ids: readonly number[]) => onText(tokenizer.decode(ids.slice(1 + forced.length))));
      const decoder = createDecoder(description, runtime, session, tell);
      const request: DecodingRequest = {
        tokenizer,
        settings,
        suppress,
        randoms: [createRandom(seed).fork("caption").fork(0)],
        ...(isWithin && { forced: [forced] }),
      };
      const [texts] = await decodeAll(decoder, prefixOf(image, asked, "prefix"), request);
      return texts!.map((generation) => toText(generation, tokenizer));
    },
    async look(image, prompt, tokens) {
      const asked = readPrompt(prompt);
      const text = [tokenizer.startId, ...(isWithin ? asked : []), ...tokens];
      const suffix = new Int32Array(textPlaces).fill(tokenizer.endId);
      suffix.set(text.slice(0, textPlaces));
      const graph = await session("attention");
      const results = await graph.run({
        ...prefixOf(image, asked, "inputs"),
        "inputs/suffixTokens": new runtime.Tensor("int32", suffix, [1, suffix.length]),
      });
      const layers = Object.keys(results)
        .sort((a, b) => Number(a) - Number(b))
        .map((name) => ({ shape: results[name]!.dims, data: results[name]!.data }));
      return readRecord(layers, {
        ...maps,
        tokens: tokens.length,
        prompt: asked.length,
        promptPlaces: isWithin ? "within" : promptLength,
      });
    },
  };
}

/** How a text is found; it is no longer than there is room for. @param begun tokens that it begins with */
function settle(
  { decoding, maxLength, textPlaces }: PortableDescription,
  asked: Partial<DecodingSettings>,
  begun: number,
): DecodingSettings {
  const settings = resolveDecoding({ ...decoding, asked });
  const longest = asked.maxLength ?? Math.min(settings.maxLength ?? maxLength, maxLength, textPlaces - begun);
  return { ...settings, maxLength: longest, minLength: asked.minLength ?? Math.min(settings.minLength ?? 0, longest) };
}

function toText(generation: Generation, tokenizer: Tokenizer): PortableText {
  const { tokens, logProbability } = generation;
  return { text: tokenizer.decode(tokens), tokens, logProbability, words: tokenizer.words(tokens) };
}

/** @param prompt what stands beside the picture; absent where nothing does */
function toPrefix(
  image: Float32Array,
  prompt: readonly number[] | undefined,
  { preparation, promptLength, question = { before: [], behind: [] } }: PortableDescription,
  padId: number,
  { Tensor }: PortableRuntime,
  branch: string,
): Feeds {
  const { size } = preparation.framing;
  const images = { [`${branch}/images`]: new Tensor("float32", image, [1, size, size, 3]) };
  if (!prompt || promptLength === 0) return images;
  const { before, behind } = question;
  const asked = [...before, ...prompt, ...behind];
  const places = before.length + promptLength + behind.length;
  const tokens = new Int32Array(places).fill(padId);
  tokens.set(asked);
  const mask = Float32Array.from(tokens, (_, place) => (place < asked.length ? 1 : 0));
  return {
    ...images,
    [`${branch}/prefixTokens`]: new Tensor("int32", tokens, [1, places]),
    [`${branch}/prefixMask`]: new Tensor("float32", mask, [1, places]),
  };
}

/**
 * What search asks for the next token. The step's graph has a row for each beam that there may be: those that a search
 * does not use go along with its first.
 */
function createDecoder(
  { vocabularySize, beams: rows, textPlaces, cache: shapes }: PortableDescription,
  { Tensor }: PortableRuntime,
  session: (name: GraphName) => Promise<InferenceSession>,
  onText?: (ids: readonly number[]) => void,
): Decoder<Feeds> {
  return {
    vocabularySize,
    countExamples: () => 1,
    async encode(prefix, { beams, length }) {
      if (beams > rows) {
        throw new SimvlmError(
          "bad-decoding-options",
          `beamSize is ${beams}; the graphs have rows for ${rows} at most.`,
        );
      }
      if (length > textPlaces) {
        throw new SimvlmError(
          "text-too-long",
          `A text of ${length} tokens is asked for; there is room for ${textPlaces}.`,
        );
      }
      const memory = await (await session("encoder")).run(prefix);
      const step = await session("step");
      let cache: Feeds = Object.fromEntries(
        Object.entries(shapes).map(([name, shape]) => {
          const size = shape.reduce((product, side) => product * side, 1);
          return [name, new Tensor("float32", new Float32Array(size), shape)];
        }),
      );
      /** What the first row has said. */
      let texts: readonly (readonly number[])[] = [];
      return {
        async step(tokens, position, parents) {
          const spread = (values: ArrayLike<number>) =>
            Int32Array.from({ length: rows }, (_, row) => values[row] ?? values[0]!);
          const from = parents ?? Int32Array.from(tokens, (_, row) => row);
          const results = await step.run({
            ...memory,
            ...cache,
            "step/tokens": new Tensor("int32", spread(tokens), [rows]),
            "step/position": new Tensor("int32", Int32Array.of(position), []),
            ...(rows > 1 && { "step/parents": new Tensor("int32", spread(from), [rows]) }),
          });
          free(cache);
          cache = Object.fromEntries(Object.keys(shapes).map((name) => [name, results[cacheOutput(name)]!]));
          texts = Array.from(tokens, (token, row) => [...(texts[from[row]!] ?? []), token]);
          onText?.(texts[0]!);
          return (results.logits!.data as Float32Array).subarray(0, tokens.length * vocabularySize);
        },
        dispose() {
          free(cache);
          free(memory);
        },
      };
    },
  };
}
