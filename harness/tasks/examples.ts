import type { Modality, TaskExample, TaskSettings } from "./task.js";

export const showsImage = (modality: Modality): boolean => modality === "image" || modality === "both";
export const showsText = (modality: Modality): boolean => modality === "text" || modality === "both";

/** The picture files an example shows under a modality; one that has none shows none. */
export function imagesOf(modality: Modality, ...files: readonly (string | undefined)[]): string[] {
  return showsImage(modality) ? files.filter((file) => file !== undefined) : [];
}

/** Every example with the pictures of the one after it, the last with the first's, if that was asked for. */
export function swapImages(examples: readonly TaskExample[], settings: TaskSettings): readonly TaskExample[] {
  if (!settings.swapImages) return examples;
  return examples.map((example, i) => ({ ...example, images: examples[(i + 1) % examples.length]!.images }));
}

/** 1 for the right class, 0 for the others. */
export function oneHot(chosen: number, classes: number): number[] {
  return Array.from({ length: classes }, (_, index) => (index === chosen ? 1 : 0));
}

export const toJson = (value: unknown): string => `${JSON.stringify(value)}\n`;

/** An id as the official files have it: a number where it looks like one. */
export function officialId(id: string): number | string {
  return /^(0|[1-9]\d{0,14})$/.test(id) ? Number(id) : id;
}
