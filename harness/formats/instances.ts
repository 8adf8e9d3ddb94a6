import { SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { validate } from "../files/schema.js";
import type { FormatDescription } from "./format.js";
import { Id } from "./ids.js";
import { InstanceCategory, readInstanceRecords, requireInstances } from "./instance-records.js";

/** See {@link FormatDescription}. */
export const INSTANCES_FORMAT: FormatDescription = {
  name: "COCO instances, beside COCO captions",
  task: "chair",
  recognisedBy: "an object with `images`, `categories`, and `annotations` that have a `category_id`",
  example:
    '{"images": [{"id": 42}], "annotations": [{"image_id": 42, "category_id": 18}], "categories": [{"id": 18, "name": "dog", "supercategory": "animal"}]}',
};

/** What such a file is called. */
export const INSTANCES_NAMES = [
  ...["instances-SPLIT.json", "instances_SPLIT2014.json", "instances_SPLIT2017.json", "instances_SPLIT.json"],
  "instances.json",
];

/** What is to be seen in pictures. */
export interface Instances {
  /** The names of the categories in each picture, by the picture's id. */
  readonly byImage: ReadonlyMap<string, readonly string[]>;
  /** What categories are called, where the file says it, in the form of CHAIR's list of synonyms. */
  readonly synonyms?: string;
}

const Image = z.object({ id: Id }).describe("a picture: {id}");
const Annotation = z.object({ image_id: Id, category_id: Id }).describe("an instance: {image_id, category_id}");

/**
 * COCO's `instances_val2014.json` and its like, read record by record, since it is long. Toybox's also say what categories
 * are called.
 * @throws SimvlmError `not-json`, `wrong-schema`, `empty-file`, and what opening a file throws
 */
export async function readInstances(path: string): Promise<Instances> {
  const found = new Map<string, Set<string>>();
  const categories = new Map<string, z.output<typeof InstanceCategory>>();
  for await (const { key, value, where } of readInstanceRecords(path)) {
    if (key === "images") setOf(found, String(validate(Image, value, where).id));
    else if (key === "annotations") {
      const { image_id: image, category_id: category } = validate(Annotation, value, where);
      setOf(found, String(image)).add(String(category));
    } else if (key === "categories") {
      const category = validate(InstanceCategory, value, where);
      categories.set(String(category.id), category);
    }
  }
  requireInstances(path, found, categories);
  const byImage = new Map(
    [...found].map(([image, ids]) => [image, namesOf(ids, categories, `${path}: image ${image}`)]),
  );
  const named = [...categories.values()].filter(({ synonyms }) => synonyms);
  if (named.length === 0) return { byImage };
  return { byImage, synonyms: named.map(({ name, synonyms }) => [name, ...synonyms!].join(", ")).join("\n") };
}

function setOf(found: Map<string, Set<string>>, id: string): Set<string> {
  const own = found.get(id) ?? new Set();
  found.set(id, own);
  return own;
}

function namesOf(
  ids: ReadonlySet<string>,
  categories: ReadonlyMap<string, z.output<typeof InstanceCategory>>,
  where: string,
): string[] {
  const names = [...ids].map((id) => {
    const category = categories.get(id);
    if (!category) throw new SimvlmError("wrong-schema", `${where}: there is no category ${id} in the file.`);
    return category.name;
  });
  return [...new Set(names)]; // two categories may share a name
}
