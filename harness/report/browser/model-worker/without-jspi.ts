/*
 * ONNX Runtime waits for the graphics processor by WebAssembly's JavaScript Promise Integration, and does not start where a
 * browser lacks it. On the processor nothing ever waits, so that functions that never wait stand in for it there.
 */

/** What of WebAssembly the types of TypeScript do not know. */
interface PromiseIntegration {
  Suspending?: new (call: Call) => Call;
  promising?: (call: Call) => Call;
}

type Call = (...args: unknown[]) => unknown;

const integration = WebAssembly as PromiseIntegration;

/** Whether WebAssembly can wait here, as it must for a graphics processor. */
export const canWait = integration.Suspending !== undefined && integration.promising !== undefined;

if (!canWait) {
  integration.Suspending = function itself(call: Call) {
    return call;
  } as unknown as NonNullable<PromiseIntegration["Suspending"]>;
  integration.promising =
    (call) =>
    async (...args) =>
      call(...args);
}
