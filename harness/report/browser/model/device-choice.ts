import { element } from "../element.js";
import type { Answers, Asks, Device, Graphics } from "./messages.js";
import { type ModelClient, SupersededError } from "./model-client.js";

/** What is computed on a device. */
type Computed = "caption" | "look";

/** What a page computes on: for the reader to choose, where there is more than the processor. */
export interface DeviceChoice {
  readonly node: HTMLElement;
  /** In words: which one computed last, and what became of another. */
  describe(): string;
  /** Once it is known what there is: a graphics processor is chosen unless the browser only imitates one. */
  offer(graphics: Graphics | undefined): void;
  /**
   * Asks a model on the chosen device. Where the graphics processor fails at what the processor does, it is not offered
   * any more.
   * @param isWanted whether an answer is still waited for
   * @throws Error as {@link ModelClient}
   */
  compute<Name extends Computed>(
    client: ModelClient,
    name: Name,
    ask: Omit<Asks[Name], "device">,
    isWanted: () => boolean,
    onText?: (text: string) => void,
  ): Promise<Answers[Name]>;
}

const NAMES: Readonly<Record<Device, string>> = { wasm: "processor", webgpu: "graphics processor" };

/** The processor, until more is offered. */
export function createDeviceChoice(): DeviceChoice {
  const select = element("select", {}, element("option", { value: "wasm" }, NAMES.wasm));
  const node = element("label", { hidden: "" }, "computed on the ", select);
  let used: Device = "wasm";
  let failure = "";
  return {
    node,
    describe: () => NAMES[used] + failure,
    offer(graphics) {
      if (!graphics) return;
      const name = `${NAMES.webgpu}${graphics.inSoftware ? ", in software" : ""}`;
      select.append(element("option", { value: "webgpu" }, name));
      if (!graphics.inSoftware) select.value = "webgpu";
      node.hidden = false;
    },
    async compute(client, name, ask, isWanted, onText) {
      const computeOn = async (device: Device) => {
        const answer = await client.ask(name, { ...ask, device } as Asks[typeof name], onText);
        used = device;
        return answer;
      };
      if (select.value === "wasm") return computeOn("wasm");
      try {
        return await computeOn("webgpu");
      } catch (error) {
        if (error instanceof SupersededError || !isWanted()) throw error;
        const answer = await computeOn("wasm");
        failure = `, for its ${NAMES.webgpu} failed`;
        select.value = "wasm";
        node.hidden = true;
        return answer;
      }
    },
  };
}
