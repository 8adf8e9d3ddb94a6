import { existsSync } from "node:fs";
import { join } from "node:path";
import { nameImages } from "../../compare/image-names.js";
import { hashFile } from "../../files/hash.js";
import { fileInside } from "../../files/inside.js";
import { DataFolder } from "../../runs/data-folder.js";
import { describePictures, hashPictures, readsPictures } from "../../runs/picture-hash.js";
import { taskOfRun } from "../../runs/task-of-run.js";
import { completeSettings } from "../../tasks/task.js";
import type { ReportData, ReportedRun } from "./data.js";
import type { Finding } from "./finding.js";
import { readBeside } from "./pictures-beside.js";
import { findOtherThumbnails } from "./report-pictures.js";

/**
 * Whether a report's data files and pictures are those in a folder.
 * @param home the report's own folder
 */
export async function checkFolder(
  { runs, pictures, data: { files } }: ReportData,
  folder: string,
  home: string,
): Promise<Finding> {
  const differences: string[] = [];
  for (const { path, sha256 } of files) {
    const file = fileInside(folder, path, "the report");
    if (!existsSync(file)) differences.push(`${join(folder, path)} is not there`);
    else if ((await hashFile(file)) !== sha256)
      differences.push(`${join(folder, path)} is not what the report was made from`);
  }
  if (differences.length > 0) return { differences };
  const dataFolder = new DataFolder(folder);
  const shown = await Promise.all(runs.map((run) => checkShown(run, dataFolder)));
  const { manifest } = runs[0]!;
  const data = await dataFolder.load(taskOfRun(manifest), completeSettings(taskOfRun(manifest), manifest.settings));
  const names = nameImages(dataFolder, manifest.settings.split, data);
  return {
    differences: [
      ...shown.flatMap(({ difference }) => difference ?? []),
      ...(await findOtherThumbnails(pictures, names, (address) => readBeside(home, address))).map(
        (name) => `the small picture of ${name} in the report is not of the one in ${folder}`,
      ),
    ],
    notes: shown.flatMap(({ note }) => note ?? []),
  };
}

/** Whether the pictures are those that a run was shown. */
async function checkShown(
  { label, manifest, outcomes }: ReportedRun,
  dataFolder: DataFolder,
): Promise<ReturnType<typeof describePictures>> {
  const { pictures, settings } = manifest;
  if (!readsPictures(manifest)) return {};
  if (!pictures) return { note: `run ${label}: its manifest has no hash of the pictures: they are not confirmed` };
  const task = taskOfRun(manifest);
  const data = await dataFolder.load(task, completeSettings(task, settings));
  const now = await hashPictures({ manifest, data, outcomes, dataFolder: dataFolder.path });
  const { difference, note } = describePictures(pictures, now, dataFolder.path);
  const name = (text: string) => `run ${label}: ${text}`;
  return {
    ...(difference !== undefined && { difference: name(difference) }),
    ...(note !== undefined && { note: name(note) }),
  };
}
