import { expect, test } from "vitest";
import { channelAddress, connectionSchema } from "../../../../harness/notebook/kernel/connection.js";
import { createHeader, decodeMessage, encodeMessage, type Message } from "../../../../harness/notebook/kernel/wire.js";

const message: Message = {
  identities: [Buffer.from("front end")],
  header: createHeader("execute_request", "session"),
  parent: {},
  content: { code: "“Ünïcödé”" },
};

test("what is sent is what comes in", () => {
  expect(decodeMessage(encodeMessage(message, "key"), "key")).toEqual(message);
  expect(decodeMessage(encodeMessage(message, ""), "")).toEqual(message);
});

test("the signature is that of the protocol: HMAC-SHA256 over header, parent, metadata and content", () => {
  const frames = encodeMessage(
    { ...message, header: { msg_id: "1", msg_type: "t", session: "s", username: "u" } },
    "key",
  );
  expect(frames.map((frame) => Buffer.from(frame).toString()).slice(1, 3)).toEqual([
    "<IDS|MSG>",
    "c226a2c9ae0376be78fd58893fd5e813fbc724672eaaa3d40510d75a67e2f9d9",
  ]);
});

test("what somebody else signed, or nobody, is refused", () => {
  expect(() => decodeMessage(encodeMessage(message, "other"), "key")).toThrow("signature");
  expect(() => decodeMessage(encodeMessage(message, ""), "key")).toThrow("signature");
  const changed = encodeMessage(message, "key").with(-1, Buffer.from("{}"));
  expect(() => decodeMessage(changed, "key")).toThrow("signature");
  expect(() => decodeMessage([Buffer.from("x")], "key")).toThrow("not a Jupyter message");
});

test("addresses as Jupyter writes them", () => {
  const ports = { shell_port: 1, iopub_port: 2, stdin_port: 3, control_port: 4, hb_port: 5 };
  const connection = { transport: "tcp", ip: "127.0.0.1", key: "", ...ports } as const;
  expect(channelAddress(connection, "iopub")).toBe("tcp://127.0.0.1:2");
  expect(channelAddress({ ...connection, transport: "ipc", ip: "/tmp/k" }, "hb")).toBe("ipc:///tmp/k-5");
  expect(connectionSchema.safeParse({ ...connection, signature_scheme: "hmac-md5" }).success).toBe(false);
});
