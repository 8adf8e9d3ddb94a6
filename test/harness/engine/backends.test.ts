import { SimvlmError } from "@simvlm/metrics";
import * as tf from "@tensorflow/tfjs-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { BACKENDS, PROVIDERS, probeBackends, probeProviders, selectBackend } from "../../../harness/engine/index.js";

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("selectBackend", () => {
  it("takes the fastest that runs and says why", async () => {
    const lines: string[] = [];
    const name = await selectBackend({ backend: undefined, print: (line) => lines.push(line) });
    const working = (await probeBackends()).filter(({ works }) => works).map((probe) => probe.name);
    expect(name).toBe(working[0]);
    expect(tf.getBackend()).toBe(name);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`tfjs backend ${name}`);
    for (const rejected of BACKENDS.slice(0, BACKENDS.indexOf(name))) expect(lines[0]).toContain(`not ${rejected}: `);
  });

  it("obeys SIMVLM_BACKEND", async () => {
    vi.stubEnv("SIMVLM_BACKEND", "cpu");
    expect(await selectBackend({ print: () => {} })).toBe("cpu");
    expect(tf.getBackend()).toBe("cpu");
    expect(Array.from(tf.add(tf.tensor1d([1, 2]), 1).dataSync())).toEqual([2, 3]);
  });

  it("an unknown backend is refused with what there is, and nothing changes", async () => {
    await selectBackend({ backend: "cpu", print: () => {} });
    const error = await selectBackend({ backend: "abacus" }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SimvlmError);
    expect((error as SimvlmError).code).toBe("backend");
    expect((error as SimvlmError).message).toMatch(/"abacus" is not known.*cpu/s);
    expect(tf.getBackend()).toBe("cpu");
  });
});

describe("probes for the doctor", () => {
  it("tell of every backend whether it works, or why not and what would help", async () => {
    const probes = await probeBackends();
    expect(probes.map(({ name }) => name)).toEqual(BACKENDS);
    expect(probes.find(({ name }) => name === "cpu")!.works).toBe(true);
    for (const { works, detail, remedy } of probes) {
      expect(detail).not.toBe("");
      expect(remedy === undefined).toBe(works);
    }
  });

  it("tell of every provider the same", async () => {
    const probes = await probeProviders();
    expect(probes.map(({ name }) => name)).toEqual(PROVIDERS);
    expect(probes[0]).toEqual({ name: "cpu", works: true, detail: "ONNX Runtime" });
    for (const { works, remedy } of probes) expect(remedy === undefined).toBe(works);
  });
});
