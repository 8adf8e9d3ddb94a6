import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { hashText } from "../../../../harness/files/hash.js";
import { openReport } from "../../../../harness/report/document/file.js";
import { isBeside } from "../../../../harness/report/picture-address.js";
import { serveReportPage } from "../../../../harness/serve/report-site.js";
import { chromium, withFile, withSite } from "../../../browser.js";
import { runCli, Scratch } from "../../cli/run-cli.js";
import { ask } from "../../serve/ask.js";
import { withData } from "./edit-data.js";

const KEPT = "fixtures/kept";
/** A name that is none as it stands in an address. */
const NAME = "a b#ü%2e";
const FEW = ["--resamples", "20", "--explore", "0", "--data", `${KEPT}/nocaps`];
const report = (out: string, ...rest: string[]) =>
  runCli("report", `${KEPT}/zero-shot`, `${KEPT}/fine-tuned`, ...FEW, "--out", out, ...rest);

/** A report with its pictures beside it. */
async function makeBeside(...rest: string[]) {
  const scratch = new Scratch();
  const page = scratch.at(`${NAME}.html`);
  const made = await report(page, "--pictures", "beside", "--thumbnails", "10", ...rest);
  expect(made).toMatchObject({ code: 0, stdout: `${page}\n` });
  const folder = scratch.at(`${NAME}.pictures`);
  return { scratch, page, folder, files: readdirSync(folder).toSorted() };
}

test("pictures lie in a folder beside the page, each called by its content; the same runs give the same", async () => {
  const { scratch, page, folder, files } = await makeBeside();
  const { data } = await openReport(page);
  const addresses = new Set(Object.values(data.pictures));
  expect([...addresses].every(isBeside)).toBe(true);
  expect([...addresses].map((address) => basename(address)).toSorted()).toEqual(files);
  for (const file of files) expect(`${hashText(readFileSync(`${folder}/${file}`))}.jpg`).toBe(file);
  expect(readdirSync(scratch.path).toSorted()).toEqual([`${NAME}.html`, `${NAME}.pictures`]);

  const before = readFileSync(page, "utf8");
  await report(page, "--pictures", "beside", "--examples", "1");
  const fewer = readdirSync(folder);
  expect(fewer.length).toBeLessThan(files.length);
  expect(new Set(fewer)).toEqual(
    new Set(Object.values((await openReport(page)).data.pictures).map((each) => basename(each))),
  );
  await report(page, "--pictures", "beside", "--thumbnails", "10");
  expect(readFileSync(page, "utf8")).toBe(before);
  expect(readdirSync(folder).toSorted()).toEqual(files);
});

test("verify: pictures beside the page are those that it names, and the data's", async () => {
  const { page, folder, files } = await makeBeside();
  const verify = (...rest: string[]) => runCli("verify", page, ...rest);
  const whole = await verify("--data", `${KEPT}/nocaps`);
  expect(whole).toMatchObject({ code: 0, stdout: expect.stringContaining("pictures beside the page") });

  copyFileSync(`${folder}/${files[1]}`, `${folder}/${files[0]}`);
  const changed = await verify("--data", `${KEPT}/nocaps`);
  expect(changed.code).toBe(1);
  expect(changed.stdout).toContain(`${files[0]} is not the picture that the report shows there`);
  expect(changed.stdout).toMatch(/the small picture of \S+ in the report is not of the one in/);

  rmSync(`${folder}/${files[0]}`);
  const missing = await verify();
  expect(missing.code).toBe(0);
  expect(missing.stdout + missing.stderr).toMatch(/1 of \d+ pictures are not beside the report/);
  expect(missing.stdout).not.toContain("pictures beside the page");
});

test("an address that leads elsewhere is no picture's", async () => {
  const { page } = await makeBeside();
  const text = readFileSync(page, "utf8");
  const [address] = Object.values((await openReport(page)).data.pictures);
  const file = basename(address!);
  for (const other of [
    `../x.pictures/${file}`,
    `..%2Fx.pictures/${file}`,
    `%ff.pictures/${file}`,
    `https://example.org/x.pictures/${file}`,
    `//example.org/${file}`,
    `x.pictures/../${file}`,
    "x.pictures/a.jpg",
  ]) {
    const changed = `${page}.other.html`;
    writeFileSync(changed, await withData(text, (json) => json.replaceAll(address!, other)));
    await expect(openReport(changed), other).rejects.toMatchObject({ code: "wrong-schema" });
  }
});

test("no pictures where nobody wants any, and nothing is said to be missing", async () => {
  const scratch = new Scratch();
  const page = scratch.at("none.html");
  expect(await report(page, "--pictures", "none")).toMatchObject({ code: 0, stderr: "" });
  const { data } = await openReport(page);
  expect(data).toMatchObject({ pictures: {}, remarks: [], withoutPictures: true });
  expect(readFileSync(page, "utf8")).not.toContain("data:image/jpeg");
  expect((await runCli("verify", page, "--data", `${KEPT}/nocaps`)).code).toBe(0);
  expect(readdirSync(scratch.path)).toEqual(["none.html"]);
});

test("what cannot be is said before any work, and nothing is written", async () => {
  const scratch = new Scratch();
  const page = scratch.at("x.html");
  expect(await report("-", "--pictures", "beside")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("name a file with --out"),
  });
  expect(await report(page, "--pictures", "none", "--thumbnails", "3")).toMatchObject({ code: 2 });
  expect(await report(page, "--pictures", "large")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("embedded, beside, none"),
  });
  mkdirSync(scratch.at("x.pictures"));
  scratch.write("x.pictures/holiday.jpg", "mine");
  const refused = await report(page, "--pictures", "beside");
  expect(refused).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("holds holiday.jpg, which is no picture of a report"),
  });
  expect(readFileSync(scratch.at("x.pictures/holiday.jpg"), "utf8")).toBe("mine");
  rmSync(scratch.at("x.pictures"), { recursive: true });
  const failed = await report(page, "--pictures", "beside", "--slice-by", "colour");
  expect(failed.code).toBe(2);
  expect(readdirSync(scratch.path)).toEqual([]);
});

test("served, there are the page and the pictures that it shows, and nothing else", async () => {
  const { scratch, page, folder, files } = await makeBeside();
  scratch.write("secret.jpg", "secret");
  cpSync(`${folder}/${files[0]}`, `${folder}/${"0".repeat(64)}.jpg`);
  const server = await serveReportPage(page);
  onTestFinished(() => server.close());
  const get = (path: string) => ask(server.address, { path: new URL(server.address).pathname + path });
  const at = encodeURIComponent(basename(folder));
  expect((await get("")).headers["content-security-policy"]).toContain("img-src 'self' data: blob:;");
  const found = await get(`${at}/${files[0]}`);
  expect(found.status).toBe(200);
  expect(found.headers).toMatchObject({
    "content-type": "image/jpeg",
    "content-length": String(statSync(`${folder}/${files[0]}`).size),
  });
  for (const path of ["secret.jpg", `${at}/${"0".repeat(64)}.jpg`, `${at}/`, `${at}/../secret.jpg`]) {
    expect((await get(path)).status, path).toBe(404);
  }
});

describe.runIf(chromium)("in a browser", () => {
  test.each([1280, 390])(
    "without its folder the page says so, and shows no broken picture, at %i px",
    async (width) => {
      const { page, folder } = await makeBeside();
      rmSync(folder, { recursive: true });
      const complaints = withFile(page, { width }, async (tab) => {
        const row = tab.locator(".simvlm-examples .rows > [role=row]").first();
        await row.click({ timeout: 50_000 });
        await tab.waitForSelector(".simvlm-examples .example article");
        await tab.waitForSelector("#wins .tabulator-row");
        await expect.poll(() => tab.locator("#wins img:visible, #every-example img:visible").count()).toBe(0);
        expect(await tab.locator(".lacking-pictures").allInnerTexts()).toEqual([
          `Pictures are not shown: they are in the folder ${NAME}.pictures, which belongs beside this page. All else is here.`,
        ]);
        expect(await tab.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
        const at = process.env.SIMVLM_PICTURES;
        if (at) await tab.locator("#wins").screenshot({ path: `${at}/lacking-${width}.png` });
      });
      // That the files are not there is what the browser itself says, and all that is said.
      const said = await complaints.catch((error: Error) => error.message);
      expect(String(said).replaceAll(/\n.*ERR_FILE_NOT_FOUND/g, "")).toBe("The page complained:");
    },
    120_000,
  );

  const shown = (selector: string) => `${selector} img`;
  test.each(["a file", "a server"])(
    "pictures are shown by %s, in the tables and beside an example",
    { timeout: 120_000 },
    async (by) => {
      const { page, folder, files } = await makeBeside();
      const use: Parameters<typeof withFile>[2] = async (tab) => {
        await tab.locator(shown(".simvlm-examples .grid")).first().waitFor();
        const widths = (selector: string) =>
          tab.locator(shown(selector)).evaluateAll((all) =>
            Promise.all(
              (all as HTMLImageElement[]).map(async (image) => {
                await image.decode();
                return image.naturalWidth;
              }),
            ),
          );
        for (const selector of [".simvlm-examples .grid", "#wins .simvlm-table"]) {
          const found = await widths(selector);
          expect(found.length).toBeGreaterThan(2);
          expect(Math.min(...found)).toBeGreaterThan(0);
        }
        await tab.locator(".simvlm-examples .grid [role=row] img").first().click();
        expect((await widths(".simvlm-examples .example")).length).toBe(1);
        for (const width of [1280, 390]) {
          await tab.setViewportSize({ width, height: 900 });
          expect(await tab.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
        }
      };
      if (by === "a file") await withFile(page, {}, use);
      else {
        const server = await serveReportPage(page);
        onTestFinished(() => server.close());
        await withSite(server.address, {}, use);
      }
      expect(readdirSync(folder).toSorted()).toEqual(files);
    },
  );

  test("the check says that it does not read them", { timeout: 120_000 }, async () => {
    const { page } = await makeBeside();
    await withFile(page, {}, async (tab) => {
      await tab.getByRole("button", { name: "Check the scores" }).click();
      await tab.waitForSelector('#check [data-verdict="equal"]', { timeout: 100_000 });
      expect(await tab.locator("#check").innerText()).toContain("Not read: the pictures beside this file.");
    });
  });
});
