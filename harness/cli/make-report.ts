import { type ChildProcess, fork } from "node:child_process";
import { SimvlmError } from "@simvlm/metrics";
import { builtPath } from "../files/asset.js";
import type { ReportReply, ReportRequest } from "./report-process.js";

/** Makes reports in processes of their own: they take seconds of computing, in which a server has to answer others. */
export class ReportMaker {
  readonly #rest: Omit<ReportRequest, "folders">;
  readonly #processes = new Set<ChildProcess>();

  /** @param rest of each request */
  constructor(rest: Omit<ReportRequest, "folders">) {
    this.#rest = rest;
  }

  /** @throws SimvlmError what `buildReport` throws */
  async make(folders: readonly string[]): Promise<string> {
    const request: ReportRequest = { ...this.#rest, folders };
    const child = fork(builtPath("cli", "report-process.js"), { serialization: "advanced", execArgv: [] });
    this.#processes.add(child);
    try {
      const reply = await new Promise<ReportReply>((resolve, reject) => {
        child.once("message", resolve).once("error", reject);
        child.once("exit", (code, signal) => reject(new Error(`The report's process ended (${signal ?? code}).`)));
        child.send(request);
      });
      if ("page" in reply) return reply.page;
      throw new SimvlmError(reply.code, reply.message);
    } finally {
      this.#processes.delete(child);
      child.kill();
    }
  }

  /** Ends what is being made. */
  close(): void {
    for (const child of this.#processes) child.kill("SIGKILL");
  }
}
