import { connect } from "node:tls";

/** In milliseconds: a handshake that takes longer is none. */
const LONGEST = 3000;

/** Whether a server speaks TLS, whoever vouches for it. */
export function speaksTls({ hostname, port }: Pick<URL, "hostname" | "port">): Promise<boolean> {
  return new Promise((resolve) => {
    const host = hostname.replace(/^\[(.*)\]$/, "$1");
    const socket = connect({ host, port: Number(port || 80), rejectUnauthorized: false, timeout: LONGEST });
    const end = (speaks: boolean) => () => {
      socket.destroy();
      resolve(speaks);
    };
    socket
      .once("secureConnect", end(true))
      .once("timeout", end(false))
      .once("error", end(false))
      .once("close", end(false));
  });
}
