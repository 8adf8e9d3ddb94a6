import "./check.css";
import { element } from "../element.js";
import { readReportData } from "../report-data.js";
import type { CheckAnswer, CheckRequest } from "./protocol.js";
import { describeResult } from "./result.js";

/**
 * Gives the section its button: it starts the check, shows how far it is, and stops it.
 * @param source of the worker
 */
export function bringToLife(root: HTMLElement, source: string): void {
  root.setAttribute("data-alive", "yes");
  const button = element("button", { type: "button" }, "Check the scores");
  const bar = element("progress", { "aria-label": "How much of the check is done", hidden: "" });
  const status = element("p", { role: "status" });
  const result = element("div", { class: "result" });
  root.querySelector(".simvlm-static")?.replaceWith(element("p", { class: "controls" }, button, bar), status, result);
  let stop: (() => void) | undefined;
  const end = (text: string) => {
    stop = undefined;
    button.textContent = "Check the scores again";
    bar.hidden = true;
    status.textContent = text;
  };
  button.addEventListener("click", () => {
    if (stop) {
      stop();
      end("Stopped: nothing is said of the numbers.");
      return;
    }
    result.replaceChildren();
    button.textContent = "Stop";
    bar.removeAttribute("value");
    bar.hidden = false;
    status.textContent = "Scoring …";
    const start = performance.now();
    stop = startCheck(source, (answer) => {
      if (answer.kind === "progress") {
        bar.max = answer.steps;
        bar.value = answer.done;
        return;
      }
      stop?.();
      if (answer.kind === "failed") {
        end(`The check cannot be made: ${answer.problem}`);
        return;
      }
      const { verdict, details } = describeResult(answer);
      result.dataset.verdict = verdict.isEqual ? "equal" : "differs";
      result.replaceChildren(...details);
      end(`${verdict.text} It took ${((performance.now() - start) / 1000).toFixed(1)} s.`);
    });
  });
}

/** @returns what stops it */
function startCheck(source: string, onAnswer: (answer: CheckAnswer) => void): () => void {
  const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(address);
  const fail = (problem: string) => onAnswer({ kind: "failed", problem });
  worker.addEventListener("message", ({ data }: MessageEvent<CheckAnswer>) => onAnswer(data));
  worker.addEventListener("error", ({ message }) => fail(message || "the browser does not start it."));
  readReportData().then(
    ({ comparison, runs, examples, extremes, data, scoring }) => {
      if (scoring === undefined) return fail("this report does not hold what it was scored with.");
      const outcomes = runs.map(({ label, outcomes }) => ({ label, outcomes }));
      const request: CheckRequest = {
        report: { comparison, runs: outcomes, examples, extremes },
        files: data.files,
        scoring,
      };
      worker.postMessage(request);
    },
    (error: unknown) =>
      fail(`the data of the page cannot be read (${error instanceof Error ? error.message : error}).`),
  );
  return () => {
    worker.terminate();
    URL.revokeObjectURL(address);
  };
}
