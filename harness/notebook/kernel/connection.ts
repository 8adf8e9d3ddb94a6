import { z } from "zod";

const port = z.int().min(1).max(65535);

/** The connection file: what a kernel is told about the sockets that it must open. */
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

/** The sockets of a kernel, and the key that messages are signed with. */
export type Connection = z.infer<typeof connectionSchema>;
/** The sockets of Jupyter's protocol, by the names that it gives them. */
export type Channel = "shell" | "iopub" | "stdin" | "control" | "hb";

/** The address of a channel's socket, as ZeroMQ writes it. */
export function channelAddress({ transport, ip, ...ports }: Connection, channel: Channel): string {
  return `${transport}://${ip}${transport === "tcp" ? ":" : "-"}${ports[`${channel}_port`]}`;
}
