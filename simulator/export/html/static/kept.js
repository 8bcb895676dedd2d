// What this browser keeps: the language, and which lessons are done. Nothing of it is sent.

const STORE = 'ackademy';

/** @typedef {{ lang: string, lessons: Map<string, Done> }} Kept */
/** @typedef {{ right: number, total: number }} Done answers of a lesson that was seen to its end */

/**
 * Read what is kept; a page in a frame or a private window may keep nothing, and anybody may have written there.
 * @returns {Kept}
 */
function readKept() {
  /** @type {any} */
  let found = null;
  try {
    found = JSON.parse(localStorage.getItem(STORE) ?? 'null');
  } catch (error) {
    if (!(error instanceof DOMException || error instanceof SyntaxError)) throw error;
  }
  /** @param {unknown} number */
  const sane = (number) => (Number.isInteger(number) ? Math.max(0, Math.min(999, Number(number))) : 0);
  const lessons = new Map();
  const listed = found && typeof found === 'object' && found.lessons && typeof found.lessons === 'object' ? found.lessons : {};
  for (const [name, done] of Object.entries(listed)) lessons.set(name, { right: sane(done?.right), total: sane(done?.total) });
  return { lang: typeof found?.lang === 'string' ? found.lang : '', lessons };
}

/** @param {Kept} kept */
function writeKept(kept) {
  try {
    localStorage.setItem(STORE, JSON.stringify({ lang: kept.lang, lessons: Object.fromEntries(kept.lessons) }));
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
}

/**
 * The language to begin with: the one chosen before, else the browser's, else the first.
 * @param {string[]} langs
 */
function firstLanguage(langs) {
  return Math.max(0, langs.indexOf(readKept().lang || (navigator.language || '').slice(0, 2)));
}
