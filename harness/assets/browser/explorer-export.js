/**
 * What the panes show, as one picture to keep.
 * @param {ReturnType<typeof createPane>[]} panes
 * @param {ReturnType<typeof createPainter>} painter
 * @param {string} caution
 */
function drawExport(panes, painter, caution) {
  const WIDTH = 520;
  const MARGIN = 24;
  const SCALE = 2;
  const [INK, FAINT, ACCENT] = ["#1b1b1f", "#5d5d66", "#2458a6"];
  const font = (size, weight = "400") => `${weight} ${size}px system-ui, sans-serif`;
  const heights = panes.map(({ canvas }) => Math.round((WIDTH * canvas.height) / canvas.width));
  const measure = painter.createCanvas(1, 1).getContext("2d");

  /** @param {string} text @param {number} size @param {number} width */
  function wrap(text, size, width) {
    measure.font = font(size);
    /** @type {string[]} */
    const lines = [];
    for (const word of text.split(" ")) {
      const longer = lines.length > 0 ? `${lines[lines.length - 1]} ${word}` : word;
      if (lines.length > 0 && measure.measureText(longer).width <= width) lines[lines.length - 1] = longer;
      else lines.push(word);
    }
    return lines;
  }

  const columns = panes.map((pane) => {
    const { word } = pane.choice();
    const look = pane.look();
    const chosen = look ? `“${pane.data.words[word]}”: ${pane.tellShares(look)}` : "no words";
    return {
      pane,
      caption: wrap(pane.data.caption, 20, WIDTH),
      notes: [pane.data.source, pane.describe(), chosen].flatMap((note) => wrap(note, 13, WIDTH)),
    };
  });
  const captionLines = Math.max(...columns.map(({ caption }) => caption.length));
  const noteLines = Math.max(...columns.map(({ notes }) => notes.length));
  const width = panes.length * (WIDTH + MARGIN) + MARGIN;
  const cautionLines = wrap(caution, 13, width - 2 * MARGIN);
  const top = MARGIN + captionLines * 27 + noteLines * 19 + 8;
  const bottom = top + Math.max(...heights);
  const height = bottom + 56 + cautionLines.length * 19 + MARGIN - 12;
  const canvas = painter.createCanvas(width * SCALE, height * SCALE);
  const context = canvas.getContext("2d");
  context.scale(SCALE, SCALE);
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, width, height);
  context.textBaseline = "top";

  /** @param {string} text @param {number} x @param {number} y @param {number} size @param {string} colour */
  function write(text, x, y, size, colour) {
    context.font = font(size);
    context.fillStyle = colour;
    context.fillText(text, x, y);
  }

  columns.forEach(({ pane, caption, notes }, index) => {
    const x = MARGIN + index * (WIDTH + MARGIN);
    caption.forEach((line, row) => {
      write(line, x, MARGIN + row * 27, 20, INK);
    });
    notes.forEach((line, row) => {
      write(line, x, MARGIN + captionLines * 27 + row * 19, 13, row === notes.length - 1 ? ACCENT : FAINT);
    });
    context.imageSmoothingEnabled = false;
    context.drawImage(pane.canvas, x, top, WIDTH, heights[index]);
    const { least, most } = pane.range();
    painter.paintScale(context, x, bottom + 12, WIDTH, 12);
    write(least, x, bottom + 29, 13, FAINT);
    context.textAlign = "right";
    write(most, x + WIDTH, bottom + 29, 13, FAINT);
    context.textAlign = "left";
  });
  cautionLines.forEach((line, row) => {
    write(line, MARGIN, bottom + 56 + row * 19, 13, FAINT);
  });
  return canvas;
}

/**
 * Hands a file to the browser's downloads.
 * @param {HTMLCanvasElement} canvas
 * @param {string} name
 */
function download(canvas, name) {
  canvas.toBlob((blob) => {
    if (!blob) return;
    const address = URL.createObjectURL(blob);
    const link = /** @type {HTMLAnchorElement} */ (element("a", { href: address, download: name }));
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  }, "image/png");
}
