// The timeline of the moment, and the scrubber: one ruler, dragged anywhere on it.

const RULER = 30;

class Ruler {
  /** @param {Player} player */
  constructor(player) {
    this.player = player;
    this.width = 0;
    this.names = el('div.names', { 'aria-hidden': 'true' });
    this.picture = svg('svg', { 'aria-hidden': 'true' });
    this.played = svg('line.played', { x1: 0, x2: 0 });
    this.line = svg('line.nowline', { y1: 0 });
    this.knob = svg('circle.knob', { r: 7 });
    this.slider = el('div.slider', { role: 'slider', tabindex: 0 }, this.picture);
    this.root = el('section.timeline', {}, this.names, this.slider);
    /** The scale under the pointer since it went down: it may change as one moves. @type {Scale | null} */
    this.held = null;
    this.slider.addEventListener('pointerdown', (event) => this.grab(event));
    this.slider.addEventListener('pointermove', (event) => this.drag(event));
    for (const end of ['pointerup', 'pointercancel']) this.slider.addEventListener(end, () => { this.held = null; });
    // Besides the keys of the page, those that a slider has everywhere.
    this.slider.addEventListener('keydown', (event) => {
      if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
      event.preventDefault();
      player.step(event.key === 'ArrowUp' ? 1 : -1);
    });
  }

  get scale() { return this.player.frame.scene.chart.timeline.scale; }

  /** @param {PointerEvent} event */
  grab(event) {
    if (event.button) return;
    this.slider.setPointerCapture(event.pointerId);
    this.held = this.scale;
    this.drag(event);
  }

  /** @param {PointerEvent} event */
  drag(event) {
    if (!this.held) return;
    const left = this.slider.getBoundingClientRect().left;
    const column = ((event.clientX - left) / Math.max(1, this.width)) * (this.held.times.length - 1);
    this.player.pause();
    const there = this.player.atTime(timeOf(this.held, column));
    if (there !== this.player.at) this.player.go(there);
  }

  /** @param {Scene} scene */
  show(scene) {
    const { player } = this;
    const { words } = player;
    const { chart } = scene;
    const { timeline } = chart;
    this.width = Math.max(120, this.slider.clientWidth);
    const made = drawTimeline(timeline, scene.queues.length, words, scene.names, this.width, chart.end);
    const columns = timeline.scale.times.length - 1;
    /** @param {number} time */
    const x = (time) => (columnOf(timeline.scale, time) * this.width) / columns;
    const y = made.height + 8;
    const line = [
      svg('line.ruler', { x1: 0, x2: this.width, y1: y, y2: y }), this.played,
      ...chart.marks.map((time) => svg('line.mark', { x1: x(time), x2: x(time), y1: y - 2, y2: y + 2 })),
      ...chart.failures.map((time) => svg('line.mark.failed', { x1: x(time), x2: x(time), y1: y - 4, y2: y + 4 })),
      ...chart.stops.map((time) => svg('path.stop', { d: `M${x(time)} ${y - 5} l5 5 -5 5 -5 -5 z` })),
      ...chart.chapters.map((time) => svg('path.chapterstart', { d: `M${x(time) - 5} ${y - 9} h10 l-5 7 z` })),
    ];
    const ticks = made.ticks.map((tick) => svg('text.tick', { x: tick.x, y: y + 18 }, tick.text));
    for (const end of ['y1', 'y2']) this.played.setAttribute(end, String(y));
    this.line.setAttribute('y2', String(y));
    this.knob.setAttribute('cy', String(y));
    this.picture.setAttribute('width', String(this.width));
    this.picture.setAttribute('height', String(made.height + RULER));
    this.picture.replaceChildren(...made.drawn, ...line, ...ticks, this.line, this.knob);
    this.names.replaceChildren(...made.rows.map((row) => el('span', {}, row.name)));
    this.slider.setAttribute('aria-label', words.scrubber);
    this.slider.setAttribute('aria-valuemin', '0');
    this.slider.setAttribute('aria-valuemax', String(player.limit));
    this.slider.setAttribute('aria-valuenow', String(player.at));
    this.slider.setAttribute('aria-valuetext', `${fill(words.seconds, { time: clock(scene.time) })}, ${fill(words.event, { event: player.frame.event })}`);
  }

  /**
   * Move the line of now.
   * @param {number} time
   */
  move(time) {
    const columns = this.scale.times.length - 1;
    const x = (columnOf(this.scale, time) * this.width) / columns;
    this.played.setAttribute('x2', String(x));
    for (const end of ['x1', 'x2']) this.line.setAttribute(end, String(x));
    this.knob.setAttribute('cx', String(x));
  }
}
