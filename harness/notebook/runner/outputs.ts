import { z } from "zod";
import type { Content } from "../kernel/wire.js";
import type { Output } from "./notebook-file.js";

/** Characters of one cell's streams, of one display's data, and of the data of all displays of a cell. */
const LIMITS = { streams: 1_000_000, display: 20_000_000, displays: 100_000_000 };
/** What an output takes beside its data. */
const OUTPUT_SIZE = 100;

const bundle = z.record(z.string(), z.unknown());
const displayContent = z.looseObject({
  data: bundle.default({}),
  metadata: bundle.default({}),
  transient: z.looseObject({ display_id: z.string().optional() }).default({}),
  execution_count: z.int().optional(),
});
const streamContent = z.looseObject({ name: z.enum(["stdout", "stderr"]), text: z.string() });
const errorContent = z.looseObject({ ename: z.string(), evalue: z.string(), traceback: z.array(z.string()) });

type Display = Extract<Output, { data: unknown }>;

/** Gathers what the cells of a notebook put out, as a front end does. */
export class OutputCollector {
  /** A display may be shown in several places, and is changed in all of them from whatever cell. */
  private readonly displays = new Map<string, Display[]>();

  /**
   * @param outputs where the outputs of one cell are put
   * @returns what takes the messages of that cell, by type and content
   */
  collect(outputs: Output[]): (type: string, content: Content) => void {
    const cell = new CellOutputs(outputs);
    const handlers: Readonly<Record<string, (content: Content) => void>> = {
      stream: (content) => cell.addStream(streamContent.parse(content)),
      display_data: (content) => {
        const { data, metadata, transient } = displayContent.parse(content);
        const display = cell.addDisplay({ output_type: "display_data", data: limitDisplay(data), metadata });
        const id = transient.display_id;
        if (id !== undefined) this.displays.set(id, [...(this.displays.get(id) ?? []), display]);
      },
      update_display_data: (content) => {
        const { data, metadata, transient } = displayContent.parse(content);
        for (const display of this.displays.get(transient.display_id ?? "") ?? []) {
          Object.assign(display, { data: limitDisplay(data), metadata });
        }
      },
      execute_result: (content) => {
        const { data, metadata, execution_count = null } = displayContent.parse(content);
        cell.addDisplay({ output_type: "execute_result", data: limitDisplay(data), metadata, execution_count });
      },
      error: (content) => {
        const { ename, evalue, traceback } = errorContent.parse(content);
        cell.add({ output_type: "error", ename, evalue, traceback });
      },
      clear_output: ({ wait }) => cell.clear(wait === true),
    };
    return (type, content) => handlers[type]?.(content);
  }
}

class CellOutputs {
  private clearBeforeNext = false;
  private streamed = 0;
  private displayed = 0;

  constructor(private readonly outputs: Output[]) {}

  add<T extends Output>(output: T): T {
    this.clearIfDue();
    this.outputs.push(output);
    return output;
  }

  /** @returns what was added; of too many displays, only that they are left out is */
  addDisplay<T extends Display>(display: T): T {
    if (this.displayed > LIMITS.displays) return display;
    this.displayed += JSON.stringify(display.data).length + OUTPUT_SIZE;
    if (this.displayed <= LIMITS.displays) return this.add(display);
    const note = `The rest of this cell's displays is left out: more than ${LIMITS.displays} characters.`;
    this.add({ output_type: "display_data", data: { "text/plain": note }, metadata: {} });
    return display;
  }

  addStream({ name, text }: { name: string; text: string }): void {
    this.clearIfDue();
    const room = LIMITS.streams - this.streamed;
    if (room < 0) return;
    this.streamed += text.length;
    const note = `\n… the rest of this cell's output is left out: more than ${LIMITS.streams} characters\n`;
    const kept = text.length > room ? text.slice(0, room) + note : text;
    const last = this.outputs.at(-1);
    if (last?.output_type === "stream" && last.name === name) last.text = returnCarriage(last.text + kept);
    else this.outputs.push({ output_type: "stream", name, text: returnCarriage(kept) });
  }

  clear(wait: boolean): void {
    this.clearBeforeNext = wait;
    if (wait) return;
    this.outputs.length = 0;
    this.streamed = 0;
    this.displayed = 0;
  }

  private clearIfDue(): void {
    if (this.clearBeforeNext) this.clear(false);
  }
}

/** What a terminal would show in the end of lines that were written over, such as those of a progress bar. */
function returnCarriage(text: string): string {
  return text.includes("\r") ? text.replace(/\r+\n/g, "\n").replace(/[^\n]*\r(?=[^\n])/g, "") : text;
}

function limitDisplay(data: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const size = JSON.stringify(data).length;
  if (size <= LIMITS.display) return { ...data };
  return { "text/plain": `A display of ${size} characters is left out: more than ${LIMITS.display}.` };
}
