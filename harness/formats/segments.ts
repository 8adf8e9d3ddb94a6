import { SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { validate } from "../files/schema.js";
import { Id } from "./ids.js";
import { InstanceCategory, readInstanceRecords, requireInstances } from "./instance-records.js";
import { fillPolygons } from "./polygons.js";
import { fromRuns, type Mask, unpackRuns } from "./run-length.js";

/** A thing in a picture, and where it is. */
export interface Segment {
  /** What its category is called, with spaces where the file has underscores (LVIS). */
  readonly category: string;
  /** What else is true of it, one word each: its colour and its size, in Toybox. */
  readonly attributes: readonly string[];
  /** Drawn each time that it is asked for, so that a set's masks need not be held at once. */
  readonly mask: Mask;
}

/** Where the things in pictures are. */
export interface Segments {
  /**
   * @param image the picture's id
   * @returns undefined for a picture that the file does not have
   * @throws SimvlmError `wrong-schema` for a mask that does not fit its picture
   */
  of(image: string): Segment[] | undefined;
  /** The ids of its pictures. */
  readonly images: readonly string[];
  /** By the names of their files, without folders: the ids of pictures. */
  readonly byFile: ReadonlyMap<string, string>;
  /** What categories are called, where the file says it, in the form of CHAIR's list of synonyms. */
  readonly synonyms?: string;
}

const Side = z.int().positive().max(65_536);
const Image = z
  .object({ id: Id, file_name: z.string().optional(), width: Side.optional(), height: Side.optional() })
  .describe("a picture: {id, file_name, width, height}");
const Outline = z.union([
  z.array(z.array(z.number())),
  z.object({ size: z.tuple([Side, Side]), counts: z.union([z.string(), z.array(z.int())]) }),
]);
const Annotation = z
  .object({
    image_id: Id,
    category_id: Id,
    segmentation: Outline.optional(),
    bbox: z.tuple([z.number(), z.number(), z.number(), z.number()]).optional(),
    attributes: z.record(z.string(), z.unknown()).optional(),
  })
  .refine(({ segmentation, bbox }) => segmentation || bbox, "expected a segmentation or a bbox")
  .describe("an instance: {image_id, category_id, segmentation or bbox}");

type Found = z.output<typeof Annotation> & { readonly where: string };

/**
 * COCO's `instances_val2017.json` and its like, Toybox's `masks-SPLIT.json` among them: where the things in pictures are,
 * as polygons, as lengths of runs, or, where there is neither, as boxes. Masks are made when they are asked for.
 * @throws SimvlmError `not-json`, `wrong-schema`, and what opening a file throws
 */
export async function readSegments(path: string): Promise<Segments> {
  const images = new Map<string, z.output<typeof Image>>();
  const found = new Map<string, Found[]>();
  const categories = new Map<string, z.output<typeof InstanceCategory>>();
  for await (const { key, value, where } of readInstanceRecords(path)) {
    if (key === "images") {
      const image = validate(Image, value, where);
      images.set(String(image.id), image);
    } else if (key === "annotations") {
      const annotation = { ...validate(Annotation, value, where), where };
      const image = String(annotation.image_id);
      found.set(image, [...(found.get(image) ?? []), annotation]);
    } else if (key === "categories") {
      const category = validate(InstanceCategory, value, where);
      categories.set(String(category.id), category);
    }
  }
  requireInstances(path, images, categories);
  const named = [...categories.values()].filter(({ name }) => toWords(name) !== "");
  return {
    images: [...images.keys()],
    byFile: new Map([...images].flatMap(([id, { file_name: file }]) => (file ? [[file.split("/").at(-1)!, id]] : []))),
    of(id) {
      const image = images.get(id);
      if (!image) return undefined;
      return (found.get(id) ?? []).map((annotation): Segment => {
        const category = categories.get(String(annotation.category_id));
        if (!category) {
          throw new SimvlmError(
            "wrong-schema",
            `${annotation.where}: there is no category ${annotation.category_id} in the file.`,
          );
        }
        const attributes = Object.values(annotation.attributes ?? {}).filter((value) => typeof value === "string");
        toMask(annotation, image); // what is wrong is said now, not in the middle of the work
        return {
          category: toWords(category.name),
          attributes,
          get mask() {
            return toMask(annotation, image);
          },
        };
      });
    },
    ...(named.some(({ synonyms }) => synonyms) && {
      synonyms: named.map(({ name, synonyms = [] }) => [name, ...synonyms].map(toWords).join(", ")).join("\n"),
    }),
  };
}

/** A category's name as a text would have it. */
function toWords(name: string): string {
  return name.replace(/[_,\s]+/g, " ").trim();
}

function toMask({ segmentation, bbox, where }: Found, image: z.output<typeof Image>): Mask {
  if (segmentation && !Array.isArray(segmentation)) {
    const [height, width] = segmentation.size;
    if (width !== (image.width ?? width) || height !== (image.height ?? height)) {
      throw new SimvlmError(
        "wrong-schema",
        `${where}.segmentation: its size, ${height} × ${width} (height first), is not that of its picture ${image.id}, ${image.height} × ${image.width}.`,
      );
    }
    const { counts } = segmentation;
    const runs = typeof counts === "string" ? unpackRuns(counts) : counts;
    const mask = runs && fromRuns(runs, width, height);
    if (mask) return mask;
    throw new SimvlmError(
      "wrong-schema",
      `${where}.segmentation: the counts are not the lengths of runs that fill ${width} × ${height} pixels.`,
    );
  }
  const { width, height } = image;
  if (width === undefined || height === undefined) {
    throw new SimvlmError(
      "wrong-schema",
      `${where}: its picture ${image.id} needs width and height for polygons and boxes.`,
    );
  }
  return fillPolygons(
    segmentation && segmentation.length > 0 ? segmentation : [toPolygon(bbox ?? [0, 0, 0, 0])],
    width,
    height,
  );
}

function toPolygon([x, y, width, height]: readonly [number, number, number, number]): number[] {
  return [x, y, x + width, y, x + width, y + height, x, y + height];
}
