import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { replaceFolder } from "../../../harness/checkpoints/replace-folder.js";
import { writeFileAtomic } from "../../../harness/files/atomic.js";
import { draftOf, parseDraft, sweepClaimed, sweepDrafts } from "../../../harness/files/drafts.js";
import { judgeMaker, newMark } from "../../../harness/files/process-mark.js";
import { project, Scratch } from "../cli/run-cli.js";

/** The mark of a process that has ended. */
function markOfAnother(): string {
  const module = JSON.stringify(join(project, "harness/dist/files/process-mark.js"));
  const script = `import(${module}).then(({ newMark }) => console.log(newMark()))`;
  return spawnSync(process.execPath, ["-e", script], { encoding: "utf8" }).stdout.trim();
}

/** This process's mark with other parts. */
function changed(parts: Readonly<Record<number, string>>): string {
  return newMark()
    .split("-")
    .map((part, i) => parts[i] ?? part)
    .join("-");
}

test("a mark tells whether its process still runs", () => {
  expect(judgeMaker(newMark())).toBe("this");
  expect(judgeMaker(markOfAnother())).toBe("gone");
  expect(judgeMaker("1")).toBe("alive");
  expect(judgeMaker(changed({ 1: "12345" }))).toBe("gone"); // the number was given again
  expect(judgeMaker(changed({ 2: "abcdef01" }))).toBe("gone"); // before the machine was switched off
  expect(judgeMaker(changed({ 3: "abcdef" }))).toBe("elsewhere");
});

test.runIf(process.platform === "linux")(
  "a process that has ended but was not waited for does not count as running",
  () => {
    // The shell is replaced by a program that waits for nobody; its child is then a zombie.
    const script = `sh -c 'exec sleep 0' & exec node -e '
    const { isAlive } = await import(${JSON.stringify(join(project, "harness/dist/files/process-mark.js"))});
    await new Promise((go) => setTimeout(go, 300));
    console.log(isAlive(Number(process.argv[1])));' --input-type=module $!`;
    const { stdout } = spawnSync("sh", ["-c", script], { encoding: "utf8" });
    expect(stdout.trim()).toBe("false");
  },
);

test("names of drafts are read as they are made, and nothing else is", () => {
  for (const name of ["page.html", ".hidden", "a b\nc", "ü".repeat(50)]) {
    expect(parseDraft(basename(draftOf(`/x/${name}`)))).toMatchObject({ name, kind: "tmp" });
    expect(parseDraft(basename(draftOf(`/x/${name}`, "old")))).toMatchObject({ name, kind: "old" });
  }
  expect(parseDraft(basename(draftOf(`/x/${"ü".repeat(120)}`)))?.kind).toBe("tmp");
  expect(Buffer.byteLength(basename(draftOf(`/x/${"𝔸".repeat(60)}`)))).toBeLessThan(255);
  for (const name of ["notes.txt", ".gitignore", ".page.html.swp", ".a.tmp", "a.1.tmp", ".a.1x.tmp", ".lock"]) {
    expect(parseDraft(name), name).toBeUndefined();
  }
});

test("whoever writes into a folder sweeps what dead processes left there, and nothing else", async () => {
  const scratch = new Scratch();
  const dead = markOfAnother();
  scratch.write(`.page.html.${dead}.tmp`, "half");
  scratch.write(`.other.json.${dead}.tmp`, "half");
  scratch.write(`.box.lock-${dead}`, "");
  mkdirSync(scratch.at(`.exported.draft-${dead}`));
  scratch.write(`.exported.draft-${dead}/config.json`, "{}");
  scratch.write(".out.json.999999999.tmp", "of an earlier version");
  scratch.write(".theirs.999999999.tmp", "perhaps another program's");
  const kept = [`.busy.${newMark()}.tmp`, `.far.${changed({ 3: "abcdef" })}.tmp`, ".theirs.999999999.tmp"];
  for (const name of kept) scratch.write(name, "");
  await writeFileAtomic(scratch.at("out.json"), "{}");
  expect(scratch.list()).toEqual([...kept, "out.json"].sort());
});

test("what another machine has not touched for a day is swept, too; in a folder that is claimed, at once", async () => {
  const scratch = new Scratch();
  const name = `.far.${changed({ 3: "abcdef" })}.tmp`;
  const longAgo = new Date(Date.now() - 25 * 3600 * 1000);
  utimesSync(scratch.write(name, ""), longAgo, longAgo);
  await sweepDrafts(scratch.path);
  expect(scratch.list()).toEqual([]);
  scratch.write(name, "");
  scratch.write(".a.999999999.tmp", "");
  const own = `.b.${newMark()}.tmp`;
  scratch.write(own, "");
  await sweepClaimed(scratch.path);
  expect(scratch.list()).toEqual([own]);
});

test("a folder that was moved aside by a process that was killed before the new one stood there is put back", async () => {
  const scratch = new Scratch();
  const dead = markOfAnother();
  mkdirSync(scratch.at(`.exported.old-${dead}`));
  scratch.write(`.exported.old-${dead}/config.json`, "earlier");
  mkdirSync(scratch.at(`.exported.draft-${dead}`));
  await writeFileAtomic(scratch.at("unrelated.json"), "{}");
  expect(readFileSync(scratch.at("exported/config.json"), "utf8")).toBe("earlier");
  expect(scratch.list()).toEqual(["exported", "unrelated.json"]);

  mkdirSync(scratch.at(`.exported.old-${dead}`));
  await replaceFolder(scratch.at("exported"), "config.json", async (draft) =>
    writeFileSync(join(draft, "config.json"), "later"),
  );
  expect(readFileSync(scratch.at("exported/config.json"), "utf8")).toBe("later");
  expect(readdirSync(scratch.path).sort()).toEqual(["exported", "unrelated.json"]);
  expect(existsSync(scratch.at(`.exported.old-${dead}`))).toBe(false);
});
