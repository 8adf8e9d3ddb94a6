import type { DecodingSettings } from "../../../decoding/settings.js";
import type { RgbImage } from "../../../images/rgb-image.js";
import type { AttentionRecord } from "../../../models/attention-maps.js";
import type { PortableText } from "../../../models/portable/open-portable.js";
import type { GraphName, PortableDescription } from "../../../models/portable/portable-model.js";

/** What a model computes on, as ONNX Runtime calls it: the processor, or the graphics processor. */
export type Device = "wasm" | "webgpu";

/** A graphics processor that can be asked. */
export interface Graphics {
  /** Whether the browser only imitates one, slowly. */
  readonly inSoftware: boolean;
}

/** What a worker is asked with, each answered by one {@link Answers} of the same name. */
export interface Asks {
  /** The graphs and their weights, whose memory the worker takes. */
  readonly open: {
    readonly description: PortableDescription;
    readonly runtime: Uint8Array;
    readonly graphs: Readonly<Record<GraphName, Uint8Array>>;
    readonly weights: Uint8Array;
  };
  /** The picture is kept for what is asked of it later. */
  readonly caption: {
    readonly device: Device;
    readonly picture: RgbImage;
    readonly prompt: string;
    readonly decoding: Partial<DecodingSettings>;
  };
  /** About the last picture that was captioned. */
  readonly look: { readonly device: Device; readonly prompt: string; readonly tokens: readonly number[] };
}

/** What a worker answers. */
export interface Answers {
  readonly open: { readonly graphics: Graphics | undefined };
  readonly caption: readonly PortableText[];
  readonly look: AttentionRecord;
}

/** What is asked. */
export type Ask = {
  readonly [Name in keyof Asks]: { readonly id: number; readonly name: Name; readonly ask: Asks[Name] };
}[keyof Asks];

/** What a worker says: how far it is, and in the end what was asked for, or why not. */
export type Said =
  | { readonly id: number; readonly text: string }
  | { readonly id: number; readonly isSuperseded: true }
  | { readonly id: number; readonly answer: Answers[keyof Answers] }
  | { readonly id: number; readonly problem: string };
