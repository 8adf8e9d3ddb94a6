import { createServer, type Server } from "node:net";
import { expect, test, vi } from "vitest";
import { startKernel } from "../../../../harness/notebook/runner/kernel-client.js";
import * as ports from "../../../../harness/notebook/runner/ports.js";
import { Scratch } from "../../cli/run-cli.js";
import { KERNEL_TIMEOUT_MS } from "../open-kernel.js";

vi.mock("../../../../harness/notebook/runner/ports.js", { spy: true });

const HOST = "127.0.0.1";

function listen(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject).listen(port, HOST, () => resolve(server));
  });
}

test(
  "a kernel one of whose ports somebody opens first is started anew, with others",
  async () => {
    const found = await ports.findFreePorts(5, HOST);
    const somebody = await listen(found[3]!);
    vi.mocked(ports.findFreePorts).mockClear().mockResolvedValueOnce(found);
    const { client } = await startKernel(new Scratch().path, KERNEL_TIMEOUT_MS);
    expect(ports.findFreePorts).toHaveBeenCalledTimes(2);
    expect(await client.execute("1 + 1")).toMatchObject({ status: "ok" });
    await client.shutDown(KERNEL_TIMEOUT_MS);
    somebody.close();
  },
  KERNEL_TIMEOUT_MS,
);
