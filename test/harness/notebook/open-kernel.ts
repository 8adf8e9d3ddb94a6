import type { Content } from "../../../harness/notebook/kernel/wire.js";
import { type KernelClient, startKernel } from "../../../harness/notebook/runner/kernel-client.js";
import type { KernelProcess } from "../../../harness/notebook/runner/kernel-process.js";
import { project } from "../cli/run-cli.js";

/** A kernel's start is seconds of a compiler's work, and many more where everything else runs at the same time. */
export const KERNEL_TIMEOUT_MS = 300_000;

/** For `vi.waitFor`: what is waited for takes its time on a machine that is busy. */
export const PATIENCE = { timeout: 60_000 } as const;

export interface Executed {
  readonly reply: Content;
  /** What was published, status left out: type and content. */
  readonly published: readonly (readonly [type: string, content: Content])[];
}

export interface OpenKernel {
  readonly client: KernelClient;
  readonly process: KernelProcess;
  execute(code: string, options?: { stopOnError?: boolean }): Promise<Executed>;
  /** What a cell that goes well prints to stdout. */
  print(code: string): Promise<string>;
  close(): Promise<void>;
}

/** The real kernel in a process of its own, spoken to as Jupyter does. */
export async function openKernel(folder = `${project}fixtures`): Promise<OpenKernel> {
  const { client, kernel: process } = await startKernel(folder, KERNEL_TIMEOUT_MS);
  const execute: OpenKernel["execute"] = async (code, options) => {
    const published: [string, Content][] = [];
    const execution = client.execute(code, options, ({ header, content }) =>
      published.push([header.msg_type, content]),
    );
    return { reply: await Promise.race([execution, client.died()]), published };
  };
  return {
    client,
    process,
    execute,
    async print(code) {
      const { reply, published } = await execute(code);
      if (reply.status !== "ok") throw new Error(JSON.stringify(reply));
      return streamText(published);
    },
    async close() {
      await client.shutDown(5000);
    },
  };
}

export function streamText(published: Executed["published"], name = "stdout"): string {
  return published.map(([type, content]) => (type === "stream" && content.name === name ? content.text : "")).join("");
}
