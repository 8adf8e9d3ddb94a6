import { isBeside, placeBeside } from "../../picture-address.js";
import { element } from "../element.js";

/**
 * Where the page was sent without the folder of its pictures, one sentence says so, and none is shown as broken: neither
 * those that could not be read so far, nor those that are drawn later.
 */
export function tellLackingPictures(): void {
  let told = false;
  const take = (target: EventTarget | null) => {
    if (!(target instanceof HTMLImageElement)) return;
    // Relative as it was written, or whole where a table has read it from the page.
    const address = target.src.split("/").slice(-2).join("/");
    if (!isBeside(address)) return;
    target.style.display = "none"; // it stays, for tables read its address
    if (told) return;
    told = true;
    const { folder } = placeBeside(address);
    const text = `Pictures are not shown: they are in the folder ${folder}, which belongs beside this page. All else is here.`;
    document.querySelector("main > *")?.after(element("p", { role: "status", class: "lacking-pictures" }, text));
  };
  // These events do not bubble.
  document.addEventListener("error", ({ target }) => take(target), true);
  for (const image of document.querySelectorAll("img")) if (image.complete && image.naturalWidth === 0) take(image);
}
