import { type CellError, simpleError } from "./cell-error.js";

/** What people write in notebooks of other kernels, by what it is called there, and what to write here instead. */
const MAGICS: readonly (readonly [names: string, instead: string])[] = [
  ["time timeit prun", 'console.time("it"); …; console.timeEnd("it")'],
  ["matplotlib pylab", "nothing: show(…) of the library draws without it"],
  [
    "autoreload load_ext reload_ext",
    "nothing: modules beside the notebook that were changed are loaded anew by each cell",
  ],
  ["cd", 'process.chdir("…")'],
  ["pwd", "process.cwd()"],
  ["ls dir", 'import { readdirSync } from "node:fs"; readdirSync(".")'],
  ["cat load pycat", 'import { readFileSync } from "node:fs"; readFileSync("…", "utf8")'],
  ["env set_env", "process.env.NAME"],
  ["run", 'import "./module.ts"'],
  ["pip conda", "npm install PACKAGE, in a terminal"],
  ["who whos who_ls", "the Tab key: it lists the names"],
  ["pinfo pinfo2 pdoc psource", "the name alone, and press Shift+Tab on it"],
  ["writefile file", 'import { writeFileSync } from "node:fs"; writeFileSync("…", `…`)'],
  ["html HTML", 'import { display } from "tslab"; display.html("…")'],
  ["markdown", 'import { display } from "tslab"; display.markdown("…")'],
  ["svg SVG", 'import { display } from "tslab"; display.svg("…")'],
  ["javascript js typescript ts", "it without this line: cells are TypeScript already"],
];

const SHELL: ReadonlySet<string> = new Set(["bash", "sh", "script", "sx", "system", "cmd", "!"]);

/** Names that are everywhere elsewhere. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ["input", 'prompt("…")'],
  ["print", "console.log(…)"],
  ["alert", "console.log(…)"],
  ["confirm", 'prompt("…") === "y"'],
]);

/**
 * The answer to a cell that does not compile because a line of it is written for another kernel: `%time f()`, `%%bash`,
 * `!ls`, `?name`. What the compiler said stays below.
 *
 * @param lines those that the compiler complains of, from 1
 */
export function explainForeign(source: string, lines: readonly number[], error: CellError): CellError {
  const written = source.split("\n");
  const sentence = lines.map((line) => explainLine(written[line - 1] ?? "", error.evalue)).find(Boolean);
  if (sentence === undefined) return error;
  return { ...simpleError("NotTypeScript", sentence), traceback: [`NotTypeScript: ${sentence}`, ...error.traceback] };
}

function explainLine(line: string, complaint: string): string | undefined {
  const [, percent, magic] = /^\s*(%{1,2})\s*([A-Za-z_]\w*)/.exec(line) ?? [];
  if (magic !== undefined) {
    const call = `${percent}${magic}`;
    if (SHELL.has(magic)) return `${call} ${isNone} ${shell("…")}`;
    const [, instead = "what it does in TypeScript"] = MAGICS.find(([names]) => names.split(" ").includes(magic)) ?? [];
    return `${call} ${isNone} ${instead}.`;
  }
  const [, command] = /^\s*!{1,2}\s*([\w./~-].*)$/.exec(line) ?? [];
  // What follows an exclamation mark may be a condition: a name, a call.
  if (
    command !== undefined &&
    !/^[\w.]+\s*(?:[(&|=?[]|$)/.test(command.replace(/^(?:ls|pwd|date|env|top|ps|df|free)$/, "$& ."))
  ) {
    return `!command ${isNone} ${shell(command.trim())}`;
  }
  const [, before, asked, after] = /^\s*(\?{0,2})\s*([A-Za-z_$][\w$.]*)\s*(\?{0,2})\s*;?\s*$/.exec(line) ?? [];
  if (asked !== undefined && `${before}${after}` !== "") {
    return `${before}${asked}${after} ${isNone} ${asked}, and press Shift+Tab on it: that shows its type and its documentation.`;
  }
  const [, name = ""] = /Cannot find name '(\w+)'/.exec(complaint) ?? [];
  const instead = NAMES.get(name);
  return instead === undefined ? undefined : `There is no ${name}(…) here. Write ${instead}.`;
}

const isNone = "is written for IPython; cells here are TypeScript. Write";

const shell = (command: string): string =>
  `import { execSync } from "node:child_process"; execSync(${JSON.stringify(command)}, { stdio: "inherit" }).`;
