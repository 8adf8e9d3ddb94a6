import { setTimeout as sleep } from "node:timers/promises";
import { type MessagePort, workerData } from "node:worker_threads";
import { Router } from "zeromq";
import { z } from "zod";
import { type Connection, channelAddress } from "./connection.js";
import { decodeMessage } from "./wire.js";

/** What this thread is started with. */
export interface StdinThreadData {
  readonly connection: Connection;
  /** Takes the frames of questions, and gives an {@link Answer} to each. */
  readonly port: MessagePort;
  /** A count of the answers, by which a thread that can only wait is woken. */
  readonly answers: Int32Array;
}

/** What came of a question: a line, or why there is none. */
export type Answer = { readonly value: string } | { readonly problem: string };

/** How long a front end has for connecting, and how often it is looked whether it has. */
const CONNECT_MS = 5000;
const AGAIN_MS = 50;

const reply = z.looseObject({ value: z.string() });

/**
 * The program of a thread that holds the stdin channel: a cell that asks by `prompt()` keeps the kernel's own thread
 * waiting for the answer.
 */
async function main({ connection, port, answers }: StdinThreadData): Promise<void> {
  // A front end that is not connected to the channel is an error, and not silence.
  const socket = new Router({ mandatory: true, linger: 0 });
  const give = (answer: Answer) => {
    port.postMessage(answer);
    Atomics.add(answers, 0, 1);
    Atomics.notify(answers, 0);
  };
  await socket.bind(channelAddress(connection, "stdin"));
  port.on("message", (frames: Uint8Array[] | undefined) => {
    if (frames !== undefined) void ask(frames);
    else {
      socket.close();
      port.close();
    }
  });
  /** A front end connects to the channel a moment after it is opened. */
  const ask = async (frames: readonly Uint8Array[], start = performance.now()): Promise<void> => {
    try {
      await socket.send(frames.map((frame) => Buffer.from(frame)));
    } catch (error) {
      if (performance.now() - start > CONNECT_MS) return give({ problem: (error as Error).message });
      await sleep(AGAIN_MS);
      await ask(frames, start);
    }
  };
  for await (const frames of socket) {
    try {
      const { header, content } = decodeMessage(frames, connection.key);
      if (header.msg_type === "input_reply") give(reply.parse(content));
    } catch (error) {
      give({ problem: (error as Error).message });
    }
  }
}

void main(workerData as StdinThreadData);
