import "./examples.css";
import { ScoringWorker } from "../check/scoring-worker.js";
import { element } from "../element.js";
import { readReportData } from "../report-data.js";
import { ExampleBrowser } from "./example-browser.js";
import { tellLackingPictures } from "./lacking-pictures.js";

tellLackingPictures();

/** The table of every example, made of the report's data as soon as the page has them. */
for (const root of document.querySelectorAll<HTMLElement>(".simvlm-examples:not([data-alive])")) {
  root.setAttribute("data-alive", "waiting");
  readReportData()
    .then((report) => {
      const source = report.scoring === undefined ? undefined : window.simvlmWorker;
      new ExampleBrowser(root, report, source === undefined ? undefined : new ScoringWorker(source));
      root.setAttribute("data-alive", "yes");
    })
    .catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      const told = element("p", {}, `There is no table: ${why}.`);
      root.querySelector(".simvlm-static")?.replaceWith(told);
    });
}
