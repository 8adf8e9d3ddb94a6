import { bringToLife } from "./panel.js";
import { answerRequests } from "./worker.js";

/*
 * The same script twice: in the page, and as the worker that the page starts from the script's own text, so that what the
 * page's policy allows by its hash is all that runs.
 */
if (typeof document === "undefined") answerRequests();
else {
  const source = document.currentScript?.textContent ?? "";
  window.simvlmWorker = source;
  for (const root of document.querySelectorAll<HTMLElement>(".simvlm-check:not([data-alive])")) {
    bringToLife(root, source);
  }
}
