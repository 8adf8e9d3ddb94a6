import "./board.css";
import { replaceViews } from "./replace-views.js";

/*
 * A page of `simvlm serve`: it asks for itself again and again while somebody looks at it, and shows what is new.
 */

const EVERY_MILLISECONDS = 2000;

const ticked = new Set<string>();

/** The boxes, the button and what it says, as they are ticked, in the order in which they were. */
function showTicked(): void {
  const boxes = [...document.querySelectorAll<HTMLInputElement>('#board input[name="run"]')];
  const there = new Set(boxes.map(({ value }) => value));
  for (const value of ticked) if (!there.has(value)) ticked.delete(value);
  for (const box of boxes) box.checked = ticked.has(box.value);
  const button = document.querySelector<HTMLButtonElement>(".ticked button");
  if (button) button.disabled = ticked.size === 0;
  const status = document.querySelector(".ticked [role=status]");
  if (status) status.textContent = ticked.size === 0 ? "None is ticked." : `${ticked.size} ticked`;
}

document.addEventListener("change", ({ target }) => {
  if (target instanceof HTMLSelectElement) target.form?.requestSubmit();
  if (!(target instanceof HTMLInputElement) || target.name !== "run") return;
  if (target.checked) ticked.add(target.value);
  else ticked.delete(target.value);
  showTicked();
});

document.addEventListener("submit", (event) => {
  const { target } = event;
  if (!(target instanceof HTMLFormElement)) return;
  event.preventDefault();
  const isComparison = target.getAttribute("action") === "compare";
  const fields = isComparison
    ? [...ticked].map((run) => ["run", run])
    : [...new FormData(target)].map(([name, value]) => [name, String(value)]);
  const query = new URLSearchParams(fields.filter(([, value]) => value !== ""));
  const status = document.querySelector(".ticked [role=status]");
  if (isComparison && status) status.textContent = "The report is being made…";
  location.assign(`${isComparison ? "compare" : location.pathname}?${query}`);
});

// A page that the browser has kept shows what was ticked, and no longer that a report is being made.
addEventListener("pageshow", () => {
  for (const box of document.querySelectorAll<HTMLInputElement>('#board input[name="run"]:checked'))
    ticked.add(box.value);
  showTicked();
});

let mark = "";

async function update(): Promise<void> {
  const headers: HeadersInit = mark === "" ? {} : { "If-None-Match": mark };
  const answer = await fetch(location.href, { headers, cache: "no-store" });
  if (answer.status === 304) return;
  if (!answer.ok) throw new Error(answer.statusText);
  const isFirst = mark === "";
  mark = answer.headers.get("ETag") ?? "";
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!isFirst || fresh.querySelector("#board")?.textContent !== document.querySelector("#board")?.textContent)
    replaceViews(fresh);
  showTicked();
}

async function keepUpdating(): Promise<void> {
  const silent = document.querySelector<HTMLElement>("#silent");
  try {
    if (!document.hidden) await update();
    if (silent) silent.hidden = true;
  } catch {
    if (silent) silent.hidden = false;
  }
  setTimeout(() => void keepUpdating(), EVERY_MILLISECONDS);
}

showTicked();
setTimeout(() => void keepUpdating(), EVERY_MILLISECONDS);
