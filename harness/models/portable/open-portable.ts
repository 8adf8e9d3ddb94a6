import { SimvlmError } from "@simvlm/metrics";
import type { InferenceSession, Tensor } from "onnxruntime-node";
import { type DecodingRequest, decodeAll } from "../../decoding/decode.js";
import type { Decoder } from "../../decoding/decoder.js";
import type { Generation } from "../../decoding/search-options.js";
import type { DecodingSettings } from "../../decoding/settings.js";
import { createRandom } from "../../random.js";
import type { Tokenizer } from "../../text/assemble-tokenizer.js";
import { unigramTokenizer } from "../../text/unigram.js";
import type { WordSpan } from "../../text/word-spans.js";
import type { AttentionRecord } from "../attention-maps.js";
import { readRecord } from "../attention-record.js";
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

/** Puts a portable model to work; each of its graphs is opened when it is first needed. */
export function openPortable(description: PortableDescription, runtime: PortableRuntime): PortableCaptioner {
  const tokenizer = unigramTokenizer(description.tokenizer as Parameters<typeof unigramTokenizer>[0]);
  const sessions = new Map<GraphName, Promise<InferenceSession>>();
  const session = (name: GraphName): Promise<InferenceSession> => {
    const found = sessions.get(name) ?? runtime.open(name);
    sessions.set(name, found);
    return found;
  };
  const prefixOf = (image: Float32Array, prompt: string, branch: string) =>
    toPrefix(image, tokenizer.encode(prompt), description, tokenizer.padId, runtime, branch);
  return {
    description,
    tokenizer,
    async caption(image, { prompt, decoding = {}, seed = 1, onText }) {
      const settings = { ...description.decoding, ...decoding };
      const tell = onText && ((ids: readonly number[]) => onText(tokenizer.decode(ids)));
      const decoder = createDecoder(description, runtime, session, tell);
      const request: DecodingRequest = {
        tokenizer,
        settings,
        suppress: description.suppress,
        randoms: [createRandom(seed).fork("caption").fork(0)],
      };
      const [texts] = await decodeAll(decoder, prefixOf(image, prompt, "prefix"), request);
      return texts!.map((generation) => toText(generation, tokenizer));
    },
    async look(image, prompt, tokens) {
      const suffix = new Int32Array(description.maxLength).fill(tokenizer.endId);
      suffix.set([tokenizer.startId, ...tokens].slice(0, description.maxLength));
      const graph = await session("attention");
      const results = await graph.run({
        ...prefixOf(image, prompt, "inputs"),
        "inputs/suffixTokens": new runtime.Tensor("int32", suffix, [1, suffix.length]),
      });
      const maps = Object.keys(results)
        .sort((a, b) => Number(a) - Number(b))
        .map((name) => ({ shape: results[name]!.dims, data: results[name]!.data }));
      return readRecord(maps, {
        tokens: tokens.length,
        grid: description.grid,
        prompt: tokenizer.encode(prompt).length,
        promptPlaces: description.promptLength,
      });
    },
  };
}

function toText(generation: Generation, tokenizer: Tokenizer): PortableText {
  const { tokens, logProbability } = generation;
  return { text: tokenizer.decode(tokens), tokens, logProbability, words: tokenizer.words(tokens) };
}

function toPrefix(
  image: Float32Array,
  prompt: readonly number[],
  { preparation, promptLength }: PortableDescription,
  padId: number,
  { Tensor }: PortableRuntime,
  branch: string,
): Feeds {
  if (prompt.length > promptLength) {
    throw new SimvlmError(
      "text-too-long",
      `The prompt has ${prompt.length} tokens, and there is room for ${promptLength}. Make it shorter.`,
    );
  }
  const { size } = preparation.framing;
  const tokens = new Int32Array(promptLength).fill(padId);
  tokens.set(prompt);
  const mask = Float32Array.from(tokens, (_, place) => (place < prompt.length ? 1 : 0));
  return {
    [`${branch}/images`]: new Tensor("float32", image, [1, size, size, 3]),
    ...(promptLength > 0 && {
      [`${branch}/prefixTokens`]: new Tensor("int32", tokens, [1, promptLength]),
      [`${branch}/prefixMask`]: new Tensor("float32", mask, [1, promptLength]),
    }),
  };
}

/**
 * What search asks for the next token. The step's graph has a row for each beam that there may be: those that a search
 * does not use go along with its first.
 */
function createDecoder(
  { vocabularySize, beams: rows, maxLength, cache: shapes }: PortableDescription,
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
      if (length > maxLength) {
        throw new SimvlmError(
          "text-too-long",
          `A text of ${length} tokens is asked for; there is room for ${maxLength}.`,
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
          cache = Object.fromEntries(Object.keys(shapes).map((name) => [name, results[`${name}:out`]!]));
          texts = Array.from(tokens, (token, row) => [...(texts[from[row]!] ?? []), token]);
          onText?.(texts[0]!.slice(1));
          return (results.logits!.data as Float32Array).subarray(0, tokens.length * vocabularySize);
        },
        dispose() {},
      };
    },
  };
}
