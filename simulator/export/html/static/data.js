// What the page carries: unpacked, and frames rebuilt from their differences.

/**
 * Apply a change: `[value]` puts another value in its place, `[]` removes it, an object changes its members.
 * @param {any} value
 * @param {any} node
 * @returns {any}
 */
function changed(value, node) {
  if (Array.isArray(node)) return node[0];
  const isList = Array.isArray(value);
  const made = isList ? value.slice() : Object.assign(Object.create(null), value);
  if (isList && Object.hasOwn(node, 'length')) made.length = node.length[0];
  for (const [key, inner] of Object.entries(node)) {
    if (isList && key === 'length') continue;
    if (Array.isArray(inner) && !inner.length) delete made[key];
    else made[key] = changed(made[key], inner);
  }
  return made;
}

/**
 * @param {string} packed JSON, compressed by zlib, in Base64
 * @returns {Promise<any>}
 */
async function unpack(packed) {
  const bytes = Uint8Array.from(atob(packed), (char) => char.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
  return JSON.parse(await new Response(stream).text());
}

/** All that is shown, in each of its languages. */
class Book {
  /** @param {any} data */
  constructor(data) {
    /** @type {string[]} */
    this.langs = data.langs;
    /** @type {Page[]} */
    this.pages = [data.page, ...data.other.map((/** @type {any} */ node) => changed(data.page, node))];
    /** @type {any[][][]} */
    this.packed = data.frames;
    /** @type {Map<number, Frame[]>} */
    this.built = new Map();
    /** @type {Map<string, Frame>} */
    this.told = new Map();
  }

  /**
   * @param {number} lang
   * @returns {Page}
   */
  page(lang) {
    return this.pages[lang];
  }

  /**
   * The frames of a run, in the first language.
   * @param {number} run
   * @returns {Frame[]}
   */
  frames(run) {
    let frames = this.built.get(run);
    if (!frames) {
      frames = [];
      /** @type {any} */
      let frame = {};
      for (const [node] of this.packed[run]) frames.push((frame = changed(frame, node)));
      this.built.set(run, frames);
    }
    return frames;
  }

  /**
   * A frame of a run in a language.
   * @param {number} run
   * @param {number} place
   * @param {number} lang
   * @returns {Frame}
   */
  frame(run, place, lang) {
    const first = this.frames(run)[place];
    if (!lang) return first;
    const key = `${run} ${place} ${lang}`;
    let frame = this.told.get(key);
    if (!frame) this.told.set(key, (frame = changed(first, this.packed[run][place][lang])));
    return /** @type {Frame} */ (frame);
  }
}

/**
 * Unpack the page's data, and show it.
 * @param {(book: Book, root: HTMLElement) => void} show
 */
async function openPage(show) {
  const root = /** @type {HTMLElement} */ (document.getElementById('page'));
  if (typeof DecompressionStream === 'undefined' || !Object.hasOwn) {
    root.append(root.dataset.old ?? '');
    return;
  }
  const data = /** @type {HTMLElement} */ (document.getElementById('data'));
  show(new Book(await unpack(data.textContent ?? '')), root);
}
