import { createServer, request } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, connect, type Server } from "node:net";
import { afterEach, expect, test } from "vitest";
import { readAuthorities } from "../../../harness/network/connection.js";
import { findRoute } from "../../../harness/network/proxies.js";
import { parseAddress } from "../../../harness/sources/endpoint-address.js";
import { createEndpointPredictor } from "../../../harness/sources/endpoint-predictor.js";
import { completeSettings, type TaskData } from "../../../harness/tasks/task.js";
import { findTask } from "../../../harness/tasks/task-registry.js";
import { Scratch } from "../cli/run-cli.js";
import { CERTIFICATE_PEM, KEY_PEM } from "./certificate.js";
import { say, serve } from "./server.js";

const opened: { close(): void }[] = [];
afterEach(() => {
  for (const server of opened.splice(0)) server.close();
});

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  opened.push(server);
  return (server.address() as AddressInfo).port;
}

async function ask(base: string, environment: NodeJS.ProcessEnv, authorities?: string, retries = 0) {
  const task = findTask("vqa");
  const examples = [{ id: "0", images: [], statement: "Is it?", targets: [] }];
  const data: TaskData = { examples, files: [], classes: [] };
  const settings = completeSettings(task, { modality: "none" });
  const options = { model: "m", retries, settings, authorities };
  return (await createEndpointPredictor(parseAddress(base, environment), task, data, options).predict(examples))[0]!;
}

/** A proxy that hands on what it is asked, in the clear or through a tunnel, and keeps what it saw. */
async function serveProxy(password?: string) {
  const seen: string[] = [];
  const isWelcome = (authorization: string | undefined) =>
    password === undefined || authorization === `Basic ${Buffer.from(password).toString("base64")}`;
  const server = createServer((asked, answer) => {
    seen.push(`${asked.method} ${asked.url}`);
    if (!isWelcome(asked.headers["proxy-authorization"])) return void answer.writeHead(407).end();
    const { "proxy-authorization": _, ...headers } = asked.headers;
    asked.pipe(
      request(asked.url!, { method: asked.method, headers }, (came) => {
        answer.writeHead(came.statusCode!, came.headers);
        came.pipe(answer);
      }),
    );
  });
  server.on("connect", (asked, client) => {
    seen.push(`CONNECT ${asked.url}`);
    if (!isWelcome(asked.headers["proxy-authorization"])) {
      return void client.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    }
    const [host, port] = asked.url!.split(":");
    const target = connect(Number(port), host, () => {
      client.write("HTTP/1.1 200 OK\r\n\r\n");
      target.pipe(client).pipe(target);
    });
    target.on("error", () => client.destroy());
    client.on("error", () => target.destroy());
  });
  return { seen, port: await listen(server) };
}

async function serveSecurely(): Promise<string> {
  const body = JSON.stringify({ choices: [{ message: { content: "yes" }, finish_reason: "stop" }] });
  const server = createSecureServer({ key: KEY_PEM, cert: CERTIFICATE_PEM }, (asked, answer) => {
    asked.resume();
    asked.on("end", () => answer.writeHead(200, { "content-type": "application/json" }).end(body));
  });
  return `https://127.0.0.1:${await listen(server)}/v1`;
}

test("an http server is asked through HTTP_PROXY, by its whole address, unless NO_PROXY names it", async () => {
  const server = await serve(say("yes"));
  opened.push(server);
  const proxy = await serveProxy();
  const http = `http://127.0.0.1:${proxy.port}`;
  expect(await ask(server.url, { HTTP_PROXY: http })).toMatchObject({ prediction: "yes" });
  expect(proxy.seen).toEqual([`POST ${server.url}/chat/completions`]);
  expect(await ask(server.url, { HTTP_PROXY: http, NO_PROXY: "example.org,127.0.0.1" })).toMatchObject({
    prediction: "yes",
  });
  expect(await ask(server.url, { HTTPS_PROXY: http })).toMatchObject({ prediction: "yes" });
  expect(proxy.seen).toHaveLength(1);
});

test("an https server is asked through a tunnel, with the proxy's name and password, which are told nobody", async () => {
  const url = await serveSecurely();
  const proxy = await serveProxy("user:pass word-123");
  const right = `http://user:pass%20word-123@127.0.0.1:${proxy.port}`;
  expect(await ask(url, { https_proxy: right }, CERTIFICATE_PEM)).toMatchObject({ prediction: "yes" });
  expect(proxy.seen[0]).toMatch(/^CONNECT 127\.0\.0\.1:\d+$/);
  const wrong = ask(url, { HTTPS_PROXY: `http://user:wrong-password@127.0.0.1:${proxy.port}` }, CERTIFICATE_PEM);
  await expect(wrong).rejects.toMatchObject({
    code: "endpoint-refused",
    message: expect.stringMatching(/proxy wants another user name or password/),
  });
  await expect(wrong).rejects.not.toThrow(/wrong-password/);
});

test("a proxy's name and password are masked in every form", () => {
  const { secrets } = parseAddress("https://h/v1", { HTTPS_PROXY: "http://me:s%40cret-99@proxy.example:3128" });
  expect(secrets).toEqual(expect.arrayContaining(["s%40cret-99", "s@cret-99", "me:s@cret-99"]));
});

const server = new URL("https://h.example/v1");

test.each<[NodeJS.ProcessEnv, string | undefined]>([
  [{ HTTPS_PROXY: "proxy.example:3128" }, "http://proxy.example:3128/"],
  [{ ALL_PROXY: "HTTP://proxy.example" }, "http://proxy.example/"],
  [{ https_proxy: "http://a", HTTPS_PROXY: "http://b", ALL_PROXY: "http://c" }, "http://a/"],
  [{ https_proxy: "  ", HTTPS_PROXY: "http://b" }, "http://b/"],
  [{ HTTP_PROXY: "http://a" }, undefined],
  [{ ALL_PROXY: "socks5://a", NO_PROXY: "x, h.example" }, undefined],
  [{ ALL_PROXY: "socks5://a", NO_PROXY: "*" }, undefined],
  [{}, undefined],
])("by %j the proxy is %s", (environment, proxy) => {
  expect(findRoute(server, environment).proxy).toBe(proxy);
});

test.each(["socks5://me:secret@127.0.0.1:1080", "http://"])("the proxy %s is refused", (text) => {
  expect(() => findRoute(server, { HTTPS_PROXY: text })).toThrow(/^HTTPS_PROXY holds .*looks like http:/);
  expect(() => findRoute(server, { HTTPS_PROXY: text })).not.toThrow(/secret/);
});

test("a certificate that nobody vouches for ends it at once, and is trusted when it is given", async () => {
  const url = await serveSecurely();
  await expect(ask(url, {})).rejects.toMatchObject({
    code: "endpoint-certificate",
    message: expect.stringMatching(/self-signed certificate .*give the certificate.*PEM/),
  });
  expect(await ask(url, {}, CERTIFICATE_PEM)).toMatchObject({ prediction: "yes" });
  await expect(ask(url.replace("https:", "http:"), {})).rejects.toMatchObject({
    message: expect.stringContaining("It speaks https"),
  });
  const plain = await serve(say("yes"));
  opened.push(plain);
  await expect(ask(plain.url.replace("http:", "https:"), {})).rejects.toMatchObject({
    message: expect.stringContaining("does not speak https"),
  });
});

test("a file of certificates is read, with those of NODE_EXTRA_CA_CERTS; any other is refused", async () => {
  const scratch = new Scratch();
  const path = scratch.write("ca.pem", `a remark\n${CERTIFICATE_PEM}`);
  const more = scratch.write("more.pem", "more");
  expect(await readAuthorities(path, { NODE_EXTRA_CA_CERTS: more })).toContain("more");
  const binary = Buffer.from(CERTIFICATE_PEM.replace(/-----.*-----|\s/g, ""), "base64");
  for (const text of ["no certificate", KEY_PEM, CERTIFICATE_PEM.replace("MIIB", "AAAA"), binary]) {
    await expect(readAuthorities(scratch.write("wrong.pem", text), {})).rejects.toMatchObject({
      code: "bad-certificates",
    });
  }
  await expect(readAuthorities(scratch.at("none.pem"), {})).rejects.toMatchObject({ code: "missing-file" });
});

test("where nothing listens, that is said after a few quick attempts, whatever --retries says", async () => {
  await expect(ask("http://127.0.0.1:3/v1", {}, undefined, 100)).rejects.toMatchObject({
    code: "endpoint-unavailable",
    message: expect.stringMatching(/ECONNREFUSED.*Nothing listens there: start the server/),
  });
});

test("the other protocol than the address names is told", async () => {
  const plain = await serve(say("yes"));
  opened.push(plain);
  await expect(ask(plain.url.replace("http:", "https:"), {}, undefined, 100)).rejects.toMatchObject({
    code: "endpoint-refused",
    message: expect.stringContaining("may have to begin with http://"),
  });
  const secure = await listen(createSecureServer({ cert: CERTIFICATE_PEM, key: KEY_PEM }, (_, answer) => answer.end()));
  await expect(ask(`http://127.0.0.1:${secure}/v1`, {}, undefined, 100)).rejects.toMatchObject({
    code: "endpoint-refused",
    message: expect.stringMatching(/begin with https:\/\//),
  });
  const proxied = await serve((response) =>
    response.writeHead(400).end("<html><title>400 The plain HTTP request was sent to HTTPS port</title></html>"),
  );
  opened.push(proxied);
  await expect(ask(proxied.url, {})).rejects.toMatchObject({ message: expect.stringContaining("begin with https://") });
});
