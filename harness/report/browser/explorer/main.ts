import "./explorer.css";
import "./words.css";
import "./maps.css";
import "./layout.css";
import "./print.css";
import type { ExplorerJson } from "../../explorer/explorer-data.js";
import { createExplorer } from "./create-explorer.js";

/** Every explorer of the page that has not come to life yet. */
for (const root of document.querySelectorAll<HTMLElement>("[data-explorer]:not([data-live])")) {
  root.dataset.live = "";
  startExplorer(root);
}

/** Brings an explorer to life in place of what its markup shows at rest, as soon as its pictures can be drawn. */
function startExplorer(root: HTMLElement): void {
  const rest = root.querySelector(".rest");
  const source = root.querySelector('script[type="application/json"]');
  if (!rest || !source) return;
  const json: ExplorerJson = JSON.parse(source.textContent ?? "");
  const pictures = [...root.querySelectorAll("image.picture")].map((image) =>
    Object.assign(new Image(), { src: image.getAttribute("href") ?? "" }),
  );
  Promise.all(pictures.map((picture) => picture.decode())).then(
    () => {
      rest.before(createExplorer(json, pictures));
      rest.classList.replace("rest", "printed");
    },
    // Without its picture it stays at rest.
    () => {},
  );
}
