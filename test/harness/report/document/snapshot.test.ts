import { expect, test } from "vitest";
import { readReport } from "../../../../harness/report/document/file.js";
import { captionRuns, writeReport } from "./world.js";

/** What stands there without scripts, without what differs from machine to machine. */
function atRest(markup: string): string {
  return markup
    .replaceAll(/<(script|style)[^>]*>.*?<\/\1>/gs, "")
    .replaceAll(/[0-9a-f]{64}/g, "SHA-256")
    .replaceAll(/\d{4}-\d\d-\d\d/g, "DATE")
    .replaceAll(/\b\d+\.\d+\.\d+\b/g, "VERSION");
}

test("the report at rest", async () => {
  const page = await writeReport(await captionRuns(), ["good", "poor"], { title: "Good or poor?" });
  const { sections } = readReport(page, "report.html");
  expect([...sections.keys()]).toEqual([
    "summary",
    "check",
    "domains",
    "scores",
    "wins",
    "every-example",
    "why",
    "paper",
    "settings",
    "data",
    "environment",
    "manifests",
    "notes",
  ]);
  const header = /<header>.*<\/header>/s.exec(page)![0];
  const shown = ["summary", "settings", "data", "notes"].map((id) => sections.get(id)!);
  expect(atRest([header, ...shown].join("\n"))).toMatchSnapshot();
});

test("every section is in the contents, and the page closes what it opens", async () => {
  const page = await writeReport(await captionRuns(), ["good", "poor"]);
  const { sections } = readReport(page, "report.html");
  const links = [.../<nav.*<\/nav>/s.exec(page)![0].matchAll(/href="#([\w-]+)"/g)].map(([, id]) => id);
  expect(links).toEqual([...sections.keys()]);
  for (const [id, markup] of sections) {
    const rest = atRest(markup);
    for (const name of ["section", "table", "div", "details", "tr", "td"]) {
      const opened = rest.match(new RegExp(`<${name}[ >]`, "g"))?.length;
      expect(rest.match(new RegExp(`</${name}>`, "g"))?.length, `${id}: ${name}`).toBe(opened);
    }
  }
});
