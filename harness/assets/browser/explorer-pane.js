/**
 * One model's half: the words, the picture, the selectors and the grid of layers and heads.
 * @param {PaneData} data
 * @param {HTMLImageElement} picture
 * @param {ReturnType<typeof createPainter>} painter
 * @param {(change: Partial<Choice>) => void} change asks for a change of the choice
 */
function createPane(data, picture, painter, change) {
  const UNITS = {
    mean: "share of the word’s attention that falls on a patch",
    max: "greatest share of the word’s attention that falls on a patch",
    rollout: "share of the word’s attention, traced back through the encoder, that falls on a patch",
    gradient: "a patch’s attention × what more of it would add to the word’s logit",
  };
  const METHODS = { mean: "mean", max: "maximum", rollout: "rollout", gradient: "gradient × attention" };
  const reader = readExplorer(data);
  const { grid } = data;
  const grey = painter.greyOf(picture, data.width, data.height);
  /** @type {Choice} */
  let choice = { word: 0, patch: -1, layer: -1, head: -1, method: "mean", control: false };

  const words = data.words.map((word, index) => {
    const button = element(
      "button",
      { type: "button", role: "radio", class: "word" },
      element("span", { class: "text", dir: "auto" }, word.trim() === "" ? "␣" : word),
      element("span", { class: "share" }),
      element("span", { class: "mark" }),
    );
    button.addEventListener("click", () => change({ word: index }));
    return button;
  });
  const strip = element("div", { class: "words", role: "radiogroup", "aria-label": "words of the caption" }, ...words);
  strip.addEventListener("keydown", (event) => {
    const to = step(event.key, choice.word, words.length, words.length);
    if (to === undefined) return;
    event.preventDefault();
    change({ word: to });
    words[to].focus();
  });

  const methods = Object.keys(METHODS).filter((method) => reader.has(/** @type {Method} */ (method)));
  const selects = {
    method: selectOf(
      "method",
      methods.map((method) => [method, METHODS[method]]),
    ),
    layer: selectOf("layer", numbered(data.layers)),
    head: selectOf("head", numbered(data.heads)),
  };
  const control = element("button", { type: "button", class: "control" }, "randomised weights");
  control.addEventListener("click", () => change({ control: !choice.control }));
  const selectors = element("div", { class: "selectors" }, ...Object.values(selects).map(({ label }) => label));
  if (data.control) selectors.append(control);

  const canvas = painter.createCanvas(data.width, data.height);
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.addEventListener("click", (event) => {
    const box = canvas.getBoundingClientRect();
    const place = (at, start, length) => Math.min(grid - 1, Math.max(0, Math.floor((grid * (at - start)) / length)));
    const patch = place(event.clientY, box.top, box.height) * grid + place(event.clientX, box.left, box.width);
    change({ patch: patch === choice.patch ? -1 : patch });
  });
  canvas.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return change({ patch: -1 });
    const first = choice.patch < 0 && event.key.startsWith("Arrow");
    const to = first ? strongest() : step(event.key, choice.patch, reader.patches, grid);
    if (to === undefined) return;
    event.preventDefault();
    change({ patch: to });
  });
  const readout = element("p", { class: "readout", role: "status" });
  const scale = painter.createCanvas(256, 12);
  painter.paintScale(scale.getContext("2d"), 0, 0, 256, 12);
  const [least, most] = [element("span", {}), element("span", {})];
  const legend = element("div", { class: "legend" }, least, scale, most);
  const unit = element("p", { class: "note" });
  const cells = createGrid(data, painter, (layer, head) => {
    const again = layer === choice.layer && head === choice.head;
    const method = choice.method === "rollout" ? { method: /** @type {Method} */ ("mean") } : {};
    change({ layer: again ? -1 : layer, head: again ? -1 : head, ...method });
  });

  const kind = data.trained ? "" : " (its words are noise)";
  const node = element(
    "section",
    { class: "pane", "aria-label": `attention of ${data.source}` },
    element("p", { class: "source" }, data.source + kind),
    strip,
    selectors,
    element("div", { class: "halves" }, element("div", { class: "seen" }, canvas, legend, unit, readout), cells.node),
  );

  /** @param {number} count @returns {[string, string][]} */
  function numbered(count) {
    return [["-1", "all"], ...Array.from({ length: count }, (_, index) => [`${index}`, `${index}`])];
  }

  /** @param {string} name @param {string[][]} options */
  function selectOf(name, options) {
    const select = /** @type {HTMLSelectElement} */ (
      element("select", { "aria-label": name }, ...options.map(([value, text]) => element("option", { value }, text)))
    );
    select.addEventListener("change", () => {
      change({ [name]: name === "method" ? select.value : Number(select.value) });
    });
    return { select, label: element("label", {}, `${name} `, select) };
  }

  function strongest() {
    const { map } = reader.look(choice);
    return map.indexOf(Math.max(...map));
  }

  /** What the chosen maps are, in words. */
  function describe() {
    const free = reader.freedom(choice);
    const all = (what, one, count) => (count === 1 || one >= 0 ? `${what} ${Math.max(one, 0)}` : `all ${what}s`);
    const layer = free.layer ? all("layer", choice.layer, data.layers) : "all layers";
    const head = free.head ? all("head", choice.head, data.heads) : "all heads";
    const name = choice.method === "rollout" ? "rollout" : `${METHODS[choice.method]}, ${layer}, ${head}`;
    return choice.control ? `${name}, randomised weights (seed ${data.seed})` : name;
  }

  /** @param {Look} look */
  function tellShares(look) {
    const parts = [`picture ${percent(look.image)}`];
    if (data.prompt !== "") parts.push(`text prefix “${shorten(data.prompt)}” ${percent(look.prompt)}`);
    if (look.suffix > 0) parts.push(`words before it ${percent(look.suffix)}`);
    return parts.join(", ");
  }

  return {
    node,
    canvas,
    data,
    describe,
    tellShares,
    choice: () => choice,
    look: () => (words.length > 0 ? reader.look(choice) : undefined),
    /**
     * @param {Choice} next
     * @param {{opacity: number, smooth: boolean, together: boolean}} style
     */
    render(next, style) {
      choice = next;
      const looks = data.words.map((_, word) => reader.look({ ...choice, word }));
      const look = looks[choice.word];
      const ranged = style.together || !look ? looks : [look];
      const range = rangeOf(ranged.map(({ map }) => map));
      const map = look?.map;
      painter.paint(canvas, { picture, grey, map, grid, range, ...style, patch: choice.patch });
      const free = reader.freedom(choice);
      for (const name of /** @type {const} */ (["method", "layer", "head"])) {
        selects[name].select.value = String(choice[name]);
        selects[name].select.disabled = name !== "method" && !free[name];
      }
      control.setAttribute("aria-pressed", String(choice.control));
      node.classList.toggle("random", choice.control);
      // A gradient's product is no share of anything.
      const amount = choice.method === "gradient" ? (value) => value.toPrecision(2) : percent;
      const atPatch = looks.map((each) => each.map[choice.patch] ?? 0);
      const top = Math.max(...atPatch, 0) || 1;
      words.forEach((button, index) => {
        const [, share, mark] = /** @type {HTMLElement[]} */ ([...button.children]);
        button.setAttribute("aria-checked", String(index === choice.word));
        button.tabIndex = index === choice.word ? 0 : -1;
        share.textContent = data.prompt === "" ? "" : `prefix ${percent(looks[index].prompt)}`;
        mark.textContent = choice.patch < 0 ? "" : amount(atPatch[index]);
        mark.style.setProperty("--strength", choice.patch < 0 ? "0" : (atPatch[index] / top).toFixed(3));
        button.classList.toggle("marked", choice.patch >= 0);
      });
      unit.textContent = UNITS[choice.method];
      [least.textContent, most.textContent] = [amount(range.least), amount(range.most)];
      const where = `row ${Math.floor(choice.patch / grid) + 1}, column ${(choice.patch % grid) + 1}`;
      const word = data.words[choice.word];
      readout.textContent = !look
        ? "The caption has no words."
        : choice.patch < 0
          ? `“${word}”: ${tellShares(look)}. Choose a patch to see which words looked at it.`
          : `“${word}” at the patch in ${where}: ${amount(atPatch[choice.word])}. The words above say how much each looked at it.`;
      canvas.setAttribute(
        "aria-label",
        `where the model looked for “${word ?? ""}”, ${describe()}; arrow keys choose one of ${grid} by ${grid} patches, Escape none`,
      );
      cells.render(choice, reader);
    },
    range: () => ({ least: least.textContent ?? "", most: most.textContent ?? "" }),
  };
}

/** @param {string} text */
function shorten(text) {
  const characters = [...text];
  return characters.length > 60 ? `${characters.slice(0, 59).join("")}…` : text;
}

/** @param {readonly Float32Array[]} maps */
function rangeOf(maps) {
  const least = Math.min(...maps.map((map) => Math.min(...map)));
  const most = Math.max(...maps.map((map) => Math.max(...map)));
  return maps.length > 0 ? { least, most } : { least: 0, most: 0 };
}

/**
 * Where a key leads in rows of so many.
 * @param {string} key
 * @param {number} at
 * @param {number} count
 * @param {number} columns
 * @returns {number | undefined}
 */
function step(key, at, count, columns) {
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  const to = at + (steps[key] ?? Number.NaN);
  const leavesRow =
    columns < count && Math.abs(steps[key]) === 1 && Math.floor(to / columns) !== Math.floor(at / columns);
  return to >= 0 && to < count && !leavesRow ? to : undefined;
}
