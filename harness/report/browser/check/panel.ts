import "./check.css";
import type { SealedValues } from "../../document/sealed-values.js";
import { isBeside } from "../../picture-address.js";
import { element } from "../element.js";
import { readReportData } from "../report-data.js";
import { pairShownNumbers } from "./page-numbers.js";
import { describeResult } from "./result.js";
import { ScoringWorker } from "./scoring-worker.js";

/**
 * Gives the section its button: it starts the check, shows how far it is, and stops it.
 * @param source of the worker
 */
export function bringToLife(root: HTMLElement, source: string): void {
  root.setAttribute("data-alive", "yes");
  const name = root.dataset.name ?? "Check the scores";
  const button = element("button", { type: "button" }, name);
  const bar = element("progress", { "aria-label": "How much of the check is done", hidden: "" });
  const status = element("p", { role: "status" });
  const result = element("div", { class: "result" });
  root.querySelector(".simvlm-static")?.replaceWith(element("p", { class: "controls" }, button, bar), status, result);
  let running: ScoringWorker | undefined;
  const check = async (worker: ScoringWorker): Promise<string> => {
    const { comparison, pictures } = await readReportData();
    const seal = JSON.parse(document.getElementById("simvlm-seal")?.textContent ?? "") as SealedValues;
    const onProgress = (done: number, steps: number) => Object.assign(bar, { max: steps, value: done });
    const answer = await worker.ask("check", [seal], onProgress);
    const shown = answer.check ? pairShownNumbers(answer.check, comparison) : [];
    const hasFiles = Object.values(pictures ?? {}).some((address) => isBeside(String(address)));
    const { isEqual, verdict, details } = describeResult(answer, shown, hasFiles);
    result.dataset.verdict = isEqual ? "equal" : "differs";
    result.replaceChildren(...details);
    return verdict;
  };
  button.addEventListener("click", async () => {
    if (running) {
      running.end("it was stopped: nothing is said of the numbers");
      return;
    }
    running = new ScoringWorker(source);
    result.replaceChildren();
    delete result.dataset.verdict;
    button.textContent = "Stop";
    bar.removeAttribute("value");
    bar.hidden = false;
    status.textContent = "Checking …";
    const start = performance.now();
    status.textContent = await check(running).then(
      (verdict) => `${verdict} It took ${((performance.now() - start) / 1000).toFixed(1)} s.`,
      (error: unknown) => `No check: ${error instanceof Error ? error.message : String(error)}.`,
    );
    running.end("");
    running = undefined;
    button.textContent = `${name} again`;
    bar.hidden = true;
  });
}
