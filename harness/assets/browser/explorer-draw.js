/**
 * Pictures and colours.
 * @param {readonly (readonly [number, number, number])[]} stops the scale's colours, evenly spread
 */
function createPainter(stops) {
  const LUMINANCE = [0.2126, 0.7152, 0.0722];
  const SCALE = Array.from({ length: 256 }, (_, index) => {
    const place = (index / 255) * (stops.length - 1);
    const low = Math.min(Math.floor(place), stops.length - 2);
    return [0, 1, 2].map((c) => Math.round(stops[low][c] + (place - low) * (stops[low + 1][c] - stops[low][c])));
  });

  /**
   * @param {number} width
   * @param {number} height
   */
  function createCanvas(width, height) {
    return Object.assign(document.createElement("canvas"), { width, height });
  }

  /**
   * A map as one pixel a patch.
   * @param {Float32Array} map
   * @param {number} grid
   * @param {{least: number, most: number}} range
   */
  function colourMap(map, grid, { least, most }) {
    const canvas = createCanvas(grid, grid);
    const context = canvas.getContext("2d");
    const pixels = context.createImageData(grid, grid);
    map.forEach((value, patch) => {
      const place = Math.round((255 * (value - least)) / (most - least || 1));
      pixels.data.set([...SCALE[Math.min(Math.max(place, 0), 255)], 255], 4 * patch);
    });
    context.putImageData(pixels, 0, 0);
    return canvas;
  }

  /**
   * The picture in grey, so that colours are the map's alone.
   * @param {HTMLImageElement} picture
   * @param {number} width
   * @param {number} height
   */
  function greyOf(picture, width, height) {
    const canvas = createCanvas(width, height);
    const context = canvas.getContext("2d");
    context.drawImage(picture, 0, 0, width, height);
    const pixels = context.getImageData(0, 0, width, height);
    for (let at = 0; at < pixels.data.length; at += 4) {
      const grey = LUMINANCE.reduce((sum, weight, channel) => sum + weight * pixels.data[at + channel], 0);
      pixels.data.fill(grey, at, at + 3);
    }
    context.putImageData(pixels, 0, 0);
    return canvas;
  }

  return {
    createCanvas,
    greyOf,
    /**
     * @param {HTMLCanvasElement} canvas a small one of a layer and a head; its colours have its own range
     * @param {Float32Array} map
     * @param {number} grid
     */
    paintSmall(canvas, map, grid) {
      const range = { least: Math.min(...map), most: Math.max(...map) };
      canvas.getContext("2d").drawImage(colourMap(map, grid, range), 0, 0);
    },
    /**
     * The map over the picture, and a frame around the chosen patch.
     * @param {HTMLCanvasElement} canvas
     * @param {{picture: HTMLImageElement, grey: HTMLCanvasElement, map: Float32Array | undefined, grid: number,
     *   range: {least: number, most: number}, opacity: number, smooth: boolean, patch: number}} scene
     */
    paint(canvas, { picture, grey, map, grid, range, opacity, smooth, patch }) {
      const { width, height } = canvas;
      const context = canvas.getContext("2d");
      context.globalAlpha = 1;
      context.drawImage(map && opacity > 0 ? grey : picture, 0, 0, width, height);
      if (map) {
        context.globalAlpha = opacity;
        context.imageSmoothingEnabled = smooth;
        context.imageSmoothingQuality = "high";
        context.drawImage(colourMap(map, grid, range), 0, 0, width, height);
        context.globalAlpha = 1;
        context.imageSmoothingEnabled = true;
      }
      if (patch < 0) return;
      const side = [width / grid, height / grid];
      const corner = [(patch % grid) * side[0], Math.floor(patch / grid) * side[1]];
      for (const [line, colour] of /** @type {const} */ ([
        [5, "#ffffff"],
        [2.5, "#1b1b1f"],
      ])) {
        context.lineWidth = line;
        context.strokeStyle = colour;
        context.strokeRect(corner[0] + 2, corner[1] + 2, side[0] - 4, side[1] - 4);
      }
    },
    /**
     * @param {CanvasRenderingContext2D} context
     * @param {number} x
     * @param {number} y
     * @param {number} width
     * @param {number} height
     */
    paintScale(context, x, y, width, height) {
      SCALE.forEach((colour, index) => {
        context.fillStyle = `rgb(${colour.join(",")})`;
        context.fillRect(x + (index * width) / 256, y, width / 256 + 0.6, height);
      });
    },
  };
}

/**
 * A share for people: per cent, with as many decimals as it needs; what is less than 0.005 % is none.
 * @param {number} share
 */
function percent(share) {
  const value = 100 * share;
  const decimals = value < 0.005 || value >= 10 ? 0 : value >= 1 ? 1 : 2;
  return `${value.toFixed(decimals)}\u00a0%`;
}

/**
 * An element with its attributes and children; text is text.
 * @param {string} tag
 * @param {{[name: string]: string}} attributes
 * @param {...(Node | string)} children
 */
function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}
