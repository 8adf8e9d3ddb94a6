import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";
import { connectionSchema } from "../../../../harness/notebook/kernel/connection.js";
import { KernelClient } from "../../../../harness/notebook/runner/kernel-client.js";
import { findFreePorts } from "../../../../harness/notebook/runner/ports.js";
import { Scratch } from "../../cli/run-cli.js";
import { KERNEL_TIMEOUT_MS } from "../open-kernel.js";

const KERNEL = fileURLToPath(new URL("../../../../harness/dist/notebook/kernel/main.js", import.meta.url));

/** Starts a kernel as Jupyter does, says its process id, and lives on. */
const PARENT = `
const child = require("node:child_process").spawn(process.execPath, [process.env.KERNEL, "--config-path", process.env.FILE], {
  stdio: "ignore",
  env: { ...process.env, JPY_PARENT_PID: String(process.pid) },
});
process.stdout.write(String(child.pid));
setInterval(() => {}, 1000);
`;

test.each([0, 2000])(
  "whoever is killed %d ms after it started a kernel leaves neither the kernel nor its connection file",
  async (delay) => {
    const scratch = new Scratch();
    const [shell_port, iopub_port, stdin_port, control_port, hb_port] = await findFreePorts(5, "127.0.0.1");
    const ports = { shell_port, iopub_port, stdin_port, control_port, hb_port };
    const file = scratch.write("kernel.json", { transport: "tcp", ip: "127.0.0.1", key: "", ...ports });
    const parent = spawn(process.execPath, ["-e", PARENT], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, KERNEL, FILE: file },
    });
    const kernel = Number(await new Promise((resolve) => parent.stdout.once("data", resolve)));
    setTimeout(() => parent.kill("SIGKILL"), delay);
    await vi.waitFor(() => expect(() => process.kill(kernel, 0)).toThrow("ESRCH"), 60_000);
    expect(existsSync(file)).toBe(false);
  },
  KERNEL_TIMEOUT_MS,
);

test(
  "a kernel whose parent lives is left alone, and so is the file that a restart needs",
  async () => {
    const scratch = new Scratch();
    const ports = await findFreePorts(5, "127.0.0.1");
    const names = ["shell_port", "iopub_port", "stdin_port", "control_port", "hb_port"];
    const byName = Object.fromEntries(names.map((name, index) => [name, ports[index]]));
    const connection = connectionSchema.parse({ transport: "tcp", ip: "127.0.0.1", key: "k", ...byName });
    const file = scratch.write("kernel.json", connection);
    for (const JPY_PARENT_PID of [String(process.pid), "no number"]) {
      const kernel = spawn(process.execPath, [KERNEL, "--config-path", file], {
        stdio: "ignore",
        env: { ...process.env, JPY_PARENT_PID },
      });
      const ended = new Promise<string>((resolve) => {
        kernel.once("close", (code, signal) => resolve(signal ?? `exit code ${code}`));
      });
      const client = await KernelClient.connect(
        { connection, ended, interrupt() {}, kill: async () => void kernel.kill("SIGKILL") },
        KERNEL_TIMEOUT_MS,
      );
      await sleep(1500);
      const reply = client.request("shutdown_request", { restart: true }, () => {}, "control");
      expect(await reply).toEqual({ status: "ok", restart: true });
      expect(await ended).toBe("exit code 0");
      client.close();
      expect(existsSync(file)).toBe(true);
    }
  },
  KERNEL_TIMEOUT_MS,
);
