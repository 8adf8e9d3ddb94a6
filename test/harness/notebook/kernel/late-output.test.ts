import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Executed, KERNEL_TIMEOUT_MS, type OpenKernel, openKernel, PATIENCE, streamText } from "../open-kernel.js";

let kernel: OpenKernel;

beforeAll(async () => {
  kernel = await openKernel();
}, KERNEL_TIMEOUT_MS);
afterAll(() => kernel.close(), KERNEL_TIMEOUT_MS);

const kernelTest = (name: string, run: () => Promise<void>) => test(name, run, KERNEL_TIMEOUT_MS);

const errorsOf = ({ published }: Executed) =>
  published.filter(([type]) => type === "error").map(([, content]) => content.evalue);

/** Executes a cell that lasts until what earlier ones have begun is over. */
const waitInACell = () => kernel.execute("await new Promise((resolve) => setTimeout(resolve, 400)); 'waited'");

kernelTest("promises and timers are printed without the kernel's own state", async () => {
  const cell = await kernel.execute("console.log(Promise.resolve(1), [setTimeout(() => 0, 1)]); Promise.resolve(2)");
  expect(streamText(cell.published)).toContain("Promise {");
  expect(streamText(cell.published)).not.toMatch(/StreamBuffer|unhandled/);
});

describe("what comes after its cell has ended", () => {
  for (const [how, code] of Object.entries({
    "a timer": "setTimeout(() => console.log('LATE'), 50); 'now'",
    "an immediate": "setImmediate(() => console.log('LATE')); 'now'",
    "a promise that is not awaited":
      "void (async () => { await new Promise((r) => setTimeout(r, 50)); console.log('LATE'); })(); 'now'",
    "an event":
      "const { EventEmitter } = require('node:events'); const e = new EventEmitter(); e.on('x', () => console.log('LATE')); setTimeout(() => e.emit('x'), 50); 'now'",
    "a file that is read": "require('node:fs').readFile('/', () => console.log('LATE')); 'now'",
    "standard error": "setTimeout(() => console.error('LATE'), 50); 'now'",
  })) {
    kernelTest(`goes to its cell: ${how}`, async () => {
      const cell = await kernel.execute(code);
      const next = await waitInACell();
      await vi.waitFor(
        () => expect(streamText(cell.published) + streamText(cell.published, "stderr")).toBe("now\nLATE\n"),
        PATIENCE,
      );
      expect(streamText(next.published)).toBe("waited\n");
    });
  }

  kernelTest("goes to its cell: a display", async () => {
    const cell = await kernel.execute(
      'import { display } from "tslab";\nsetTimeout(() => display.html("<i>late</i>"), 50);',
    );
    const next = await waitInACell();
    const late = ["display_data", { data: { "text/html": "<i>late</i>" } }];
    await vi.waitFor(() => expect(cell.published.at(-1)).toMatchObject(late), PATIENCE);
    expect(next.published.map(([type]) => type)).not.toContain("display_data");
  });

  kernelTest("of two cells at a time comes apart", async () => {
    // One timer after the other: of timers with different times a busy Node may let the longer go first.
    const count = (name: string) =>
      `void (async () => { for (let i = 0; i < 20; i++) { await new Promise((r) => setTimeout(r, 10)); console.log("${name}", i); } })();`;
    const cells = [await kernel.execute(count("a")), await kernel.execute(count("b"))];
    await waitInACell();
    for (const [index, name] of ["a", "b"].entries()) {
      const lines = Array.from({ length: 20 }, (_, i) => `${name} ${i}\n`);
      // Messages take their time on a busy machine.
      await vi.waitFor(() => expect(streamText(cells[index]!.published)).toBe(lines.join("")), PATIENCE);
    }
  });
});

describe("an error that nothing handles", () => {
  kernelTest("makes its cell fail where that still runs, which stays in its variables", async () => {
    const cell = await kernel.execute("const kept = 7;\nvoid Promise.reject(new RangeError('lost'));");
    expect(cell.reply).toMatchObject({ status: "error", ename: "RangeError", evalue: "lost" });
    expect(errorsOf(cell)).toEqual(["lost"]);
    expect((cell.reply.traceback as string[]).join("\n")).toContain("nothing awaited or caught");
    expect(await kernel.print("kept")).toBe("7\n");
  });

  kernelTest("is shown in its cell, although that has ended", async () => {
    const rejects = await kernel.execute("setTimeout(() => void Promise.reject(new Error('rejected')), 50);");
    const throws = await kernel.execute("setTimeout(() => { throw new Error('thrown'); }, 50);");
    const next = await waitInACell();
    await vi.waitFor(() => expect([rejects, throws].map(errorsOf)).toEqual([["rejected"], ["thrown"]]), PATIENCE);
    expect(errorsOf(next)).toEqual([]);
    expect(next.reply.status).toBe("ok");
  });

  kernelTest("is shown whatever it is", async () => {
    const { reply } = await kernel.execute(
      "void Promise.reject({ [Symbol.for('nodejs.util.inspect.custom')]() { throw 1; } });",
    );
    expect(reply).toMatchObject({ status: "error", ename: "Thrown" });
    expect((await kernel.execute("void Promise.reject(undefined)")).reply).toMatchObject({ evalue: "undefined" });
    expect(await kernel.print("1")).toBe("1\n");
  });

  kernelTest("is not shown where a listener of a cell's own handles it", async () => {
    const cell = await kernel.execute(`console.log(process.listenerCount("unhandledRejection"));
process.once("unhandledRejection", (reason) => console.log("first", reason));
process.once("uncaughtException", (error, origin) => console.log("second", error.message, origin));
void Promise.reject(1);
await new Promise((resolve) => setTimeout(resolve, 50));
void Promise.reject(new Error("as an exception"));
await new Promise((resolve) => setTimeout(resolve, 50));
process.once("uncaughtException", () => console.log("third"));
setTimeout(() => { throw 1; }, 10);
await new Promise((resolve) => setTimeout(resolve, 50));`);
    expect(cell.reply.status).toBe("ok");
    expect(streamText(cell.published)).toBe("0\nfirst 1\nsecond as an exception unhandledRejection\nthird\n");
    // They were asked once.
    expect(errorsOf(await kernel.execute("void Promise.reject(new Error('lost'));"))).toEqual(["lost"]);
  });

  kernelTest("is shown where a listener throws it, and where cells have removed all listeners", async () => {
    const code = "process.once('unhandledRejection', () => { throw new Error('in it'); });\nvoid Promise.reject(1);";
    expect(errorsOf(await kernel.execute(code))).toEqual(["in it"]);
    for (const event of ["unhandledRejection", "uncaughtException"]) {
      await kernel.print(`process.removeAllListeners("${event}");\n1`);
    }
    expect(errorsOf(await kernel.execute("void Promise.reject(new Error('lost'));"))).toEqual(["lost"]);
  });

  kernelTest("is not shown a thousand times", async () => {
    const cell = await kernel.execute("for (let i = 0; i < 1000; i++) void Promise.reject(new Error(String(i)));");
    expect(errorsOf(cell)).toHaveLength(21);
    expect(errorsOf(cell).at(-1)).toMatch(/^More than 20 errors/);
  });
});

kernelTest("a cell that calls process.exit fails, and nothing is lost", async () => {
  await kernel.print("const precious = 1;");
  const cell = await kernel.execute("console.log('printed'); process.exit(3)");
  expect(cell.reply).toMatchObject({ status: "error", ename: "Exit" });
  expect(cell.reply.evalue).toContain("process.exit(3)");
  expect(streamText(cell.published)).toBe("printed\n");
  expect(await kernel.print("precious")).toBe("1\n");
});

kernelTest("a cell that prints a hundred megabytes is cut off, and says so", async () => {
  const cell = await kernel.execute(
    "for (let i = 0; i < 1000; i++) console.log('x'.repeat(100_000));\nconsole.log('end')",
  );
  const text = streamText(cell.published);
  expect(text.length).toBeLessThan(20_001_000);
  expect(text).toMatch(/the rest of this cell's output is left out: more than 20000000 characters\n$/);
  expect(await kernel.print("1")).toBe("1\n");
});

kernelTest("asked to wait for late output, it ends when there is nothing left to come", async () => {
  const other = await openKernel();
  const cell = await other.execute("setTimeout(() => console.log('LATE'), 300); 1");
  expect(await other.client.shutDown(60_000, 60)).toEqual({ cutOff: false, hung: false });
  expect(streamText(cell.published)).toBe("1\nLATE\n");
});
