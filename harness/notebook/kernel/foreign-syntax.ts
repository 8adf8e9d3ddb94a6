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

/** Programs that people run without an argument. */
const PROGRAMS: ReadonlySet<string> = new Set("ls pwd date env top ps df du free whoami uname nvidia-smi".split(" "));

/** Names that are everywhere elsewhere. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ["input", 'prompt("…")'],
  ["print", "console.log(…)"],
  ["alert", "console.log(…)"],
  ["confirm", 'prompt("…") === "y"'],
  ["help", "the name alone, and press Shift+Tab on it"],
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
  const [, variable, written = ""] = /^\s*(?:(?:const|let|var)\s+)?(?:([A-Za-z_$][\w$]*)\s*=(?!=))?\s*(.*?)\s*$/.exec(
    line,
  )!;
  const assigned = variable === undefined ? "" : `${variable} = `;
  const [, percent, magic] = /^(%{1,2})\s*([A-Za-z_]\w*)/.exec(written) ?? [];
  if (magic !== undefined) {
    const call = `${assigned}${percent}${magic}`;
    if (SHELL.has(magic)) return `${call} ${isNone} ${shell("…", variable)}`;
    return `${call} ${isNone} ${insteadOf(magic)}.`;
  }
  const [, command] = /^!{1,2}\s*([\w./~-].*)$/.exec(written) ?? [];
  if (command !== undefined && isCommand(command)) return `${assigned}!command ${isNone} ${shell(command, variable)}`;
  if (/^(?:pip3?|conda|npm) (?:un)?install /.test(line)) return `${line.split(" ")[0]} ${isNone} ${insteadOf("pip")}.`;
  const [, before, asked, after] = /^(\?{0,2})\s*([A-Za-z_$][\w$.]*)\s*(\?{0,2})\s*;?$/.exec(written) ?? [];
  if (asked !== undefined && `${before}${after}` !== "") {
    return `${before}${asked}${after} ${isNone} ${asked}, and press Shift+Tab on it: that shows its type and its documentation.`;
  }
  const [, name = ""] = /Cannot find name '(\w+)'/.exec(complaint) ?? [];
  const instead = NAMES.get(name);
  return instead === undefined ? undefined : `There is no ${name}(…) here. Write ${instead}.`;
}

function insteadOf(magic: string): string {
  const [, instead] = MAGICS.find(([names]) => names.split(" ").includes(magic)) ?? [];
  return instead ?? "what it does in TypeScript";
}

/** What follows an exclamation mark may be a condition: a name or a call, alone or with an operator. */
function isCommand(text: string): boolean {
  const [, program = "", rest = ""] = /^([\w./~-]+)(.*)$/.exec(text) ?? [];
  if (/^[./~-]/.test(program)) return true;
  if (PROGRAMS.has(program)) return !/^\s*(?:[([=?,]|&&|\|\|)/.test(rest);
  return (
    /^\s+(?:[^\s&|=?(;,)+*<>[\]]|\*\S)/.test(rest) && !/^\s+(?:-\s|(?:as|in|instanceof|of|satisfies)\b)/.test(rest)
  );
}

const isNone = "is written for IPython; cells here are TypeScript. Write";

/** @param variable what gets the lines that the command prints */
function shell(command: string, variable?: string): string {
  const call = (options: string) =>
    `import { execSync } from "node:child_process"; ${variable === undefined ? "" : `const ${variable} = `}execSync(${JSON.stringify(command)}, { ${options} })`;
  return variable === undefined ? `${call('stdio: "inherit"')}.` : `${call('encoding: "utf8"')}.trim().split("\\n").`;
}
