import { describe, expect, test, vi } from "vitest";
import { showProgress, trackProgress } from "../../../../harness/notebook/display/display-progress.js";
import { beInNotebook } from "./fake-kernel.js";

test("outside a notebook work is done as ever", async () => {
  const result = await trackProgress("captions", async (onStart) => {
    const tick = onStart(0);
    tick();
    return 7;
  });
  expect(result).toBe(7);
});

describe("in a notebook", () => {
  const sent = beInNotebook();

  test("progress updates in one place, at most a few times a second, and its end stays", async () => {
    vi.useFakeTimers();
    try {
      const result = await trackProgress("captions <b>", async (onStart) => {
        const tick = onStart(100);
        for (let i = 0; i < 100; i++) {
          vi.advanceTimersByTime(20);
          tick();
        }
        return "all";
      });
      expect(result).toBe("all");
    } finally {
      vi.useRealTimers();
    }
    expect(sent[0]).toMatchObject({ update: false, data: { "text/plain": "captions <b> 0/100" } });
    expect(sent.length).toBeGreaterThan(4);
    // 2 seconds.
    expect(sent.length).toBeLessThan(10);
    expect(new Set(sent.map(({ id }) => id)).size).toBe(1);
    expect(sent.slice(1).every(({ update }) => update)).toBe(true);
    expect(sent[1]!.data["text/plain"]).toMatch(/^captions <b> \d+\/100, 50\/s, about 1\.\d s left$/);
    expect(sent.at(-1)!.data["text/plain"]).toBe("captions <b> 100/100, 50/s, done after 2.0 s");
    expect(sent.at(-1)!.data["text/html"]).toContain('<progress value="100" max="100"');
    expect(sent.at(-1)!.data["text/html"]).toContain("captions &lt;b&gt;");
  });

  test("an error is passed on and said", async () => {
    const work = trackProgress("captions", async (onStart) => {
      onStart(3)(2);
      throw new Error("no picture");
    });
    await expect(work).rejects.toThrow("no picture");
    expect(sent.at(-1)!.data["text/plain"]).toMatch(/^captions 2\/3, .*stopped by an error/);
  });

  test("so many steps, by hand", () => {
    const progress = showProgress("steps", 2);
    progress.increment(2);
    progress.stop();
    expect(sent.at(-1)!.data["text/plain"]).toMatch(/^steps 2\/2, .*done/);
  });
});
