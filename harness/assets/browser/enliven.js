/**
 * Brings elements of a page to life as soon as a library is there; where it does not come, they stay as they are. Each
 * view brings this script along and it takes whatever no script has taken yet: it need not know which one is its own.
 * @param {string} selector
 * @param {string} library the variable that it defines
 * @param {(root: HTMLElement, data: any) => void} begin `data` is what stands in the element's JSON
 */
function enlivenAll(selector, library, begin) {
  for (const root of document.querySelectorAll(`${selector}:not([data-alive])`)) {
    const json = root.querySelector('script[type="application/json"]');
    if (!json) continue;
    root.setAttribute("data-alive", "waiting");
    whenThere(library, () => {
      begin(root, JSON.parse(json.textContent));
      root.setAttribute("data-alive", "yes");
      root.closest("[data-simvlm-libraries]")?.querySelector("[data-simvlm-hint]")?.remove();
    });
  }
}

/** In a notebook the library may be put into the page after the view. */
function whenThere(library, begin) {
  const patience = 20000;
  const interval = 100;
  const ask = (waited) => {
    if (window[library]) begin();
    else if (waited < patience) setTimeout(() => ask(waited + interval), interval);
  };
  ask(0);
}

/**
 * An element with text in it; the text never becomes markup.
 * @param {string} name
 * @param {Record<string, string>} [attributes]
 * @param {...(Node | string)} children
 */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/**
 * Hands a file to the reader.
 * @param {string} name
 * @param {Blob} content
 */
function download(name, content) {
  const address = URL.createObjectURL(content);
  const link = element("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

/** @param {string} title */
function fileNameOf(title) {
  const name = title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-|-$/g, "");
  return name || "simvlm";
}
