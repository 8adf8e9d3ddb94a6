import { randomUUID } from "node:crypto";
import { Publisher, Reply, Router } from "zeromq";
import { z } from "zod";
import { tell } from "../../terminal/streams.js";
import { type Channel, type Connection, channelAddress } from "./connection.js";
import { InputChannel } from "./front-end-input.js";
import { failure, type Kernel } from "./jupyter-kernel.js";
import { type Content, createHeader, decodeMessage, encodeMessage, type Message } from "./wire.js";

/**
 * Opens a kernel's sockets and answers what comes in, until it is told to shut down.
 *
 * A `shutdown_request` may have a field of our own, `late_output_seconds`: so long the kernel lets what its cells have
 * begun go on, unless that ends before, as a program of Node's would. Only then it says that it is idle.
 */
export async function serveKernel(kernel: Kernel, connection: Connection, exit: (code: number) => void): Promise<void> {
  const { key } = connection;
  const session = randomUUID();
  // Without a limit: beyond it a publisher drops messages, and a cell may print faster than a front end reads.
  const iopub = new Publisher({ sendHighWaterMark: 0 });
  const shell = new Router({ sendHighWaterMark: 0 });
  const control = new Router({ sendHighWaterMark: 0 });
  const heartbeat = new Reply();
  const sockets = { iopub, shell, control, hb: heartbeat };
  const input = new InputChannel(connection, session);
  await Promise.all(
    Object.entries(sockets).map(([channel, socket]) => socket.bind(channelAddress(connection, channel as Channel))),
  );

  const publish = (type: string, parent: Message["parent"], content: Content) => {
    const topic = Buffer.from(`kernel.${session}.${type}`);
    send(iopub, { identities: [topic], header: createHeader(type, session), parent, content }, key);
  };

  const answers: Readonly<Record<string, (request: Message) => Content | Promise<Content>>> = {
    kernel_info_request: () => kernel.info(),
    execute_request: (request) =>
      kernel.execute(
        request.content,
        (type, published) => publish(type, request.header, published),
        input.inputOf(request),
      ),
    complete_request: ({ content }) => kernel.complete(content),
    inspect_request: ({ content }) => kernel.inspect(content),
    is_complete_request: ({ content }) => kernel.isComplete(content),
    interrupt_request: () => kernel.interrupt(),
    history_request: () => ({ status: "ok", history: [] }),
    comm_info_request: () => ({ status: "ok", comms: {} }),
    shutdown_request: ({ content }) => ({ status: "ok", restart: content.restart === true }),
  };

  const handle = async (socket: Router, request: Message) => {
    const { identities, header } = request;
    const answer = answers[header.msg_type];
    // What asks for no answer, such as comm_open of widgets: there is nobody here to hear it.
    if (answer === undefined) return;
    publish("status", header, { execution_state: "busy" });
    const content = await Promise.resolve(request).then(answer).catch(failure);
    const type = header.msg_type.replace(/_request$/, "_reply");
    send(socket, { identities, header: createHeader(type, session), parent: header, content }, key);
    if (header.msg_type === "shutdown_request") {
      await kernel.close();
      for (const open of [shell, control, heartbeat]) open.close();
      await lateOutput(request.content);
      await kernel.sayGoodbye();
      await input.close();
    }
    publish("status", header, { execution_state: "idle" });
    if (header.msg_type === "shutdown_request") {
      iopub.close();
      setTimeout(() => exit(0), LINGER_MS);
    }
  };

  const listen = async (socket: Router) => {
    for await (const frames of socket) {
      try {
        void handle(socket, decodeMessage(frames, key));
      } catch (error) {
        tell(`simvlm kernel: ${(error as Error).message}`);
      }
    }
  };
  const beat = async () => {
    for await (const frames of heartbeat) await heartbeat.send(frames);
  };
  publish("status", {}, { execution_state: "starting" });
  await Promise.all([listen(shell), listen(control), beat()]);
}

function send(socket: Publisher | Router, message: Message, key: string): void {
  // A front end that has left cannot be told.
  socket.send(encodeMessage(message, key) as Buffer[]).catch(() => {});
}

/** How long the last answers have to leave. */
const LINGER_MS = 200;
const shutdownContent = z.looseObject({ late_output_seconds: z.number().min(0).max(86_400).catch(0) });

/** Waits until nothing is left to do in this process, or the time is over that the request gives. */
function lateOutput(request: Content): Promise<void> {
  const { late_output_seconds } = shutdownContent.parse(request);
  if (late_output_seconds === 0) return Promise.resolve();
  return new Promise((resolve) => {
    // Listeners of the cells', too, are called when nothing is left, and may begin something that is waited for again.
    let idle = 0;
    const countActive = () => process.getActiveResourcesInfo().length;
    process.prependListener("beforeExit", () => {
      idle = countActive();
    });
    process.on("beforeExit", () => {
      if (countActive() <= idle) resolve();
    });
    setTimeout(resolve, late_output_seconds * 1000).unref();
  });
}
