import { GRAPH_NAMES, type GraphName } from "../../../models/portable/portable-model.js";
import type { PageData } from "../../model-page/page-parts.js";
import type { Answers, Ask, Asks, Graphics, Said } from "./messages.js";
import { readPart } from "./read-part.js";

/** Why a caption does not come: another was asked for meanwhile. */
export class SupersededError extends Error {}

/** A model in a worker. What is asked while it is still busy waits. */
export interface ModelClient {
  /**
   * @param onText told of the best text so far
   * @throws SupersededError where another caption was asked for; Error with what the worker says is wrong
   */
  ask<Name extends keyof Asks>(name: Name, ask: Asks[Name], onText?: (text: string) => void): Promise<Answers[Name]>;
}

/** A model that is ready, and a graphics processor that it can compute on. */
export interface StartedModel {
  readonly client: ModelClient;
  readonly graphics: Graphics | undefined;
}

/** Starts the page's model. @param tell is told what is being done, and how much of all is done, from 0 to 1 */
export async function startModel(
  { description, beside }: PageData,
  tell: (what: string, done: number) => void,
): Promise<StartedModel> {
  tell("unpacking the program", 0);
  const address = URL.createObjectURL(new Blob([await readPart("worker", beside)], { type: "text/javascript" }));
  const client = connect(new Worker(address));
  const runtime = await readPart("runtime", beside);
  tell("unpacking the model", 0.4);
  const graphs: Partial<Record<GraphName, Uint8Array>> = {};
  for (const name of GRAPH_NAMES) graphs[name] = await readPart(name, beside);
  const weights = await readPart("weights", beside);
  tell("starting the model", 0.8);
  const asked = { description, runtime, graphs: graphs as Asks["open"]["graphs"], weights };
  const { graphics } = await client.ask("open", asked);
  URL.revokeObjectURL(address);
  return { client, graphics };
}

interface Waiting {
  readonly resolve: (answer: Answers[keyof Answers]) => void;
  readonly reject: (error: Error) => void;
  readonly onText?: ((text: string) => void) | undefined;
}

function connect(worker: Worker): ModelClient {
  const waiting = new Map<number, Waiting>();
  let count = 0;
  worker.addEventListener("message", ({ data }: MessageEvent<Said>) => {
    const asked = waiting.get(data.id);
    if ("text" in data) return asked?.onText?.(data.text);
    waiting.delete(data.id);
    if ("isSuperseded" in data) asked?.reject(new SupersededError());
    else if ("problem" in data) asked?.reject(new Error(data.problem));
    else asked?.resolve(data.answer);
  });
  worker.addEventListener("error", ({ message }) => {
    for (const { reject } of waiting.values()) reject(new Error(message || "The model’s program does not start here."));
    waiting.clear();
  });
  return {
    ask<Name extends keyof Asks>(name: Name, ask: Asks[Name], onText?: (text: string) => void) {
      const id = count++;
      return new Promise<Answers[Name]>((resolve, reject) => {
        waiting.set(id, { resolve: resolve as Waiting["resolve"], reject, onText });
        const moved = name === "open" ? listMemory(ask as Asks["open"]) : [];
        worker.postMessage({ id, name, ask } as Ask, moved);
      });
    },
  };
}

function listMemory({ runtime, graphs, weights }: Asks["open"]): ArrayBufferLike[] {
  return [runtime, weights, ...Object.values(graphs)].map(({ buffer }) => buffer);
}
