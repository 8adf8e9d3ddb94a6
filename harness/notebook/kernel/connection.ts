import { z } from "zod";

const port = z.int().min(1).max(65535);

/** What a kernel is told about the sockets it shall open. */
export const connectionSchema = z
  .looseObject({
    transport: z.enum(["tcp", "ipc"]),
    ip: z.string(),
    key: z.string(),
    signature_scheme: z.literal("hmac-sha256").optional(),
    shell_port: port,
    iopub_port: port,
    stdin_port: port,
    control_port: port,
    hb_port: port,
  })
  .describe("a Jupyter connection file");

export type Connection = z.infer<typeof connectionSchema>;
export type Channel = "shell" | "iopub" | "stdin" | "control" | "hb";

export function channelAddress({ transport, ip, ...ports }: Connection, channel: Channel): string {
  return `${transport}://${ip}${transport === "tcp" ? ":" : "-"}${ports[`${channel}_port`]}`;
}
