// The page around a player: what stands where, and what is drawn anew at each moment.

/** Pixels of a stage that later ones keep. */
const TALLEST = 420;

class View {
  /** @param {Player} player */
  constructor(player) {
    this.player = player;
    this.stage = el('div.stage');
    this.sky = new Sky(this.stage);
    this.big = el('p.clock', { 'aria-hidden': 'true' });
    this.chapter = el('div.chapter');
    this.telling = el('div.words', { 'aria-live': 'polite', 'aria-atomic': 'true', tabindex: -1 });
    this.ruler = new Ruler(player);
    this.bar = el('div.transport');
    this.toast = el('p.toast', { role: 'status' });
    this.results = el('section.results');
    this.compared = el('section.compared');
    this.list = el('ol.transcript');
    this.past = el('details.past', { ontoggle: () => this.transcript() });
    this.help = /** @type {HTMLDialogElement} */ (el('dialog.help'));
    /** Index of the run compared with. */
    this.other = 0;
    /** @type {Ticker[]} */
    this.tickers = [];
    /** The stage keeps the height that it once had, so that what stands below does not jump. */
    this.tallest = 0;
    this.wide = 0;
    this.timer = 0;
    new ResizeObserver(() => this.resized()).observe(this.stage);
  }

  /** Lay out everything that does not change with the moment. */
  build() {
    const { player } = this;
    const { words, told, page } = player;
    document.documentElement.lang = player.book.langs[player.lang];
    document.title = told.title;
    this.other = player.run || 1;
    this.tallest = 0;
    this.stage.style.minHeight = '';
    this.past.replaceChildren(el('summary', {}, words.transcript), this.list);
    this.help.replaceChildren(el('h2', {}, words.keys),
      el('dl', {}, ...page.keys.map(([keys, what]) => el('div', {}, el('dt', {}, el('kbd', {}, keys)), el('dd', {}, what)))),
      el('p.dim', {}, words.packed),
      el('button', { type: 'button', onclick: () => this.help.close() }, words.close));
    this.buttons();
    const about = el('div.about', {}, told.part ? el('p.note', {}, told.part) : null,
      told.changes.length ? el('p.note', {}, fill(words.changed, { changes: told.changes.join(' · ') })) : null);
    this.stage.setAttribute('role', 'group');
    this.stage.setAttribute('aria-label', words.stage);
    player.root.replaceChildren(
      el('header.top', {}, el('h1', {}, told.title), this.tools(),
        el('p.meta', {}, [told.profile, told.origin, told.hash].filter(Boolean).join(' · '),
          told.note ? el('span.note', {}, ` · ${told.note}`) : null)),
      page.runs.length > 1 ? this.tabs() : '',
      el('div.panel', page.runs.length > 1 ? { role: 'tabpanel', 'aria-label': told.label } : {},
        about, this.stage,
        el('section.telling', { 'aria-label': words.narration }, el('div.when', {}, this.big, this.chapter), this.telling),
        this.ruler.root, this.bar, this.toast),
      this.results, this.compared, this.past,
      el('footer.fine', {}, el('p', {}, words.made_by), el('p', {}, words.packed)), this.help);
  }

  /** Lay it out again, for another run or language; the focus stays on what brought us here. */
  rebuild() {
    const before = document.activeElement;
    const css = before?.closest('.tools') ? '.tools button[lang]' : before?.matches('[role=tab]') ? '[role=tab][aria-selected=true]' : '';
    this.build();
    if (css) /** @type {HTMLElement | null} */ (this.player.root.querySelector(css))?.focus();
  }

  tools() {
    const { player } = this;
    const { words, page, book } = player;
    return el('nav.tools', {},
      page.links.index ? el('a', { href: page.links.index }, words.course) : null,
      book.langs.length > 1 ? el('button', { type: 'button', lang: book.langs[1 - player.lang], onclick: () => player.speak(1 - player.lang) }, words.language) : null,
      el('button', { type: 'button', 'aria-label': words.link, title: words.link, onclick: () => this.copy() }, icon('link')),
      el('button', { type: 'button', 'aria-label': words.help, title: words.help, onclick: () => this.help.showModal() }, '?'));
  }

  tabs() {
    const { player } = this;
    const tabs = player.page.runs.map((run, place) => el('button.tab', {
      type: 'button', role: 'tab', 'aria-selected': String(place === player.run), tabindex: place === player.run ? 0 : -1,
      onclick: () => player.choose(place),
    }, run.label));
    return el('div.tabs', {
      role: 'tablist', 'aria-label': player.words.variants,
      onkeydown: (/** @type {KeyboardEvent} */ event) => {
        const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
        if (!by) return;
        event.stopPropagation();
        event.preventDefault();
        player.choose((player.run + by + tabs.length) % tabs.length);
      },
    }, ...tabs);
  }

  buttons() {
    const { player } = this;
    const { words } = player;
    /** @type {(name: string, sign: string, does: () => void, classes?: string) => HTMLElement} */
    const button = (name, sign, does, classes = '') =>
      el(`button${classes}`, { type: 'button', 'aria-label': words[name], title: words[name], onclick: does }, icon(sign));
    this.play = button('play', 'play', () => player.toggle(), '.main');
    this.speed = el('span.speed');
    this.where = el('span.where.dim');
    this.bar.setAttribute('role', 'group');
    this.bar.setAttribute('aria-label', words.player);
    this.bar.replaceChildren(
      el('div.keys', {}, button('home', 'home', () => player.jump(-1), '.far'), button('previous_mark', 'before', () => player.mark(-1)),
        button('back', 'back', () => player.step(-1)), this.play, button('step', 'step', () => player.step(1)),
        button('next_mark', 'after', () => player.mark(1)), button('end', 'end', () => player.jump(1), '.far')),
      el('div.keys.aside', {}, this.where, el('button', { type: 'button', 'aria-label': `${words.speed} −`, onclick: () => player.faster(-1) }, '−'),
        this.speed, el('button', { type: 'button', 'aria-label': `${words.speed} +`, onclick: () => player.faster(1) }, '+')));
    this.transport();
  }

  /** What the bar says. */
  transport() {
    const { player } = this;
    const { words } = player;
    const name = player.playing ? 'pause' : 'play';
    this.play?.setAttribute('aria-label', words[name]);
    this.play?.setAttribute('title', words[name]);
    this.play?.replaceChildren(icon(name));
    this.telling.setAttribute('aria-live', player.playing ? 'off' : 'polite');
    if (this.speed) this.speed.textContent = `${player.speed}×`;
    const frame = player.frames[player.at];
    const isKnown = player.seen[player.run] >= player.frames.length - 1;
    if (this.where) this.where.textContent = isKnown ? fill(words.event_of, { event: frame.event, events: player.told.events }) : fill(words.event, { event: frame.event });
  }

  /**
   * Show the frame of the player, and what moved on the way to it.
   * @param {Move[]} moves
   */
  show(moves) {
    const { player } = this;
    const { scene } = player.frame;
    const stage = new Stage(scene, player.words);
    const lanes = stage.draw();
    this.stage.replaceChildren(this.sky.roads, ...lanes, this.sky.pills);
    this.tickers = stage.tickers;
    this.tallest = Math.max(this.tallest, Math.min(this.stage.offsetHeight, TALLEST));
    this.stage.style.minHeight = `${this.tallest}px`;
    this.sky.clear();
    this.sky.draw(scene, moves.length ? moves : player.frame.moves);
    this.tell(scene);
    this.ruler.show(scene);
    this.clock(0);
    this.transport();
    this.results.replaceChildren();
    this.compared.replaceChildren();
    if (player.seen[player.run] >= player.frames.length - 1) this.close();
    if (this.past.hasAttribute('open')) this.transcript();
    if (moves.length && !player.reduced.matches) this.sky.fly(moves, player.playing ? player.speed : 1);
  }

  /** @param {Scene} scene */
  tell(scene) {
    const { player } = this;
    const { question, verdict, noted, words } = player;
    const had = this.chapter.contains(document.activeElement);
    put(this.chapter, scene.chapters.length ? this.chapters() : '');
    if (had) this.chapter.querySelector('select')?.focus();
    const asked = question ? askQuestion(question, words, (choice) => player.answer(choice))
      : verdict ? tellVerdict(verdict, player.given.get(verdict.number) ?? null, words)
        : noted ? noteAnswer(noted, player.given.get(noted.number) ?? null, words) : null;
    const told = tellMoment(scene, words);
    // A question stands alone, as on the terminal: the stage shows what it is about.
    this.telling.classList.toggle('asking', Boolean(question));
    this.telling.replaceChildren(...(question ? [] : told.map((child) => /** @type {Node} */ (child))), ...(asked ? [asked] : []));
  }

  /** The current chapter, and a way to the others up to an open question. */
  chapters() {
    const { player } = this;
    const { chapters } = player.told;
    const known = chapters.filter(({ frame }) => frame <= player.limit);
    const now = known.filter(({ frame }) => frame <= player.at).length - 1;
    return el('select', {
      'aria-label': player.words.chapters,
      onchange: (/** @type {Event} */ event) => {
        player.pause();
        player.go(Number(/** @type {HTMLSelectElement} */ (event.target).value));
      },
    }, ...known.map(({ frame, text }, place) =>
      el('option', { value: frame, selected: place === now }, `${place + 1}/${chapters.length} ${text}`)));
  }

  /**
   * Let the clock run on from the frame.
   * @param {number} by microseconds
   */
  clock(by) {
    const { scene } = this.player.frame;
    this.big.replaceChildren(el('span', {}, clock(scene.time + by)), el('small', {}, fill(this.player.words.seconds, { time: '' })));
    for (const tick of this.tickers) tick(by);
    this.ruler.move(scene.time + by);
  }

  /** The summary, and the comparison of two runs. */
  close() {
    const { player } = this;
    const { words, page } = player;
    put(this.results, ...tellResults(player.told, player.given, words, (frame) => { player.go(frame); this.focus(); }),
      page.links.following ? el('p', {}, el('a', { href: page.links.following }, page.links.title)) : null);
    if (page.compared.length) this.compare();
  }

  compare() {
    const { player } = this;
    const { words, page } = player;
    const choices = page.runs.map((run, place) => ({ run, place })).filter(({ place }) => place && (!player.run || place === player.run));
    const bothSeen = [0, this.other].every((run) => player.seen[run] >= player.book.frames(run).length - 1);
    const head = [el('h2', {}, words.compare), choices.length > 1 ? el('div.pick', {}, ...choices.map(({ run, place }) =>
      el('button', { type: 'button', 'aria-pressed': String(place === this.other), onclick: () => { this.other = place; this.compare(); } }, run.label))) : null];
    if (!bothSeen && !player.anyway) {
      put(this.compared, ...head, el('p.dim', {}, words.compare_later),
        el('button.link', { type: 'button', onclick: () => { player.anyway = true; this.compare(); } }, words.compare_anyway));
      return;
    }
    const width = Math.max(180, this.ruler.width || 600);
    put(this.compared, ...head, ...tellComparison(page.compared[this.other - 1], words, width, (side, frame) => {
      player.choose(side ? this.other : 0);
      player.go(frame);
      this.focus();
    }));
  }

  /** What has happened so far, a sentence an event. */
  transcript() {
    const { player } = this;
    if (!this.past.hasAttribute('open')) return;
    const lines = [];
    let before = -1;
    for (let place = 0; place <= player.at; place++) {
      const { scene, event } = player.book.frame(player.run, place, player.lang);
      const now = scene.words.find((line) => line.kind === 'now');
      if (place && now && event !== before) lines.push(el('li', {}, el('time', {}, clock(scene.time)), ` ${now.text}`));
      before = event;
    }
    put(this.list, ...lines);
  }

  copy() {
    const { player } = this;
    const { hash } = player;
    history.replaceState(null, '', hash);
    navigator.clipboard?.writeText(location.href).then(() => this.notice(player.words.copied), () => this.notice(player.words.not_copied))
      ?? this.notice(player.words.not_copied);
  }

  /** @param {string} text */
  notice(text) {
    clearTimeout(this.timer);
    this.toast.textContent = text;
    this.timer = setTimeout(() => { this.toast.textContent = ''; }, 4000);
  }

  /** Draw attention to the question that must be answered first. */
  askAgain() {
    const question = this.telling.querySelector('.question');
    question?.scrollIntoView({ block: 'nearest' });
    if (!this.player.reduced.matches) question?.animate([{ transform: 'translateX(-4px)' }, { transform: 'translateX(4px)' }, { transform: 'none' }], { duration: 160, iterations: 2 });
  }

  focus() {
    this.telling.focus({ preventScroll: false });
  }

  resized() {
    const { player } = this;
    if (!this.stage.childNodes.length) return;
    if (this.stage.clientWidth !== this.wide) {
      this.wide = this.stage.clientWidth;
      this.tallest = 0;
      this.stage.style.minHeight = '';
    }
    this.sky.draw(player.frame.scene, player.frame.moves);
    this.ruler.show(player.frame.scene);
    this.ruler.move(player.frame.scene.time);
  }
}

/** @type {Record<string, string>} */
const ICONS = {
  play: 'M7 5 L19 12 L7 19 Z', pause: 'M7 5 h3.5 v14 H7 Z M13.5 5 H17 v14 h-3.5 Z', step: 'M6 6 L14 12 L6 18 Z M15.5 6 h2.5 v12 h-2.5 Z',
  back: 'M18 6 L10 12 L18 18 Z M6 6 h2.5 v12 H6 Z', after: 'M4 6 L11 12 L4 18 Z M11 6 L18 12 L11 18 Z M18.5 6 h2 v12 h-2 Z',
  before: 'M20 6 L13 12 L20 18 Z M13 6 L6 12 L13 18 Z M3.5 6 h2 v12 h-2 Z', home: 'M19 6 L9 12 L19 18 Z M5 5 h2.5 v14 H5 Z M7.5 11 h4 v2 h-4 Z',
  end: 'M5 6 L15 12 L5 18 Z M16.5 5 H19 v14 h-2.5 Z M12.5 11 h4 v2 h-4 Z',
  link: 'M10.6 13.4 a4 4 0 0 0 5.7 0 l3-3 a4 4 0 0 0 -5.7 -5.7 l-1.2 1.2 1.4 1.4 1.2 -1.2 a2 2 0 0 1 2.9 2.9 l-3 3 a2 2 0 0 1 -2.9 0 Z M13.4 10.6 a4 4 0 0 0 -5.7 0 l-3 3 a4 4 0 0 0 5.7 5.7 l1.2 -1.2 -1.4 -1.4 -1.2 1.2 a2 2 0 0 1 -2.9 -2.9 l3 -3 a2 2 0 0 1 2.9 0 Z',
};

/** @param {string} name */
function icon(name) {
  return svg('svg.icon', { viewBox: '0 0 24 24', 'aria-hidden': 'true' }, svg('path', { d: ICONS[name] }));
}
