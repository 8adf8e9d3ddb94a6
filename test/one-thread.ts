import { vi } from "vitest";

// Test files run side by side, one a core: threads of ONNX Runtime's for every core would only wait for each other.
vi.mock("node:os", async (original) => ({
  ...(await original<typeof import("node:os")>()),
  availableParallelism: () => 1,
}));
