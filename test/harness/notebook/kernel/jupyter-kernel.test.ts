import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Content } from "../../../../harness/notebook/kernel/wire.js";
import { project } from "../../cli/run-cli.js";
import { KERNEL_TIMEOUT_MS, type OpenKernel, openKernel, streamText } from "../open-kernel.js";

let kernel: OpenKernel;

beforeAll(async () => {
  kernel = await openKernel();
}, KERNEL_TIMEOUT_MS);
afterAll(() => kernel.close(), KERNEL_TIMEOUT_MS);

const kernelTest = (name: string, run: () => Promise<void>) => test(name, run, KERNEL_TIMEOUT_MS);

/** The error that a cell ends with, which the reply and the published message say alike. */
async function failWith(code: string): Promise<{ ename: string; evalue: string; traceback: string[] }> {
  const { reply, published } = await kernel.execute(code);
  const errors = published.filter(([type]) => type === "error");
  expect(errors).toHaveLength(1);
  expect(reply).toMatchObject({ status: "error", ...errors[0]![1] });
  expect(streamText(published, "stderr")).toBe("");
  return errors[0]![1] as Awaited<ReturnType<typeof failWith>>;
}

describe("the library is there", () => {
  kernelTest("as the variable simvlm, before the first cell, which is In [1]", async () => {
    const { reply, published } = await kernel.execute("const first = simvlm.createRandom(7).next();\nfirst");
    expect(reply).toMatchObject({ status: "ok", execution_count: 1 });
    expect(published[0]).toEqual(["execute_input", expect.objectContaining({ execution_count: 1 })]);
    expect(Number(streamText(published))).toBeGreaterThan(0);
  });

  kernelTest("with types", async () => {
    const { ename, evalue } = await failWith("const wrong: string = simvlm.createRandom(7);");
    expect([ename, evalue]).toEqual(["CompileError", "1:7 - Type 'Random' is not assignable to type 'string'."]);
  });

  kernelTest("with completion, counted in characters", async () => {
    const code = 'const smile = "😀"; simvlm.createCapt';
    const reply = await kernel.client.request("complete_request", { code, cursor_pos: [...code].length });
    expect(reply).toMatchObject({ status: "ok", matches: ["createCaptioner"], cursor_end: [...code].length });
    expect([...code].slice(reply.cursor_start as number).join("")).toBe("createCapt");
  });

  kernelTest("with the documentation of a name", async () => {
    const code = "simvlm.createCaptioner";
    const reply = await kernel.client.request("inspect_request", { code, cursor_pos: 12, detail_level: 0 });
    expect(reply).toMatchObject({ status: "ok", found: true });
    expect((reply.data as Content)["text/plain"]).toMatch(/createCaptioner\(/);
    const nothing = await kernel.client.request("inspect_request", { code: "  ", cursor_pos: 1, detail_level: 0 });
    expect(nothing).toMatchObject({ status: "ok", found: false });
  });

  kernelTest("and can be imported, parts of it too", async () => {
    expect(await kernel.print('import { createCaptioner } from "simvlm";\ntypeof createCaptioner')).toBe("function\n");
    const parts = 'import { createCaptioner as ofPart } from "simvlm/models";\nofPart === createCaptioner';
    expect(await kernel.print(parts)).toBe("true\n");
  });
});

kernelTest(
  "a page that is loaded anew asks for the kernel's name again, and is brought the libraries again",
  async () => {
    const bringsLibrary = async () => {
      const { published } = await kernel.execute("await simvlm.show([{ id: 1 }])");
      return published.some(([, content]) => JSON.stringify(content).length > 100_000);
    };
    expect([await bringsLibrary(), await bringsLibrary()]).toEqual([true, false]);
    await kernel.client.request("kernel_info_request", {});
    expect([await bringsLibrary(), await bringsLibrary()]).toEqual([true, false]);
  },
);

describe("names of earlier cells in the short form of a property", () => {
  kernelTest("are the variables", async () => {
    await kernel.execute("let width = 3;\nlet height: number = 5;");
    expect(
      await kernel.print(
        "const size = { width, height, sum() { return { width }; } };\nsize.sum().width + size.height",
      ),
    ).toBe("8\n");
    expect(await kernel.print("const area = (width: number) => ({ width, height });\narea(7)")).toBe(
      "{ width: 7, height: 5 }\n",
    );
    expect(await kernel.print("({ width, depth: height = 2 } = { width: 9, depth: undefined });\nwidth + height")).toBe(
      "11\n",
    );
  });

  kernelTest("leave errors at their places", async () => {
    const { evalue } = await failWith("const both = { width, height: wrong };");
    expect(evalue).toMatch(/^1:31 - Cannot find name 'wrong'/);
  });
});

kernelTest("a variable keeps its type, also one that the library does not export by itself", async () => {
  await kernel.execute('const { outcomes } = await simvlm.readLog("nowhere");');
  const { evalue } = await failWith("const wrong: number = outcomes;");
  expect(evalue).toBe("1:7 - Type 'Outcome[]' is not assignable to type 'number'.");
});

describe("packages and files", () => {
  kernelTest("relative names start at the project's root, whatever folder the notebook is in", async () => {
    expect(`${(await kernel.print("process.cwd()")).trim()}/`).toBe(project);
    const code = 'import fs from "node:fs";\nfs.existsSync("fixtures/nocaps/annotations.json")';
    expect(await kernel.print(code)).toBe("true\n");
  });

  kernelTest("packages that are ES modules alone, by a part's name", async () => {
    expect(await kernel.print('import { VERSION } from "@simvlm/metrics";\nVERSION')).toMatch(/^\d/);
    expect(await kernel.print('import { parse } from "csv-parse/sync";\nparse("a,b")')).toBe("[ [ 'a', 'b' ] ]\n");
  });

  kernelTest("danfojs", async () => {
    const code = 'import * as dfd from "danfojs-node";\nnew dfd.DataFrame([{ a: 1 }, { a: 3 }])["a"].mean()';
    expect(await kernel.print(code)).toBe("2\n");
  });

  kernelTest("danfojs' plots, which are shown before the cell has ended", async () => {
    const frame = 'new dfd.DataFrame([{ a: 1, b: "<i>x</i>" }, { a: 3, b: "y" }])';
    const shown = async (code: string) => {
      const { published, reply } = await kernel.execute(
        `import * as dfd from "danfojs-node";\nconst df = ${frame};\n${code}`,
      );
      expect(reply.status).toBe("ok");
      const views = published.filter(
        ([type, content]) => type === "display_data" && "text/html" in (content.data as Content),
      );
      return views.map(([, content]) => (content.data as { "text/plain": string })["text/plain"]).filter(Boolean);
    };
    const line = 'df.plot("ignored").line({ config: { columns: ["a"] }, layout: { title: "A line" } })';
    expect(await shown(line)).toEqual(["A line: a"]);
    expect(
      await shown('df["a"].plot("x").hist(); df.plot("x").pie({ config: { labels: "b", values: "a" } });'),
    ).toEqual(["Hist plot: histogram", expect.stringMatching(/^Pie plot: /) as string]);
    expect((await shown('df.plot("x").table()'))[0]).toContain("<i>x</i>");
    const wrong = await kernel.execute('df.plot("x").line({ config: { columns: ["nowhere"] } })');
    expect(wrong.reply).toMatchObject({ status: "error", evalue: expect.stringContaining("nowhere") as string });
  });

  kernelTest("what Node 20 has and TypeScript 5.0 does not know", async () => {
    expect(await kernel.print("[2, 3, 1].toSorted().with(0, 9)")).toBe("[ 9, 2, 3 ]\n");
  });
});

describe("top-level await", () => {
  kernelTest("await (…) as the only one of its cell", async () => {
    expect(await kernel.print("const awaited = await (Promise.resolve(3));\nawaited + 1")).toBe("4\n");
  });

  kernelTest("for await as the only one of its cell", async () => {
    expect(await kernel.print("for await (const x of [1, Promise.resolve(2)]) console.log(x)")).toBe("1\n2\n");
  });

  kernelTest("inside a function, in a cell that has none of its own", async () => {
    expect(await kernel.print("async function twice(x: number) { return 2 * (await x); }\n1")).toBe("1\n");
    expect(await kernel.print("await twice(4)")).toBe("8\n");
  });
});

describe("a cell that fails", () => {
  kernelTest("says what was thrown, why, and where in the cell, without the kernel's own frames", async () => {
    const { ename, evalue, traceback } = await failWith(
      'function deep() {\n  throw new RangeError("no", { cause: new Error("because") });\n}\ndeep()',
    );
    expect([ename, evalue]).toEqual(["RangeError", "no"]);
    expect(traceback.slice(0, 3)).toEqual([
      "RangeError: no",
      '  > throw new RangeError("no", { cause: new Error("because") });',
      "caused by: Error: because",
    ]);
    expect(traceback.slice(3).join("\n")).toMatch(/^ +at deep \(In \[\d+\]:2:9\)\n +at In \[\d+\]:4:1$/);
  });

  kernelTest("after an await, too", async () => {
    const { ename, traceback } = await failWith('await 1;\nthrow new TypeError("late");');
    expect(ename).toBe("TypeError");
    expect(traceback.join("\n")).toMatch(/> throw new TypeError\("late"\);\n +at In \[/);
  });

  kernelTest("quotes the cell in which a function was written, not the one that called it", async () => {
    await kernel.print('function fromBefore() { throw new Error("old"); }');
    const { traceback } = await failWith("fromBefore()");
    expect(traceback[1]).toContain('throw new Error("old")');
  });

  kernelTest("names no folder of the machine", async () => {
    const { ename, traceback } = await failWith('await simvlm.loadCheckpoint("nowhere")');
    expect(ename).toBe("SimvlmError");
    expect(traceback.join("\n")).not.toContain(project);
  });

  kernelTest("shows every line that does not compile", async () => {
    const { ename, evalue, traceback } = await failWith("const fine = 1;\nconst a: string = 1;\nnothing;");
    expect(ename).toBe("CompileError");
    expect(evalue).toMatch(/^2:7 - Type 'number'/);
    expect(traceback).toEqual(expect.arrayContaining(["  const a: string = 1;", "        ^", "  nothing;"]));
  });

  kernelTest("whatever it throws", async () => {
    expect(await failWith('throw "text"')).toMatchObject({ ename: "Thrown", evalue: "text" });
    expect(await failWith("throw { a: 1 }")).toMatchObject({ ename: "Thrown", evalue: "{ a: 1 }" });
    expect(await failWith("await Promise.reject(undefined)")).toMatchObject({ ename: "Thrown", evalue: "undefined" });
  });

  kernelTest("does not take along what is sent after its answer", async () => {
    const { reply } = await kernel.execute("throw 1");
    const next = await kernel.execute("1 + 1");
    expect([reply.status, next.reply.status]).toEqual(["error", "ok"]);
    expect(next.reply.execution_count).toBe((reply.execution_count as number) + 1);
  });

  kernelTest("aborts what was waiting, and says so", async () => {
    const replies = await Promise.all(["throw 1", "2", "3"].map((code) => kernel.execute(code)));
    expect(replies.map(({ reply }) => reply.status)).toEqual(["error", "aborted", "aborted"]);
    expect(replies[2]!.published).toEqual([]);
    expect(await kernel.print("4")).toBe("4\n");
  });

  kernelTest("aborts nothing where the front end wants errors (--allow-errors)", async () => {
    const replies = await Promise.all(
      ["throw 1", "2", "3"].map((code) => kernel.execute(code, { stopOnError: false })),
    );
    expect(replies.map(({ reply }) => reply.status)).toEqual(["error", "ok", "ok"]);
  });
});

describe("what a cell prints", () => {
  kernelTest("a hundred thousand lines arrive, in order, in few messages", async () => {
    const { published } = await kernel.execute("for (let i = 0; i < 100_000; i++) console.log('line', i)");
    expect(streamText(published)).toBe(Array.from({ length: 100_000 }, (_, i) => `line ${i}\n`).join(""));
    expect(published.length).toBeLessThan(1000);
  });

  kernelTest("stdout, stderr and displays come in the order in which they were written", async () => {
    const { published } = await kernel.execute(
      'import { display } from "tslab";\nconsole.log("a"); console.error("b"); display.html("<i>c</i>"); console.log("d");',
    );
    expect(published.slice(1).map(([, { name, text, data }]) => [name, text ?? data])).toEqual([
      ["stdout", "a\n"],
      ["stderr", "b\n"],
      [undefined, { "text/html": "<i>c</i>" }],
      ["stdout", "d\n"],
    ]);
  });

  kernelTest("writers that wait for their text to be written go on", async () => {
    const code =
      'await new Promise<void>((resolve) => { process.stdout.write(Buffer.from("é\\n"), () => resolve()); });';
    expect(await kernel.print(code)).toBe("é\n");
  });

  kernelTest("a display is changed in place", async () => {
    const code = 'import { newDisplay } from "tslab";\nconst shown = newDisplay();\nshown.text("1"); shown.text("2");';
    const { published } = await kernel.execute(code);
    expect(published.slice(1).map(([type, { data }]) => [type, data])).toEqual([
      ["display_data", { "text/plain": "1" }],
      ["update_display_data", { "text/plain": "2" }],
    ]);
  });
});

describe("interrupted", () => {
  /**
   * Says that it waits once its first run is over: while that lasts, Node looks out for signals itself, and loses one
   * that comes in the moment in which the run ends.
   */
  const WAITS =
    'await new Promise((go) => setTimeout(go));\nconsole.log("waits");\nawait new Promise(() => { setTimeout(() => {}, 1e6); });';

  /** Runs a cell, and interrupts it as soon as it says something. */
  async function interrupted(code: string, interrupt: () => void): Promise<string> {
    const reply = await kernel.client.execute(code, {}, ({ header }) => header.msg_type === "stream" && interrupt());
    return `${String(reply.status)}: ${String(reply.ename)}`;
  }
  const bySignal = () => kernel.process.interrupt();

  kernelTest("a cell that waits", async () => {
    await kernel.print("const kept = 5;");
    expect(await interrupted(WAITS, bySignal)).toBe("error: Interrupted");
    expect(await kernel.print("kept")).toBe("5\n");
  });

  kernelTest("a cell that loops", async () => {
    expect(await interrupted('console.log("loops");\nfor (;;);', bySignal)).toBe("error: Interrupted");
    expect(await kernel.print("kept")).toBe("5\n");
  });

  kernelTest("by a message, where there are no signals", async () => {
    const byMessage = () => void kernel.client.request("interrupt_request", {}, () => {}, "control");
    expect(await interrupted(WAITS, byMessage)).toBe("error: Interrupted");
  });
});

describe("other requests", () => {
  kernelTest("whether a cell is whole", async () => {
    const ask = (code: string) => kernel.client.request("is_complete_request", { code });
    expect(await ask("const a = 1;")).toEqual({ status: "complete" });
    expect(await ask("if (true) {")).toEqual({ status: "incomplete", indent: "  " });
  });

  kernelTest("what the kernel is", async () => {
    const reply = await kernel.client.request("kernel_info_request", {});
    expect(reply).toMatchObject({ status: "ok", protocol_version: "5.3", language_info: { name: "typescript" } });
  });

  kernelTest("one that makes no sense is answered with an error", async () => {
    const reply = await kernel.client.request("complete_request", { code: 7 });
    expect(reply).toMatchObject({ status: "error", ename: "KernelError" });
  });

  kernelTest("a cell run silently leaves no trace", async () => {
    const before = (await kernel.execute("0")).reply.execution_count;
    const published: string[] = [];
    const content = { code: "console.log(1)", silent: true };
    const reply = await kernel.client.request("execute_request", content, ({ header }) =>
      published.push(header.msg_type),
    );
    expect([reply.status, reply.execution_count, published]).toEqual(["ok", before, []]);
  });
});

test(
  "asked to end, the process ends, whatever its cells left open",
  async () => {
    const other = await openKernel();
    await other.print("setInterval(() => {}, 1000); 1");
    const reply = other.client.request("shutdown_request", { restart: false }, () => {}, "control");
    expect(await reply).toEqual({ status: "ok", restart: false });
    expect(await other.process.ended).toMatch(/^exit code 0/);
    other.client.close();
  },
  KERNEL_TIMEOUT_MS,
);
