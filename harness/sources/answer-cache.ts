import { existsSync } from "node:fs";
import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { writeFileAtomic } from "../files/atomic.js";
import { makeFolder } from "../files/folders.js";
import { hashText } from "../files/hash.js";
import { readJson } from "../files/json.js";
import { requireFile } from "../files/open-file.js";
import { SECRET_NAME } from "../network/secret-name.js";
import { type RawReply, RawReplySchema } from "../tasks/prediction.js";
import { type Usage, UsageSchema } from "../tasks/usage.js";
import type { Address } from "./endpoint-address.js";
import { bodyOf, type Question } from "./endpoint-request.js";

/** A reply as it came, whoever asked. */
export interface CachedReply {
  readonly reply: RawReply;
  readonly usage?: Usage | undefined;
}

/** Replies that are kept from one run to the next. */
export interface AnswerCache {
  /** Undefined where it has not been asked, or what was kept is damaged. */
  find(question: Question): Promise<CachedReply | undefined>;
  /** @throws SimvlmError `cannot-write` */
  keep(question: Question, cached: CachedReply): Promise<void>;
}

const Entry = z
  .object({
    format: z.literal(1),
    /** For people to read; what is asked is known by the file's name. */
    asked: z.object({ url: z.string(), model: z.unknown() }),
    reply: RawReplySchema,
    usage: UsageSchema.optional(),
  })
  // What may be missing is not there rather than undefined.
  .transform(({ reply, usage }): CachedReply => ({ reply: reply as RawReply, ...(usage && { usage }) }))
  .describe("an answer in a cache");

/** In bytes: no answer is longer. */
const LONGEST = 1 << 25;

/**
 * A folder of replies, a file each, by the hash of all that was sent but keys: address, model and parameters, messages
 * with the bytes of pictures. Files are written whole or not at all, so that any number of processes may share it.
 */
export function openAnswerCache(folder: string, { name, query, headers }: Address): AnswerCache {
  const open = Object.entries(headers).filter(([header]) => !SECRET_NAME.test(header));
  const place = (question: Question): readonly [string, string] => {
    const hash = hashText(JSON.stringify(["simvlm-answer-1", name, query, open.sort(), bodyOf(question)]));
    return [join(folder, hash.slice(0, 2)), `${hash}.json`];
  };
  return {
    async find(question) {
      const path = join(...place(question));
      if (!existsSync(path)) return undefined;
      try {
        await requireFile(path, LONGEST);
        return await readJson(path, Entry);
      } catch (error) {
        if (error instanceof SimvlmError) return undefined; // damaged: it is asked, and written anew
        throw error;
      }
    },
    async keep(question, { reply, usage }) {
      const [shelf, file] = place(question);
      await makeFolder(shelf);
      const asked = { url: name, model: question.parameters.model };
      const entry = { format: 1, asked, reply, ...(usage && { usage }) };
      await writeFileAtomic(join(shelf, file), `${JSON.stringify(entry)}\n`);
    },
  };
}
