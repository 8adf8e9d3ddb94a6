/**
 * Brings an explorer to life in place of what its markup shows at rest.
 * @param {HTMLElement} root
 */
function startExplorer(root) {
  const rest = root.querySelector(".rest");
  const source = root.querySelector('script[type="application/json"]');
  if (!rest || !source) return;
  const { panes, start, colours, caution } = JSON.parse(source.textContent ?? "");
  const painter = createPainter(colours);
  const pictures = [...root.querySelectorAll("image.picture")].map((image) => {
    return Object.assign(new Image(), { src: image.getAttribute("href") ?? "" });
  });
  Promise.all(pictures.map((picture) => picture.decode())).then(
    () => build(),
    () => {},
  );

  function build() {
    const style = { opacity: 0.65, smooth: false, together: true };
    let locked = panes.length > 1;
    /** @type {Choice[]} */
    const choices = panes.map((data) => within(start, data));
    /** @type {ReturnType<typeof createPane>[]} */
    const made = panes.map((data, index) => {
      return createPane(data, pictures[index], painter, (change) => apply(index, change));
    });

    /** @param {number} index @param {Partial<Choice>} change */
    function apply(index, change) {
      panes.forEach((data, each) => {
        if (each !== index && !locked) return;
        const word = change.word === undefined || each === index ? {} : { word: sameWord(index, each, change.word) };
        const patch =
          change.patch === undefined || each === index ? {} : { patch: samePatch(index, each, change.patch) };
        choices[each] = within({ ...choices[each], ...change, ...word, ...patch }, data);
      });
      render();
    }

    /** The word of another caption that is meant: the same text as often before it, or else the same place. */
    function sameWord(from, to, word) {
      const [given, others] = [panes[from].words, panes[to].words];
      const nth = given.slice(0, word).filter((each) => each === given[word]).length;
      const same = others.flatMap((each, index) => (each === given[word] ? [index] : []));
      return same[nth] ?? same[0] ?? word;
    }

    /** The patch of another grid that lies at the same place of its picture. */
    function samePatch(from, to, patch) {
      const [given, other] = [panes[from].grid, panes[to].grid];
      const place = (at) => Math.floor(((at + 0.5) * other) / given);
      return patch < 0 ? -1 : place(Math.floor(patch / given)) * other + place(patch % given);
    }

    function render() {
      made.forEach((pane, index) => {
        pane.render(choices[index], style);
      });
    }

    const opacity = /** @type {HTMLInputElement} */ (
      element("input", { type: "range", min: "0", max: "1", step: "0.05", value: String(style.opacity) })
    );
    opacity.addEventListener("input", () => {
      style.opacity = Number(opacity.value);
      render();
    });
    const save = element("button", { type: "button" }, "save as PNG");
    save.addEventListener("click", () => {
      const word = panes[0].words[choices[0].word] ?? "";
      const name = `attention-${word.replace(/[^\p{L}\p{N}]+/gu, "")}`.replace(/-$/, "");
      download(drawExport(made, painter, caution), `${name}.png`);
    });
    const tools = element(
      "div",
      { class: "tools" },
      element("label", {}, "opacity ", opacity),
      toggle("smooth", style.smooth, (on) => {
        style.smooth = on;
      }),
      toggle("one colour range for all words", style.together, (on) => {
        style.together = on;
      }),
    );
    if (panes.length > 1) {
      const lock = toggle("selectors locked together", locked, (on) => {
        locked = on;
        if (on) apply(0, choices[0]);
      });
      tools.append(lock);
    }
    tools.append(save);

    /** @param {string} text @param {boolean} on @param {(on: boolean) => void} set */
    function toggle(text, on, set) {
      const box = /** @type {HTMLInputElement} */ (element("input", { type: "checkbox" }));
      box.checked = on;
      box.addEventListener("change", () => {
        set(box.checked);
        render();
      });
      return element("label", {}, box, ` ${text}`);
    }

    const live = element(
      "div",
      { class: "live" },
      element("div", { class: panes.length > 1 ? "panes two" : "panes" }, ...made.map(({ node }) => node)),
      tools,
      element("p", { class: "note" }, caution),
    );
    // A notebook has uses of its own for keys.
    live.addEventListener("keydown", (event) => event.stopPropagation());
    render();
    rest.after(live);
    rest.remove();
  }

  /**
   * A choice that there is in this pane: another model may have fewer layers, and another caption fewer words.
   * @param {Choice} choice
   * @param {PaneData} data
   * @returns {Choice}
   */
  function within(choice, data) {
    const { words, layers, heads, model, control } = data;
    const has = choice.method === "mean" || choice.method === "max" || model[choice.method] !== undefined;
    return {
      word: Math.max(0, Math.min(choice.word, words.length - 1)),
      patch: choice.patch,
      layer: choice.layer < layers ? choice.layer : -1,
      head: choice.head < heads ? choice.head : -1,
      method: has ? choice.method : "mean",
      control: choice.control && control !== undefined,
    };
  }
}
