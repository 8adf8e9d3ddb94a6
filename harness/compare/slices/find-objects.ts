import { basename } from "node:path";
import { findOptionalDataFile } from "../../formats/data-files.js";
import { INSTANCES_NAMES, readInstances } from "../../formats/instances.js";
import type { TaskData } from "../../tasks/task.js";
import type { SliceRequest } from "./slicing.js";

/**
 * A request for slices by objects with a table of how many kinds of objects each picture has, by COCO's instances beside
 * the data; as it stands where the data or a table say it themselves, or where there is no such file.
 * @throws SimvlmError what reading instances throws
 */
export async function findObjects(
  request: SliceRequest,
  { examples }: Pick<TaskData, "examples">,
  { folder, split }: { readonly folder: string; readonly split: string },
): Promise<SliceRequest> {
  const { by = [], tables = [] } = request;
  const isAsked = by.some((what) => /^objects\b/.test(what));
  const isKnown =
    tables.some(({ columns }) => Object.hasOwn(columns, "objects")) || examples.some(({ instances }) => instances);
  const path = isAsked && !isKnown ? findOptionalDataFile(folder, split, INSTANCES_NAMES) : undefined;
  if (path === undefined) return request;
  const { byImage } = await readInstances(path);
  const told = examples.flatMap(({ id, cluster }) => {
    const objects = byImage.get(id) ?? byImage.get(String(cluster));
    return objects ? [{ id, count: String(objects.length) }] : [];
  });
  if (told.length === 0) return request;
  const table = {
    name: basename(path),
    ids: told.map(({ id }) => id),
    columns: { objects: told.map(({ count }) => count) },
  };
  return { ...request, tables: [...tables, table] };
}
