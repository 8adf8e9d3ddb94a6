import { resolveDecoding } from "../../../decoding/settings.js";
import type { PortableText } from "../../../models/portable/open-portable.js";
import type { PageData } from "../../model-page/page-parts.js";
import { element } from "../element.js";
import { createDeviceChoice } from "./device-choice.js";
import { createDrawing } from "./drawing.js";
import { showLooks } from "./looks.js";
import { type ModelClient, startModel } from "./model-client.js";
import { type ReadPicture, readPicture } from "./read-picture.js";
import { createSamples } from "./samples.js";

/** Brings the page to life: a picture, what is asked of it, what the model says, and where it looked. */
export function createModelPage(root: HTMLElement, data: PageData): void {
  const { description, samples } = data;
  const { prompting, promptLength, beams, preparation } = description;
  const decoding = resolveDecoding(description.decoding);
  const wanted = prompting.required ? "question" : "prompt";
  const status = element("p", { class: "status", role: "status" });
  const progress = element("progress", { max: "1", "aria-label": "how far the model is started" });
  const said = element("p", { class: "said", "aria-live": "polite", "aria-label": "what the model says" });
  const texts = element("div", { class: "texts" });
  const looks = element("div", { class: "simvlm-explorer" });
  const seen = element("div", { class: "seen-picture" });
  const file = element("input", { type: "file", accept: "image/*", id: "picture" });
  const prompt = element("input", {
    type: "text",
    value: promptLength > 0 ? (prompting.usual.en ?? "") : "",
    spellcheck: "false",
  });
  const count = element("select", {}, ...listBeams(beams));
  count.value = decoding.method === "greedy" ? "1" : String(Math.min(beams, decoding.beamSize ?? 1));
  const choice = createDeviceChoice();
  const again = element("button", { type: "button", disabled: "" }, prompting.required ? "ask" : "caption again");
  const drop = element(
    "div",
    { class: "drop" },
    element("label", { for: "picture" }, "Choose a picture"),
    file,
    element(
      "p",
      { class: "hint" },
      "or drop one here, or paste one. It stays on this machine: the page sends nothing.",
    ),
  );

  let picture: ReadPicture | undefined;
  let model: Promise<ModelClient> | undefined;
  let isBusy = false;
  /** Counts what was asked for: what comes of an earlier picture is not shown any more. */
  let turn = 0;

  const tell = (text: string, isProblem = false) => {
    status.textContent = text;
    status.classList.toggle("problem", isProblem);
  };

  /** What was said of a picture does not stay beside another, nor beside the name of a file that is none. */
  const clear = () => {
    said.textContent = "";
    texts.replaceChildren();
    looks.replaceChildren();
  };

  const rest = () => {
    isBusy = false;
    root.removeAttribute("aria-busy");
  };

  async function use(content: Blob, name: string): Promise<void> {
    const own = ++turn;
    picture = undefined;
    again.disabled = true;
    seen.replaceChildren();
    clear();
    try {
      const read = await readPicture(content, name, preparation);
      if (own !== turn) return;
      picture = read;
      seen.replaceChildren(read.shown);
      read.shown.alt = name;
      again.disabled = false;
      await caption();
    } catch (error) {
      if (own !== turn) return;
      tell((error as Error).message, true);
      rest();
    }
  }

  async function caption(): Promise<void> {
    if (!picture) return;
    const own = ++turn;
    const { pixels, shown } = picture;
    clear();
    root.setAttribute("aria-busy", "true");
    isBusy = true;
    try {
      const client = await open();
      if (own !== turn) return;
      tell("the model looks at the picture …");
      const asked = prompt.value;
      const number = Number(count.value);
      const how = number === 1 ? ({ method: "greedy" } as const) : ({ method: "beam", beamSize: number } as const);
      const began = performance.now();
      const isWanted = () => own === turn;
      const asking = { picture: pixels, prompt: asked, decoding: how };
      const found = await choice.compute(client, "caption", asking, isWanted, (text) => {
        if (isWanted()) said.textContent = text;
      });
      if (own !== turn) return;
      tell(`${((performance.now() - began) / 1000).toFixed(2)} s, on this machine’s ${choice.describe()}`);
      const show = async (text: PortableText) => {
        said.textContent = text.text;
        if (text.tokens.length === 0) return looks.replaceChildren();
        const record = await choice.compute(client, "look", { prompt: asked, tokens: text.tokens }, isWanted);
        if (own === turn) looks.replaceChildren(showLooks({ record, text, prompt: asked, shown, description }));
      };
      listTexts(texts, found, show, (error) => tell((error as Error).message, true));
      await show(found[0]!);
    } catch (error) {
      if (own === turn) tell((error as Error).message, true);
    } finally {
      if (own === turn) rest();
    }
  }

  function open(): Promise<ModelClient> {
    if (model) return model;
    status.after(progress);
    model = startModel(data, (what, done) => {
      tell(`${what} …`);
      progress.value = done;
    }).then(({ client, graphics }) => {
      choice.offer(graphics);
      return client;
    });
    model.catch(() => {}).finally(() => progress.remove());
    return model;
  }

  if (samples.length > 0) drop.append(createSamples(samples, use));
  file.addEventListener("change", () => file.files?.[0] && use(file.files[0], file.files[0].name));
  again.addEventListener("click", caption);
  prompt.addEventListener("keydown", (event) => event.key === "Enter" && caption());
  for (const type of ["dragover", "dragleave", "drop"] as const) {
    addEventListener(type, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", type === "dragover");
      const dropped = pickPicture(event.dataTransfer?.files);
      if (type === "drop" && dropped) use(dropped, dropped.name);
    });
  }
  addEventListener("paste", ({ clipboardData }) => {
    const pasted = pickPicture(clipboardData?.files);
    if (pasted) use(pasted, pasted.name || "the picture from the clipboard");
  });
  root.append(
    element("div", { class: "given" }, element("div", { class: "choose" }, drop, createDrawing(use).node), seen),
    element(
      "div",
      { class: "tools", role: "group", "aria-label": "how the model is asked" },
      ...(promptLength > 0 ? [element("label", {}, `${wanted} `, prompt)] : []),
      element("label", {}, "search ", count),
      choice.node,
      again,
    ),
    status,
    said,
    texts,
    looks,
  );
  if (!description.trained) tell("Nobody has trained this model: its words are noise.");
  // Unpacking takes seconds, which pass while a picture is chosen.
  open().then(
    () => !isBusy && tell("The model is ready."),
    (error: Error) => tell(`The model does not start in this browser: ${error.message}`, true),
  );
}

/** Of several files the first that is called a picture; else the first, of which is told what is wrong. */
function pickPicture(files: Iterable<File> = []): File | undefined {
  const all = [...files];
  return all.find(({ type }) => type.startsWith("image/")) ?? all[0];
}

function listBeams(most: number): HTMLElement[] {
  return Array.from({ length: most }, (_, index) =>
    element("option", { value: String(index + 1) }, index === 0 ? "greedy" : `${index + 1} beams`),
  );
}

/** The texts that a search ended with, one of which is chosen. */
function listTexts(
  node: HTMLElement,
  found: readonly PortableText[],
  show: (text: PortableText) => Promise<void>,
  fail: (error: unknown) => void,
): void {
  if (found.length < 2) return;
  const rows = found.map((text, index) => {
    const radio = element("input", { type: "radio", name: "text" });
    radio.checked = index === 0;
    radio.addEventListener("change", () => show(text).catch(fail));
    const probability = element("span", { class: "share" }, `log-probability ${text.logProbability.toFixed(2)}`);
    return element("label", {}, radio, element("span", { dir: "auto" }, text.text), probability);
  });
  node.append(
    element(
      "fieldset",
      {},
      element("legend", {}, "what the search ended with, best first; it weighs log-probabilities by length"),
      ...rows,
    ),
  );
}
