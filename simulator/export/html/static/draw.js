// Making elements. Texts only ever become text nodes: nothing in them is markup.

const SVG = 'http://www.w3.org/2000/svg';
const MICROS = 1e6;

/** @typedef {string | number | Node | null | false | undefined} Child */

/**
 * @param {Element} made
 * @param {Record<string, any>} given
 * @param {Child[]} children
 */
function furnish(made, given, children) {
  for (const [name, value] of Object.entries(given)) {
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? '' : value);
  }
  made.append(...children.filter((child) => child !== null && child !== false && child !== undefined).map((child) =>
    typeof child === 'number' ? String(child) : /** @type {string | Node} */ (child)));
}

/**
 * @param {string} tag a tag and classes: `div.box.running`
 * @param {Record<string, any>} [given] attributes, and listeners as `onclick`
 * @param {Child[]} children
 * @returns {HTMLElement}
 */
function el(tag, given = {}, ...children) {
  const [name, ...classes] = tag.split('.');
  const made = document.createElement(name);
  if (classes.length) made.className = classes.join(' ');
  furnish(made, given, children);
  return made;
}

/**
 * @param {string} tag
 * @param {Record<string, any>} [given]
 * @param {Child[]} children
 * @returns {SVGElement}
 */
function svg(tag, given = {}, ...children) {
  const [name, ...classes] = tag.split('.');
  const made = document.createElementNS(SVG, name);
  if (classes.length) made.setAttribute('class', classes.join(' '));
  furnish(made, given, children);
  return made;
}

/**
 * A text with its parameters filled in.
 * @param {string} text
 * @param {Record<string, string | number>} [params]
 */
function fill(text, params = {}) {
  return text.replace(/\{(\w+)\}/g, (all, name) => (Object.hasOwn(params, name) ? String(params[name]) : all));
}

/**
 * Seconds with two decimals.
 * @param {number} micros
 */
function clock(micros) {
  return (micros / MICROS).toFixed(2);
}

/**
 * A count with separators.
 * @param {number} number
 */
function count(number) {
  return number.toLocaleString('en');
}

/**
 * Replace the contents of an element only if they differ, so that focus and a screen reader's place are kept.
 * @param {Element} place
 * @param {Child[]} children
 */
function put(place, ...children) {
  const shell = /** @type {Element} */ (place.cloneNode());
  furnish(shell, {}, children);
  if (!shell.isEqualNode(place)) place.replaceChildren(...shell.childNodes);
}
