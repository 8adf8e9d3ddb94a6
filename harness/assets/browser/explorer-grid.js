/**
 * Small maps of the chosen word, a row a layer and a column a head.
 * @param {PaneData} data
 * @param {ReturnType<typeof createPainter>} painter
 * @param {(layer: number, head: number) => void} choose
 */
function createGrid(data, painter, choose) {
  const table = element("div", {
    class: "grid",
    role: "group",
    "aria-label": "layers by heads, small maps of the word",
  });
  const caption = element("p", { class: "note" });
  /** @type {{button: HTMLElement, canvas: HTMLCanvasElement, layer: number, head: number}[]} */
  let cells = [];
  let shape = "";

  /** @param {number} layers @param {number} heads */
  function build(layers, heads) {
    if (shape === `${layers} ${heads}`) return;
    shape = `${layers} ${heads}`;
    table.style.setProperty("--heads", String(heads));
    const header = Array.from({ length: heads }, (_, head) => {
      return element("span", { class: "axis", "aria-hidden": "true" }, heads > 1 ? `${head}` : "all");
    });
    cells = [];
    const rows = Array.from({ length: layers }, (_, layer) => {
      const row = Array.from({ length: heads }, (_, head) => {
        const canvas = painter.createCanvas(data.grid, data.grid);
        const name = `layer ${layer}, ${heads > 1 ? `head ${head}` : "all heads"}`;
        const button = element("button", { type: "button", "aria-label": name, title: name }, canvas);
        button.addEventListener("click", () => choose(layer, heads > 1 ? head : -1));
        cells.push({ button, canvas, layer, head });
        return button;
      });
      return [element("span", { class: "axis", "aria-hidden": "true" }, `${layer}`), ...row];
    });
    table.replaceChildren(element("span", { class: "axis", "aria-hidden": "true" }), ...header, ...rows.flat());
  }

  table.addEventListener("keydown", (event) => {
    const at = cells.findIndex(({ button }) => button === document.activeElement);
    const to = at < 0 ? undefined : step(event.key, at, cells.length, Number(shape.split(" ")[1]));
    if (to === undefined) return;
    event.preventDefault();
    focusable(to);
    cells[to].button.focus();
  });

  /** @param {number} index */
  function focusable(index) {
    cells.forEach(({ button }, each) => {
      button.tabIndex = each === index ? 0 : -1;
    });
  }

  return {
    node: element("div", { class: "layers" }, element("p", { class: "title" }, "layer × head"), table, caption),
    /**
     * @param {Choice} choice
     * @param {ReturnType<typeof readExplorer>} reader
     */
    render(choice, reader) {
      // What rollout has no layers of, attention has.
      const shown = choice.method === "rollout" ? { ...choice, method: /** @type {Method} */ ("mean") } : choice;
      const { layers, heads } = reader.counts(shown);
      build(layers, heads);
      const isChosen = ({ layer, head }) => layer === choice.layer && (heads === 1 || head === choice.head);
      for (const cell of cells) {
        if (data.words.length > 0) {
          const { map } = reader.look({ ...shown, layer: cell.layer, head: cell.head });
          painter.paintSmall(cell.canvas, map, data.grid);
        }
        cell.button.setAttribute("aria-pressed", String(choice.method !== "rollout" && isChosen(cell)));
      }
      focusable(Math.max(0, cells.findIndex(isChosen)));
      const kept = heads < data.heads ? " Heads are kept together here, to keep the page small." : "";
      caption.textContent = `Each map has colours of its own range.${kept}`;
    },
  };
}
