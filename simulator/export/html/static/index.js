// The index of a course: its parts and lessons, what is done and what comes next.

class Index {
  /**
   * @param {Book} book
   * @param {HTMLElement} root
   */
  constructor(book, root) {
    this.book = book;
    this.root = root;
    this.lang = firstLanguage(book.langs);
    this.sure = false;
  }

  show() {
    const { book, root } = this;
    const page = /** @type {any} */ (book.page(this.lang));
    /** @type {Contents} */
    const { words, tagline, parts } = page;
    const { lessons } = readKept();
    const all = parts.flatMap((part) => part.lessons);
    const done = all.filter((lesson) => lessons.has(lesson.key)).length;
    const following = all.find((lesson) => !lessons.has(lesson.key));
    document.documentElement.lang = book.langs[this.lang];
    root.replaceChildren(
      el('header.top', {}, el('h1', {}, 'Ackademy'),
        el('nav.tools', {}, book.langs.length > 1 ? el('button', { type: 'button', lang: book.langs[1 - this.lang], onclick: () => this.speak() }, words.language) : null),
        el('p.meta', {}, tagline)),
      el('div.progressline', {}, el('progress', { max: all.length, value: done, 'aria-label': fill(words.progress, { done, total: all.length }) }),
        el('span', {}, fill(words.progress, { done, total: all.length })),
        following ? el('a.begin', { href: following.address }, `${done ? words.next : words.start}: ${following.title}`) : null),
      ...parts.map((part) => el('section.part', {}, el('h2', {}, part.title), el('p.dim', {}, part.summary),
        el('ol.lessons', {}, ...part.lessons.map((lesson) => this.lesson(lesson, words, lessons.get(lesson.key), lesson === following))))),
      el('footer.fine', {}, el('p', {}, words.kept_here), done ? this.forget(words) : null));
  }

  /**
   * @param {Listed} lesson
   * @param {Words} words
   * @param {Done | undefined} done
   * @param {boolean} isNext
   */
  lesson(lesson, words, done, isNext) {
    const told = done ? `✓ ${words.done}${done.total ? ` · ${fill(words.score, { right: done.right, total: done.total })}` : ''}` : isNext ? words.next : '';
    return el(`li.lesson${done ? '.done' : ''}${isNext ? '.next' : ''}`, {}, el('span.number', {}, lesson.number),
      el('div', {}, el('h3', {}, el('a', { href: lesson.address }, lesson.title), told ? el('small', {}, ` ${told}`) : null),
        el('p.dim', {}, lesson.summary)));
  }

  /** @param {Words} words */
  forget(words) {
    return el('button.link', { type: 'button', onclick: () => {
      if (this.sure) writeKept({ lang: readKept().lang, lessons: new Map() });
      this.sure = !this.sure;
      this.show();
    } }, this.sure ? words.forget_sure : words.forget);
  }

  speak() {
    this.lang = 1 - this.lang;
    writeKept({ ...readKept(), lang: this.book.langs[this.lang] });
    this.show();
  }
}

void openPage((book, root) => {
  const index = new Index(book, root);
  index.show();
  window.addEventListener('pageshow', () => index.show());
});
