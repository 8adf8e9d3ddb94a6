import type { z } from "zod";
import { activation, epsilon, layerCount, requireHeads, size } from "./published-config.js";

/** Sizes of a stack of layers. */
export interface StackConfig {
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly mlpWidth: number;
  /** As configs name it, see `activationOf`. */
  readonly activation: string;
  readonly epsilon: number;
}

/** Sizes of what looks at a picture. */
export interface VisionConfig extends StackConfig {
  /** Side of the picture in pixels. */
  readonly imageSize: number;
  readonly patch: number;
}

/** Patches a side. */
export function gridOf({ imageSize, patch }: Pick<VisionConfig, "imageSize" | "patch">): number {
  return Math.floor(imageSize / patch);
}

/** A stack's fields in a config.json, with the defaults of its class. */
export function stackFields(usual: StackConfig) {
  return {
    hidden_size: size(usual.width),
    num_hidden_layers: layerCount(usual.layers),
    num_attention_heads: size(usual.heads),
    intermediate_size: size(usual.mlpWidth),
    hidden_act: activation(usual.activation),
    layer_norm_eps: epsilon(usual.epsilon),
  };
}

/** The same of what looks at a picture. */
export function visionFields(usual: VisionConfig) {
  return { ...stackFields(usual), image_size: size(usual.imageSize), patch_size: size(usual.patch) };
}

type Parsed<Fields extends Readonly<Record<string, z.ZodType>>> = {
  readonly [Name in keyof Fields]: z.infer<Fields[Name]>;
};

/** @param where the config.json, and the part of it, for messages @throws SimvlmError `bad-config` where heads do not divide the width */
export function toStack(fields: Parsed<ReturnType<typeof stackFields>>, where: string, part: string): StackConfig {
  requireHeads(where, part, fields.hidden_size, fields.num_attention_heads);
  return {
    width: fields.hidden_size,
    layers: fields.num_hidden_layers,
    heads: fields.num_attention_heads,
    mlpWidth: fields.intermediate_size,
    activation: fields.hidden_act,
    epsilon: fields.layer_norm_eps,
  };
}

/** As {@link toStack}, of what looks at a picture. */
export function toVision(fields: Parsed<ReturnType<typeof visionFields>>, where: string, part: string): VisionConfig {
  return { ...toStack(fields, where, part), imageSize: fields.image_size, patch: fields.patch_size };
}
