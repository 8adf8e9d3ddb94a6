/**
 * Maps of the words, as packed by harness/report/explorer/pack.ts: bytes between each map's least and most.
 * @typedef {{layers: number, heads: number, maps: string, least: string, most: string, image: string, prompt: string,
 *   suffix?: string}} PackedMaps
 * @typedef {"mean" | "max" | "rollout" | "gradient"} Method
 * @typedef {{[name: string]: PackedMaps | undefined}} PackedLooks by record: attention, or mean and max of its heads;
 *   gradient; rollout
 * @typedef {{source: string, trained: boolean, caption: string, prompt: string, words: string[], grid: number,
 *   imageSize: number, layers: number, heads: number, width: number, height: number, model: PackedLooks,
 *   control?: PackedLooks, seed?: number}} PaneData
 * @typedef {{word: number, patch: number, layer: number, head: number, method: Method, control: boolean}} Choice
 *   -1 is all layers, all heads, no patch
 * @typedef {{map: Float32Array, image: number, prompt: number, suffix: number}} Look
 */

/**
 * What a pane can be asked for.
 * @param {PaneData} data
 */
function readExplorer(data) {
  const patches = data.grid * data.grid;
  const words = data.words.length;
  /** @type {Map<PackedMaps, ReturnType<typeof unpack>>} */
  const unpacked = new Map();

  /** @param {string} base64 */
  function toBytes(base64) {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  }

  /** @param {string} base64 */
  function toFloats(base64) {
    return new Float32Array(toBytes(base64).buffer);
  }

  /** @param {PackedMaps} packed */
  function unpack(packed) {
    const bytes = toBytes(packed.maps);
    const least = toFloats(packed.least);
    const most = toFloats(packed.most);
    const image = toFloats(packed.image);
    const prompt = toFloats(packed.prompt);
    const suffix = packed.suffix ? toFloats(packed.suffix) : new Float32Array(image.length);
    return { layers: packed.layers, heads: packed.heads, bytes, least, most, image, prompt, suffix };
  }

  /**
   * The maps that a choice is about. Some have one head or one layer only, and stand for all of them.
   * @param {Choice} choice
   */
  function stackOf(choice) {
    const looks = (choice.control && data.control) || data.model;
    const packed = looks[choice.method] ?? looks.attention ?? looks.mean;
    if (!packed) throw new Error(`no maps for ${choice.method}`);
    const known = unpacked.get(packed) ?? unpack(packed);
    unpacked.set(packed, known);
    return known;
  }

  /**
   * @param {number} chosen
   * @param {number} count
   */
  function listChosen(chosen, count) {
    if (chosen >= 0 && chosen < count && count > 1) return [chosen];
    return Array.from({ length: count }, (_, index) => index);
  }

  return {
    patches,
    /** @param {Method} method */
    has: (method) => method === "mean" || method === "max" || data.model[method] !== undefined,
    /**
     * Which selectors mean something.
     * @param {Choice} choice
     */
    freedom(choice) {
      const { layers, heads } = stackOf(choice);
      return { layer: layers === data.layers && layers > 1, head: heads === data.heads && heads > 1 };
    },
    /** @param {Choice} choice */
    counts(choice) {
      const { layers, heads } = stackOf(choice);
      return { layers, heads };
    },
    /**
     * The chosen layers and heads of a word together.
     * @param {Choice} choice
     * @returns {Look}
     */
    look(choice) {
      const stack = stackOf(choice);
      const map = new Float32Array(patches);
      const sums = { image: 0, prompt: 0, suffix: 0 };
      const layers = listChosen(choice.layer, stack.layers);
      const heads = listChosen(choice.head, stack.heads);
      for (const layer of layers) {
        for (const head of heads) {
          const place = (layer * stack.heads + head) * words + choice.word;
          const scale = (stack.most[place] - stack.least[place]) / 255;
          for (let patch = 0; patch < patches; patch++) {
            const value = stack.least[place] + scale * stack.bytes[place * patches + patch];
            map[patch] = choice.method === "max" ? Math.max(map[patch], value) : map[patch] + value;
          }
          sums.image += stack.image[place];
          sums.prompt += stack.prompt[place];
          sums.suffix += stack.suffix[place];
        }
      }
      const count = layers.length * heads.length;
      if (choice.method !== "max") for (let patch = 0; patch < patches; patch++) map[patch] /= count;
      const total = sums.image + sums.prompt + sums.suffix || 1;
      return { map, image: sums.image / total, prompt: sums.prompt / total, suffix: sums.suffix / total };
    },
  };
}
