import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";

/** Rooms and what they must not import: computing knows nothing of printing, and nothing imports upwards. */
const FORBIDDEN: Readonly<Record<string, readonly string[]>> = {
  "metric-data": ["formats", "tasks", "runs", "sources", "compare", "terminal", "report", "toybox", "cli", "notebook"],
  network: [
    "formats",
    "tasks",
    "runs",
    "sources",
    "training",
    "compare",
    "terminal",
    "report",
    "toybox",
    "cli",
    "notebook",
  ],
  formats: ["tasks", "runs", "sources", "compare", "terminal", "report", "toybox", "cli", "notebook"],
  tasks: ["runs", "sources", "compare", "terminal", "report", "toybox", "cli", "notebook"],
  sources: ["runs", "compare", "terminal", "report", "toybox", "cli", "notebook"],
  runs: ["compare", "terminal", "report", "toybox", "cluster", "cli", "notebook"],
  cluster: ["compare", "terminal", "report", "toybox", "cli", "notebook"],
  compare: ["terminal", "report", "cli", "notebook"],
  study: ["terminal", "report", "cli", "notebook"],
  report: ["terminal/format-comparison", "serve", "cli", "notebook"],
  serve: ["cli", "notebook"],
  terminal: ["cli", "notebook"],
};

/** An index gathers what is public and is no part of the room. */
const files = readdirSync("harness", { recursive: true, encoding: "utf8" })
  .map((path) => `harness/${path}`)
  .filter((path) => path.endsWith(".ts") && !/\/dist\//.test(path) && basename(path) !== "index.ts");

function listImports(path: string): string[] {
  const found = readFileSync(path, "utf8").matchAll(/(?:from|import\() ?"(\.[^"]+)"/g);
  return [...found].map(([, name]) => normalize(join(dirname(path), name!)).replace(/^harness\//, ""));
}

test.each(Object.entries(FORBIDDEN))("%s imports nothing of %j", (room, forbidden) => {
  const own = files.filter((path) => path.startsWith(`harness/${room}/`));
  expect(own.length).toBeGreaterThan(0);
  const wrong = own.flatMap((path) =>
    listImports(path)
      .filter((name) => forbidden.some((other) => name.startsWith(other)))
      .map((name) => `${path} imports ${name}`),
  );
  expect(wrong).toEqual([]);
});

test("the names of tasks are known to their own files, the registry's commands and the paper's tables alone", () => {
  const names =
    /\b(?:task|name)\b[\w.]* (?:===|!==) "(?:caption|vqa|nlvr2|snli-ve|translate|complete)"|Record<TaskName/;
  const branching = files.filter((path) => names.test(readFileSync(path, "utf8")));
  expect(branching).toEqual([]);
});

test("errors of the library name no options of the command line", () => {
  const option = /["`' (]--[a-z]+/;
  const rooms = ["metric-data", "network", "formats", "tasks", "sources", "runs", "compare", "study"];
  const own = files.filter((path) => rooms.some((room) => path.startsWith(`harness/${room}/`)));
  const naming = own.flatMap((path) =>
    readFileSync(path, "utf8")
      .split("\n")
      .filter((text) => option.test(text) && !/^\s*(\*|\/\*|\/\/)|git\(|\["--/.test(text))
      .map((text) => `${path}: ${text.trim()}`),
  );
  expect(naming).toEqual([]);
});

/** What reads or parses by itself, and why it is none of what people give: everything else goes through `files/`. */
const OWN_READERS: Readonly<Record<string, string>> = {
  "attention/typeset.ts": "our own fonts",
  "report/libraries.ts": "scripts of our packages",
  "report/script.ts": "our own script",
  "runs/provenance.ts": "the package.json of our packages",
  "plugins/module-hooks.ts": "a program's source, as Node reads it",
  "notebook/kernel/cell-compiler.ts": "hands on what the compiler reads",
  "notebook/kernel/complete-string.ts": "the package.json of packages, for their names",
  "notebook/kernel/foreign-syntax.ts": "reads nothing: it advises people to",
  "notebook/kernel/tslab.ts": "hands on what the compiler reads",
  "notebook/kernel/import-exports.ts": "the package.json of packages, as Node reads it",
  "notebook/kernel/local-modules.ts": "modules of a notebook, with their own errors",
  "notebook/kernel/source-map.ts": "what the compiler says",
  "notebook/kernel/open-exports.ts": "as above: what is no JSON is handed on as it is",
  "notebook/kernel/wire.ts": "messages of Jupyter, signed",
  "notebook/runner/notebook-parameters.ts": "a word of the command line",
  "notebook/runner/markdown.ts": "pictures beside a notebook, drawn as text where they cannot be read",
  "cli/endpoint-options.ts": "words of the command line, checked at once",
  "cli/bench/torch.ts": "what our own child process says",
  "cli/doctor.ts": "what our own child process says",
  "checkpoints/checkpoint.ts": "JSON of what readModelText has read, with a code of its own",
  "checkpoints/model-folder.ts": "a reference of the cache, whose kind and size are looked at first",
  "formats/documents.ts": "a stream, line by line",
  "formats/web-pairs.ts": "a stream, entry by entry",
  "metric-data/source-file.ts": "a stream of what may lie in a zip",
  "metric-data/meteor/stored.ts": "JSON of our own making, whose hash was looked at first",
  "models/simvlm/open.ts": "JSON of a tokenizer that has been read and checked",
  "serve/local-site.ts": "a stream of a file that has been found",
  "report/check/scoring.ts": "JSON of our own making, as the page's script reads it",
  "report/check/text-pool.ts": "as the page's script reads it: what is no JSON is taken as lines",
  "report/document/diff-reports.ts": "JSON of our own making",
  "report/document/file.ts": "a report's data, checked at once",
  "report/study/verify-study.ts": "a report's data, checked at once",
  "report/document/without-scored.ts": "a part of a report, checked at once",
  "report/packing/coded-text.ts": "a part of a report, checked at once",
  "report/explorer/redraw-explorer.ts": "an explorer's data, checked at once",
  "runs/seal-run.ts": "the JSON of a manifest that has been checked",
  "training/training-log.ts": "a training's log, whose last line may be torn",
  "sources/endpoint-reply.ts": "what a server says, checked at once",
  "sources/event-stream.ts": "what a server says; readReply checks what it amounts to",
  "sources/predictions-file.ts": "only asks whether it is JSON",
  "text/tokenizer-file.ts": "with a code of its own",
};

test("files are read, and JSON is parsed, in files/ alone, but for what has its reason", () => {
  const reader = /\breadFile(?:Sync)?\(|\bcreateReadStream\(|\bJSON\.parse\((?!JSON\.stringify)/;
  const strays = files.filter(
    (path) => !/^harness\/(?:files|report\/browser)\//.test(path) && reader.test(readFileSync(path, "utf8")),
  );
  const known = strays.map((path) => path.replace("harness/", ""));
  expect(known.filter((path) => !(path in OWN_READERS))).toEqual([]);
  expect(Object.keys(OWN_READERS).filter((path) => !known.includes(path))).toEqual([]);
});

test("only terminal/streams.ts writes to standard output and standard error", () => {
  const writer = /process\.std(?:out|err)\.write|console\.(?:log|error|warn|info)\(/;
  // What a process apart hands to its parent; the engine below the terminal; a cell's own console.
  const own = [
    ...["cli/doctor-probes.ts", "engine/select-backend.ts", "metric-data/tied-process.ts"],
    "terminal/streams.ts",
  ];
  const strays = files.filter(
    (path) => !path.startsWith("harness/notebook/kernel/") && writer.test(readFileSync(path, "utf8")),
  );
  expect(strays.filter((path) => !own.some((name) => path.endsWith(name)))).toEqual([]);
});

test("folders are made by files/folders.ts, which ends everywhere and says what is wrong", () => {
  const maker = /\bmkdtemp\(|\bmkdir\([^)]*recursive/;
  expect(files.filter((path) => maker.test(readFileSync(path, "utf8")))).toEqual(["harness/files/folders.ts"]);
});
