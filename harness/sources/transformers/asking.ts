import { existsSync } from "node:fs";
import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { readJson } from "../../files/json.js";
import { readText } from "../../files/text.js";
import type { Language } from "../../tasks/task.js";
import type { ModelFolder } from "./folder.js";
import type { Inputs, Library, LibraryProcessor, LibraryTokenizer } from "./library.js";

/** A picture and a text as a model's inputs. */
export interface Asked {
  readonly inputs: Inputs;
  /** Ids before the first that is generated. */
  readonly begun: number;
}

/** How a model is asked. */
export interface Asking {
  /** For manifests: how a text becomes what the model reads. */
  readonly template: "chat" | "picture, then text" | "beginning of the text" | "text alone";
  /** @param input a picture as the processor takes it */
  ask(input: unknown, text: string): Promise<Asked>;
}

interface Parts {
  readonly library: Library;
  readonly folder: ModelFolder;
  readonly processor: LibraryProcessor;
  readonly tokenizer: LibraryTokenizer;
  /** What the model's files say of generating. */
  readonly own: Readonly<Record<string, unknown>>;
}

/** What models are asked for captions with whose texts are no instructions in words. */
const CAPTION_PROMPTS: Readonly<Record<string, (language: Language) => string>> = {
  florence2: () => "<CAPTION>",
  paligemma: (language) => `caption ${language}`,
};

/** What such a model is asked for captions with; undefined for one that takes a sentence. */
export function ownCaptionPrompt({ config }: ModelFolder, language: Language): string | undefined {
  return CAPTION_PROMPTS[config.model_type]?.(language);
}

/** How a model is asked, by its kind, its processor and its chat template. */
export async function openAsking(parts: Parts): Promise<Asking> {
  return parts.folder.kind === "image-to-text" ? askByBeginning(parts) : askByInstruction(parts);
}

function askByBeginning({ library, folder, processor, tokenizer, own }: Parts): Asking {
  const start = own.decoder_start_token_id ?? own.bos_token_id;
  return {
    template: "beginning of the text",
    async ask(input, text) {
      const inputs = await processor(input);
      if (text === "") return { inputs, begun: 1 };
      if (typeof start !== "number") {
        throw new SimvlmError(
          "no-start",
          `${folder.path} names no decoder_start_token_id, which its text begins with.`,
        );
      }
      const [ids = []] = tokenizer(text, { add_special_tokens: false }).input_ids.tolist();
      const begun = BigInt64Array.from([start, ...ids].map(BigInt));
      const decoder_input_ids = new library.Tensor("int64", begun, [1, begun.length]);
      return { inputs: { ...inputs, decoder_input_ids }, begun: begun.length };
    },
  };
}

async function askByInstruction({ folder, processor, tokenizer }: Parts): Promise<Asking> {
  const marks = marksOfPictures(folder, processor, tokenizer);
  const template = processor.chat_template ?? tokenizer.chat_template ?? (await readTemplate(folder.path));
  const isPlain = Object.hasOwn(CAPTION_PROMPTS, folder.config.model_type);
  const say = template == null ? (text: string) => (isPlain ? text : `${marks[0]}${text}`) : sayInChat;
  return {
    template: template == null ? (isPlain ? "text alone" : "picture, then text") : "chat",
    async ask(input, text) {
      const inputs = await process(processor, tokenizer, input, say(text));
      return { inputs, begun: inputs.input_ids?.dims.at(-1) ?? 0 };
    },
  };

  /** Newer templates take parts, older ones one text with the picture's mark in it. */
  function sayInChat(text: string): string {
    const parts = [{ type: "image" }, ...(text === "" ? [] : [{ type: "text", text }])];
    const said = attempt(() => render(parts));
    if (said !== undefined && marks.some((mark) => said.includes(mark))) return said;
    return render(`${marks[0]}\n${text}`);
  }

  function render(content: unknown): string {
    const options = {
      tokenize: false,
      add_generation_prompt: true,
      ...(template != null && { chat_template: template }),
    };
    const named = typeof template === "object" ? { tokenize: false, add_generation_prompt: true } : options;
    return String(tokenizer.apply_chat_template([{ role: "user", content }], named));
  }
}

function attempt(say: () => string): string | undefined {
  try {
    return say();
  } catch {
    return undefined;
  }
}

/** What stands for a picture in a text, the likeliest first. */
function marksOfPictures({ config }: ModelFolder, processor: LibraryProcessor, tokenizer: LibraryTokenizer): string[] {
  const ids = [config.image_token_index, config.image_token_id].filter((id) => typeof id === "number" && id >= 0);
  const marks = [
    processor.image_token,
    processor.config?.image_token,
    ...ids.map((id) => attempt(() => tokenizer.decode([id as number], { skip_special_tokens: false }))),
    processor.boi_token,
    "<image>",
  ];
  return marks.filter((mark): mark is string => typeof mark === "string" && mark !== "");
}

/** Processors that take the picture first; the others take the text first. */
const PICTURE_FIRST: ReadonlySet<string> = new Set([
  "LlavaProcessor",
  "Florence2Processor",
  "PaliGemmaProcessor",
  "PixtralProcessor",
  "Lfm2VlProcessor",
  "Lfm3VlProcessor",
]);

async function process(
  processor: LibraryProcessor,
  tokenizer: LibraryTokenizer,
  input: unknown,
  text: string,
): Promise<Inputs> {
  const { name } = processor.constructor;
  if (name === "Processor") return { ...tokenizer(text), ...(await processor(input)) };
  return PICTURE_FIRST.has(name) ? processor(input, text) : processor(text, [input]);
}

const TemplateFile = z
  .looseObject({ chat_template: z.string() })
  .describe("the chat_template.json of a published model");

/** A chat template that lies beside the tokenizer. */
async function readTemplate(folder: string): Promise<string | undefined> {
  const [jinja, json] = ["chat_template.jinja", "chat_template.json"].map((name) => join(folder, name)) as [
    string,
    string,
  ];
  if (existsSync(jinja)) return readText(jinja);
  return existsSync(json) ? (await readJson(json, TemplateFile)).chat_template : undefined;
}
