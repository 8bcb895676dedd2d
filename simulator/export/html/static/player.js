// The player: where one is in the run, and everything that changes it.

const SPEEDS = [0.25, 0.5, 1, 2, 4, 8];

class Player {
  /**
   * @param {Book} book
   * @param {HTMLElement} root
   */
  constructor(book, root) {
    this.book = book;
    this.root = root;
    this.lang = firstLanguage(book.langs);
    this.run = 0;
    this.at = 0;
    this.speed = 1;
    this.playing = false;
    /** Seconds since the clock stands at this frame, at normal speed. */
    this.since = 0;
    this.last = 0;
    /** @type {Answers[]} */
    this.answers = book.packed.map(() => new Map());
    /** Farthest frame seen of each run. */
    this.seen = book.packed.map(() => 0);
    this.anyway = false;
    this.reduced = matchMedia('(prefers-reduced-motion: reduce)');
    /** @type {Stage | null} */
    this.stage = null;
    this.view = new View(this);
  }

  // -- where we are --------------------------------------------------------------------------------------------

  get page() { return this.book.page(this.lang); }
  get words() { return this.page.words; }
  get told() { return this.page.runs[this.run]; }
  get frames() { return this.book.frames(this.run); }
  get frame() { return this.book.frame(this.run, this.at, this.lang); }
  get given() { return this.answers[this.run]; }

  /** Whether the frame only shows an open question whose answer has been given. @param {Frame} frame */
  isPast(frame) { return frame.asks !== null && this.given.has(frame.asks); }

  /** The farthest frame that may be shown: the next open question, else the end. */
  get limit() {
    const open = this.frames.findIndex((frame) => frame.asks !== null && !this.given.has(frame.asks));
    return open < 0 ? this.frames.length - 1 : open;
  }

  get question() {
    const { asks } = this.frames[this.at];
    return asks === null || this.given.has(asks) ? null : this.told.questions.find((one) => one.number === asks) ?? null;
  }

  /** The answered question whose answer shows here; of one that the run does not settle, the scene's words tell. */
  get verdict() {
    const shown = this.told.questions.filter((one) => one.shown === this.at && one.right !== null && this.given.has(one.number));
    return shown[shown.length - 1] ?? null;
  }

  /** The question that was just answered at this place. */
  get noted() {
    const before = this.frames[this.at - 1];
    if (!before || before.asks === null || !this.given.has(before.asks)) return null;
    return this.told.questions.find((one) => one.number === before.asks) ?? null;
  }

  get atEnd() { return this.at >= this.frames.length - 1; }
  get isComplete() { return this.seen.every((at, run) => at >= this.book.frames(run).length - 1); }

  // -- going ---------------------------------------------------------------------------------------------------

  /**
   * Go to a frame, not past an open question.
   * @param {number} place
   * @param {boolean} [shown] whether what happens on the way is animated
   */
  go(place, shown = false) {
    const from = this.at;
    let there = Math.max(0, Math.min(place, this.limit));
    const by = there < from ? -1 : 1;
    while (this.isPast(this.frames[there])) there += there + by < 0 ? 1 : by;
    this.at = there;
    this.since = 0;
    this.arrive();
    const moves = shown && there > from ? this.movesFrom(from + 1) : [];
    this.view.show(moves);
  }

  /** Remember how far we have come. */
  arrive() {
    const before = this.seen[this.run];
    this.seen[this.run] = Math.max(before, this.at);
    if (this.atEnd && before < this.at) this.store();
  }

  /** @param {number} first */
  movesFrom(first) {
    const moves = [];
    for (let place = first; place <= this.at; place++) moves.push(...this.book.frame(this.run, place, this.lang).moves);
    return moves;
  }

  /**
   * The next frame in a direction that fits.
   * @param {number} by
   * @param {(frame: Frame, place: number) => boolean} fits
   */
  find(by, fits) {
    for (let place = this.at + by; place >= 0 && place < this.frames.length; place += by) {
      if (!this.isPast(this.frames[place]) && fits(this.frames[place], place)) return place;
    }
    return by < 0 ? 0 : this.frames.length - 1;
  }

  /** @param {number} place */
  isShown(place) { return this.told.questions.some((one) => one.shown === place && this.given.has(one.number)); }

  /** @param {number} by */
  step(by) {
    if (this.blocked(by)) return;
    this.pause();
    this.go(this.find(by, (frame, place) => frame.rest || this.isShown(place)), true);
  }

  /** @param {number} by */
  rawStep(by) {
    if (this.blocked(by)) return;
    this.pause();
    this.go(this.find(by, () => true), true);
  }

  /** @param {number} by */
  mark(by) {
    if (this.blocked(by)) return;
    this.pause();
    this.go(this.find(by, (frame, place) => frame.mark || frame.asks !== null || this.isShown(place)));
  }

  /** @param {number} by */
  jump(by) {
    if (this.blocked(by)) return;
    this.pause();
    this.go(by < 0 ? 0 : this.frames.length - 1);
  }

  /**
   * The frame at a time: the last one that has begun.
   * @param {number} time
   */
  atTime(time) {
    let found = 0;
    this.frames.forEach((frame, place) => { if (frame.scene.time <= time && !this.isPast(frame)) found = place; });
    return found;
  }

  /** Whether an open question keeps us here. @param {number} by */
  blocked(by) {
    if (by < 0 || !this.question) return false;
    this.view.notice(this.words.answer_first);
    this.view.askAgain();
    return true;
  }

  /** @param {number | null} choice */
  answer(choice) {
    const { question } = this;
    if (!question || (choice !== null && choice >= question.choices.length)) return;
    this.given.set(question.number, choice);
    this.go(this.at + 1);
    this.view.focus();
  }

  /** @param {number} run */
  choose(run) {
    if (run === this.run) return;
    this.pause();
    this.run = run;
    this.at = 0;
    this.view.rebuild();
    this.go(0);
  }

  /** @param {number} lang */
  speak(lang) {
    this.lang = lang;
    this.store();
    this.view.rebuild();
    this.view.show([]);
  }

  // -- time ----------------------------------------------------------------------------------------------------

  toggle() {
    if (this.playing) { this.pause(); return; }
    if (this.blocked(1)) return;
    if (this.atEnd) this.go(0);
    this.playing = true;
    this.last = performance.now();
    this.view.transport();
    requestAnimationFrame((now) => this.tick(now));
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    this.view.transport();
  }

  /** @param {number} by */
  faster(by) {
    const place = SPEEDS.indexOf(this.speed);
    this.speed = by ? SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, place + by))] : 1;
    this.view.transport();
  }

  /** @param {number} now milliseconds */
  tick(now) {
    if (!this.playing) return;
    this.since += (Math.min(250, now - this.last) / 1000) * this.speed;
    this.last = now;
    const from = this.at;
    let frame = this.frames[this.at];
    while (this.playing && this.since >= frame.dwell + frame.lasts) {
      const rest = this.since - frame.dwell - frame.lasts;
      const there = this.find(1, () => true);
      if (there === this.at) { this.pause(); break; }
      this.at = there;
      this.since = rest;
      frame = this.frames[this.at];
      if (frame.stop || this.atEnd || this.question || this.verdict) { this.since = 0; this.pause(); }
    }
    if (this.at !== from) {
      this.arrive();
      this.view.show(this.movesFrom(from + 1));
    }
    const following = this.frames[Math.min(this.at + 1, this.frames.length - 1)];
    const share = frame.lasts ? Math.max(0, Math.min(1, (this.since - frame.dwell) / frame.lasts)) : 0;
    this.view.clock((following.scene.time - frame.scene.time) * share);
    if (this.playing) requestAnimationFrame((later) => this.tick(later));
  }

  // -- what is kept --------------------------------------------------------------------------------------------

  /** Keep the language, and that the lesson was seen to its end with all its questions answered. */
  store() {
    const kept = readKept();
    if (this.book.langs.length > 1) kept.lang = this.book.langs[this.lang];
    const { lesson, questions } = this.page.runs[0];
    const right = questions.filter((one) => this.answers[0].get(one.number) === one.right).length;
    if (lesson && this.run === 0 && this.atEnd) kept.lessons.set(lesson, { right, total: questions.length });
    writeKept(kept);
  }

  // -- links ---------------------------------------------------------------------------------------------------

  /** `#event=12`, `#t=3.2`, and `variant=NAME` beside either. */
  get hash() {
    const { name } = this.told;
    return `#event=${this.frames[this.at].event}${name ? `&variant=${encodeURIComponent(name)}` : ''}`;
  }

  follow() {
    const asked = new URLSearchParams(location.hash.slice(1));
    const run = this.page.runs.findIndex((one) => one.name === asked.get('variant'));
    if (run > 0) this.choose(run);
    const [event, time] = [asked.get('event'), asked.get('t')];
    if (event !== null && Number.isFinite(Number(event))) {
      const place = this.frames.findIndex((frame) => frame.event >= Number(event));
      this.go(place < 0 ? this.frames.length - 1 : place);
    } else if (time !== null && Number.isFinite(Number(time))) this.go(this.atTime(Number(time) * MICROS));
    else this.go(this.at);
  }
}
