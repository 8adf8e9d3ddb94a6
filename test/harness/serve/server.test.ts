import { appendFileSync, cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Scratch } from "../cli/run-cli.js";
import { CAPTIONS, makeRun, type RunOptions, writeCaptionData } from "../compare/runs.js";
import { ask, linksOf, serveHere, tablesOf } from "./ask.js";

const say = (_: string, place: number) => CAPTIONS[place];
const wrong = (_: string, place: number) => (place % 2 === 0 ? CAPTIONS[place] : "something else");

/** A folder `runs` beside the data, and what makes runs in it. */
function world() {
  const scratch = new Scratch();
  writeCaptionData(scratch);
  mkdirSync(scratch.at("runs"));
  const run = (name: string, speak: (id: string, place: number) => string | undefined = say, options?: RunOptions) =>
    makeRun(scratch, `runs/${name}`, speak, options);
  return { scratch, run, runs: scratch.at("runs") };
}

test("requests that are not the reader's own are refused", async () => {
  const { runs } = world();
  const { address, get } = await serveHere([runs]);
  const { port } = new URL(address);
  const status = async (options: Parameters<typeof ask>[1]) => (await ask(address, options)).status;
  expect((await get()).status).toBe(200);
  for (const host of ["localhost", "127.0.0.1:1", `localhost:${port}`, "[::1]:80"]) {
    expect(await status({ headers: { host } })).toBe(200);
  }
  for (const host of [
    "evil.example",
    `evil.example:${port}`,
    "127.0.0.1.evil.example",
    "localhost@evil.example",
    "0.0.0.0",
  ]) {
    expect(await status({ headers: { host } })).toBe(403);
  }
  expect(await status({ headers: { origin: `http://127.0.0.1:${port}` } })).toBe(200);
  for (const origin of ["http://evil.example", "null", `https://127.0.0.1:${port}`, "http://127.0.0.1:1"]) {
    expect(await status({ headers: { origin } })).toBe(403);
  }
  for (const site of ["cross-site", "same-site"]) {
    for (const [dest, expected] of [
      ["image", 403],
      ["iframe", 403],
      ["document", 200],
    ] as const) {
      expect(await status({ headers: { "sec-fetch-site": site, "sec-fetch-dest": dest } })).toBe(expected);
    }
  }
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"]) expect(await status({ method })).toBe(405);
  const { pathname } = new URL(address);
  const token = pathname.slice(1, -1);
  expect(token).toMatch(/^[\w-]{32}$/);
  for (const path of ["/", "/x/", `/${token.slice(1)}/`, `/${token}x/`, `/${token.toUpperCase()}/`, "/favicon.ico"]) {
    expect(await status({ path })).toBe(403);
  }
  expect(await ask(address, { path: `/${token}` })).toMatchObject({ status: 308, headers: { location: pathname } });
});

test("no address leads to a file", async () => {
  const { runs, run } = world();
  await run("a");
  const { get } = await serveHere([runs]);
  for (const path of [
    "../runs/a/manifest.json",
    "a/manifest.json",
    "run/a",
    "run/..%2f..",
    "/etc/passwd",
    "%00",
    "run/",
  ]) {
    expect((await get(path)).status).toBe(404);
  }
});

test("each answer says that nothing else is to be loaded, kept or told", async () => {
  const { runs, run } = world();
  await run("a");
  const { get, address } = await serveHere([runs]);
  const answers = [
    await get(),
    await get("history"),
    await get("nowhere"),
    await get("compare"),
    await ask(address, { path: "/" }),
  ];
  for (const { headers } of answers) {
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
      "cross-origin-resource-policy": "same-origin",
    });
    expect(headers["access-control-allow-origin"]).toBeUndefined();
  }
  for (const { headers } of answers.slice(0, 4)) {
    const policy = String(headers["content-security-policy"]);
    expect(policy).toMatch(/^default-src 'none'; script-src (?:'none'|'sha256-)/);
    expect(policy).not.toMatch(/script-src[^;]*(?:unsafe|http|\*)/);
    expect(policy).toContain("frame-ancestors 'none'");
  }
});

test("HEAD is answered without the page", async () => {
  const { runs } = world();
  const { address } = await serveHere([runs]);
  const head = await ask(address, { method: "HEAD" });
  expect([head.status, head.text]).toEqual([200, ""]);
  expect(Number(head.headers["content-length"])).toBeGreaterThan(1000);
});

test("runs are found however deep, and ranked by their main score", async () => {
  const { runs, run } = world();
  await run("poor", wrong);
  await run("deep/er/good");
  const { get } = await serveHere([runs]);
  const { text } = await get();
  const [table, ...others] = tablesOf(text);
  expect(others).toEqual([]);
  expect(table!.map((row) => row.slice(0, 2))).toEqual([
    ["run", "rank"],
    ["good deep/er/good", "1"],
    ["poor", "2"],
  ]);
  expect(text).toContain("caption · data, test · CIDEr");
  expect(text).toMatch(/Scored as <code>CIDEr-D\|/);
});

test("what was scored otherwise, or on other examples, is never in one ranking", async () => {
  const { scratch, runs, run } = world();
  await run("one");
  await run("limited", say, { limit: 4 });
  const other = await run("other-signature", wrong);
  const manifest = JSON.parse(readFileSync(`${other}/manifest.json`, "utf8"));
  manifest.code.version = "0.1.0"; // which sealed nothing
  for (const [name, signature] of Object.entries<string>(manifest.metricSignatures)) {
    manifest.metricSignatures[name] = signature.replace(/version:simvlm-[\d.]+/, "version:simvlm-0.1.0");
  }
  writeFileSync(`${other}/manifest.json`, JSON.stringify(manifest));
  rmSync(`${other}/seal.json`);
  const { get } = await serveHere([scratch.at("runs")]);
  const { text } = await get();
  const tables = tablesOf(text);
  expect(tables.map((rows) => rows.slice(1).map(([name, rank]) => `${rank} ${name}`)).sort()).toEqual([
    ["1 limited the first 4 examples"],
    ["1 one"],
    ["1 other-signature"],
  ]);
  expect(text).toContain("Numbers of different signatures are not ranked together");
  expect(runs).toBeDefined();
});

test("runs are chosen by their task, data, split, signature and words, and ordered as asked", async () => {
  const { scratch, runs, run } = world();
  writeCaptionData(scratch, { folder: "more", captions: CAPTIONS.slice(0, 5) });
  await run("a zero-shot one", wrong);
  await run("b fine-tuned one", say);
  await run("c", say, { data: "more" });
  const { get } = await serveHere([runs]);
  const names = async (query: string) =>
    tablesOf((await get(query)).text).flatMap((rows) => rows.slice(1).map(([name]) => name));
  expect((await names("")).sort()).toEqual(["a zero-shot one", "b fine-tuned one", "c"]);
  expect(await names("?data=more")).toEqual(["c"]);
  expect(await names("?data=data")).toEqual(["b fine-tuned one", "a zero-shot one"]);
  expect(await names("?data=data&sort=-score")).toEqual(["a zero-shot one", "b fine-tuned one"]);
  expect(await names("?data=data&sort=run")).toEqual(["a zero-shot one", "b fine-tuned one"]);
  expect(await names("?data=data&sort=made")).toEqual(["b fine-tuned one", "a zero-shot one"]);
  expect(await names("?supervision=zero-shot")).toEqual(["a zero-shot one"]);
  expect(await names("?supervision=supervised")).toEqual(["b fine-tuned one"]);
  expect(await names("?supervision=not+known")).toEqual(["c"]);
  expect(await names("?task=caption&split=test&q=ONE+fine")).toEqual(["b fine-tuned one"]);
  expect(await names("?task=vqa")).toEqual([]);
  expect(await names("?nonsense=1&sort=nonsense&data=more")).toEqual(["c"]);
  // the rank is that among all, whoever is shown
  expect(tablesOf((await get("?supervision=zero-shot")).text)[0]![1]![1]).toBe("2");
  const { text } = await get("?task=vqa");
  expect(text).toContain("No run is as asked for.");
  expect(text).toContain('<option value="vqa" selected>vqa (0)</option>');
});

test("a run that is at work shows how far it is, and appears finished by itself", async () => {
  const { runs, run, scratch } = world();
  const folder = await run("going", (id, place) => (place < 3 ? say(id, place) : undefined), { unfinished: true });
  const log = readFileSync(`${folder}/predictions.jsonl`, "utf8").split("\n");
  writeFileSync(`${folder}/predictions.jsonl`, `${log.slice(0, 5).join("\n")}\n{"id":"10`); // as if it were writing
  const { get } = await serveHere([runs]);
  const first = await get();
  expect(tablesOf(first.text)[0]![1]).toEqual(expect.arrayContaining(["going", "5 of 14, 2 failed", "stopped"]));
  const mark = String(first.headers.etag);
  expect(await get("", { "if-none-match": mark })).toMatchObject({ status: 304, text: "" });
  rmSync(folder, { recursive: true });
  await run("going");
  const second = await get("", { "if-none-match": mark });
  expect(second.status).toBe(200);
  expect(tablesOf(second.text)[0]![1]!.slice(0, 2)).toEqual(["going", "1"]);
  expect(scratch).toBeDefined();
});

test("a damaged run is shown as such, and so is a folder that is gone; the server lives on", async () => {
  const { runs, run, scratch } = world();
  const changed = await run("changed");
  const cut = await run("cut");
  const lost = await run("lost");
  await run("whole");
  appendFileSync(`${changed}/predictions.jsonl`, "\n");
  writeFileSync(`${cut}/manifest.json`, '{"format": 1,');
  rmSync(`${lost}/manifest.json`);
  mkdirSync(scratch.at("runs/app"));
  scratch.write("runs/app/manifest.json", { name: "some web page's" });
  const { get } = await serveHere([runs]);
  const { text } = await get();
  const [good, bad] = tablesOf(text);
  expect(good!.slice(1).map(([name]) => name)).toEqual(["whole"]);
  expect(bad!.slice(1).map(([name]) => name)).toEqual(["changed", "cut", "lost"]);
  expect(bad![1]![1]).toContain("predictions.jsonl was changed after the run was finished");
  expect(bad![2]![1]).toContain("not JSON");
  expect(text).not.toContain(`${scratch.path}/runs/c`); // no more of a path than what was named
  renameSync(runs, scratch.at("elsewhere"));
  expect((await get()).text).toMatch(/runs is not there, or cannot be read/);
  renameSync(scratch.at("elsewhere"), runs);
  expect(tablesOf((await get()).text)).toHaveLength(2);
});

test("names are shown as they are, whatever is in them", async () => {
  const { runs, run } = world();
  const label = `<img src=x onerror=alert(1)>"'&amp;\u202e`;
  await run("a", say, { label });
  const { get } = await serveHere([runs]);
  for (const page of ["", "history", `?q=${encodeURIComponent('"><script>')}&task=${encodeURIComponent('"><b>')}`]) {
    const { text } = await get(page);
    expect(text).not.toContain("<img src=x");
    expect(text).not.toContain('"><script>');
    expect(text).not.toContain('"><b>');
  }
  expect((await get()).text).toContain("&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;amp;");
});

test("reports and comparisons are made when they are asked for, and again when a run is another", async () => {
  const { runs, run } = world();
  const good = await run("good");
  const poor = await run("poor", wrong);
  const { get, asked } = await serveHere([runs]);
  const links = linksOf((await get()).text);
  expect((await get(links.good!)).text).toBe("<p>report of 1</p>");
  await get(links.good!);
  expect(asked).toEqual([[good]]);
  const [a, b] = [links.poor!, links.good!].map((link) => link.replace("run/", "run="));
  expect((await get(`compare?${a}&${b}&${a}`)).text).toBe("<p>report of 2</p>");
  expect(asked.at(-1)).toEqual([poor, good]); // the first is what the others are compared with
  rmSync(good, { recursive: true });
  await run("good", wrong);
  await get(links.good!);
  expect(asked).toHaveLength(3);
});

test("what cannot be compared is said, and nothing is made", async () => {
  const { runs, run } = world();
  const changed = await run("changed");
  await run("whole");
  const { get, asked } = await serveHere([runs]);
  const links = linksOf((await get()).text);
  appendFileSync(`${changed}/predictions.jsonl`, "\n");
  expect(await get(links.changed!)).toMatchObject({
    status: 422,
    text: expect.stringContaining("changed cannot be used"),
  });
  expect(await get("compare")).toMatchObject({ status: 400, text: expect.stringContaining("No run is ticked") });
  expect((await get("run/0123456789abcdef")).status).toBe(404);
  expect((await get(`compare?run=${"x&run=".repeat(1)}y`)).status).toBe(404);
  const many = Array.from({ length: 21 }, (_, i) => `run=${i}`).join("&");
  expect(await get(`compare?${many}`)).toMatchObject({ status: 400, text: expect.stringContaining("At most 20") });
  expect(asked).toEqual([]);
});

test("scores over time are drawn, a plot for what can be ranked together", async () => {
  const { runs, run, scratch } = world();
  const first = await run("first", wrong);
  cpSync(first, scratch.at("runs/copy"), { recursive: true });
  await run("limited", say, { limit: 4 });
  const { get } = await serveHere([runs]);
  const { text } = await get("history");
  expect(text.match(/class="simvlm-plot"/g)).toHaveLength(2);
  expect((await get("history?q=limited")).text.match(/class="simvlm-plot"/g)).toHaveLength(1);
  expect((await get("history?q=nobody")).text).toContain("No run has a score yet, or none is as asked for.");
});
