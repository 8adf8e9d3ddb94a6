import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { project, Scratch } from "../../cli/run-cli.js";
import { KERNEL_TIMEOUT_MS } from "../open-kernel.js";

/** Debian's Python, which has Jupyter's own client where Jupyter is installed. */
const PYTHON = "/usr/bin/python3";
const installed = spawnSync(PYTHON, ["-c", "import jupyter_client"]).status === 0;
if (!installed) console.log("jupyter_client is not installed: no cell is given input by it.");

/** Runs cells as a notebook's page does, and answers what they ask from a list; "^C" interrupts instead. */
const CLIENT = `
import json, sys, threading
from jupyter_client.manager import KernelManager
task = json.load(sys.stdin)
manager = KernelManager(kernel_name="simvlm")
manager.start_kernel(cwd=task["folder"])
client = manager.client()
client.start_channels()
client.wait_for_ready(timeout=280)
answers = iter(task["answers"])
results = []
for code in task["cells"]:
    asked, shown = [], []
    def stdin_hook(message):
        asked.append(message["content"]["prompt"])
        answer = next(answers)
        if answer == "^C": threading.Timer(0.5, manager.interrupt_kernel).start()
        else: client.input(answer)
    def output_hook(message):
        content = message["content"]
        if message["msg_type"] == "stream": shown.append(content["text"])
        if message["msg_type"] == "error": shown.append(content["ename"])
    client.execute_interactive(code, timeout=120, allow_stdin=True, stdin_hook=stdin_hook, output_hook=output_hook)
    results.append([asked, "".join(shown)])
manager.shutdown_kernel(now=False)
client.stop_channels()
print(json.dumps(results))
`;

const OPEN = 'require("node:readline/promises").createInterface({ input: process.stdin })';

test.skipIf(!installed)(
  "what a cell asks is answered through Jupyter's stdin channel, or interrupted",
  () => {
    const cells: readonly (readonly [
      code: string,
      answers: readonly string[],
      asked: readonly string[],
      shown: string,
    ])[] = [
      ['const name = prompt("Your name?");\nname', ["Ada é"], ["Your name? "], "Ada é\n"],
      ['prompt("", "nothing")', [""], [""], "nothing\n"],
      [`const rl = ${OPEN};\nconst a = await rl.question("");\nrl.close();\na`, ["Bob"], [""], "Bob\n"],
      [
        `for await (const line of ${OPEN}) { console.log(line); if (line === "2") break; }`,
        ["1", "2"],
        ["", ""],
        "1\n2\n",
      ],
      ['require("node:fs").readFileSync(0, "utf8").trim()', ["all"], [""], "all\n"],
      ['(await require("node:fs/promises").readFile("/dev/stdin", "utf8")).trim()', ["later"], [""], "later\n"],
      [
        `process.stdin.setRawMode(true);
const keys = await new Promise((resolve) => process.stdin.once("data", (data) => resolve(String(data))));
process.stdin.pause();
keys`,
        ["y"],
        [""],
        "y\n\n",
      ],
      ["1 + 1", [], [], "2\n"],
      ['prompt("?")', ["^C"], ["? "], "Interrupted"],
      ['await 1;\nprompt("later?")', ["^C"], ["later? "], "Interrupted"],
      [`await ${OPEN}.question("")`, ["^C"], [""], "Interrupted"],
      ['prompt("again?")', ["yes"], ["again? "], "yes\n"],
    ];
    const { stdout, stderr } = spawnSync(PYTHON, ["-c", CLIENT], {
      encoding: "utf8",
      input: JSON.stringify({
        folder: new Scratch().path,
        answers: cells.flatMap(([, answers]) => answers),
        cells: cells.map(([code]) => code),
      }),
      env: { ...process.env, JUPYTER_PATH: join(project, "jupyter") },
    });
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toEqual(cells.map(([, , asked, shown]) => [asked, shown]));
  },
  KERNEL_TIMEOUT_MS,
);
