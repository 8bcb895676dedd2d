// The stage: producers, queues and workers with what is in them, as a moment's scene tells it.

const TALLIES = ['succeeded', 'failed', 'lost', 'retried', 'revoked', 'ignored', 'dropped', 'dead_lettered'];
const SIGNS = { succeeded: '✓', failed: '✕', lost: '☠', retried: '↻', revoked: '✕', ignored: '✓', dropped: '☠', dead_lettered: '✕' };
const STATES = { idle: '○', running: '▶', stopping: '▶', killed: '☠', offline: '□' };
const FATES = { returns: '○', returned: '↻', lost: '☠' };
const RESULTS = { SUCCESS: '✓', FAILURE: '✕', RETRY: '↻' };

/** Most workers with a card each; more are tiles. */
const CARDS = 8;

/** Most running tasks told of one by one in a card. */
const SLOTS = 5;

/** Draws the stage of a scene, and keeps what goes on with the clock. */
class Stage {
  /**
   * @param {Scene} scene
   * @param {Words} words
   */
  constructor(scene, words) {
    this.scene = scene;
    this.words = words;
    /** @type {Ticker[]} what changes while the clock runs */
    this.tickers = [];
  }

  /** @param {string} uuid */
  short(uuid) {
    return Object.hasOwn(this.scene.names, uuid) ? this.scene.names[uuid] : uuid;
  }

  /**
   * @param {string} name
   * @param {Record<string, string | number>} [params]
   */
  say(name, params) {
    return fill(this.words[name], params);
  }

  /** @returns {HTMLElement[]} */
  draw() {
    const { scene, words } = this;
    return [
      el('section.lane.producers', {}, el('h2.unseen', {}, words.producers), ...scene.producers.map((one) => this.producer(one)), this.tallies()),
      el('section.lane.queues', {}, el('h2.unseen', {}, words.queue), ...scene.queues.map((one) => this.queue(one)), this.store(), this.services()),
      el(`section.lane.workers${scene.workers.length > CARDS ? '.crowd' : ''}`, {}, el('h2.unseen', {}, words.workers),
        ...this.workers()),
    ];
  }

  /**
   * @param {string} kind
   * @param {string} name
   * @param {string} classes
   * @param {Child[]} children
   */
  box(kind, name, classes, ...children) {
    const looked = this.scene.look.includes(name) || this.scene.look.includes(`${kind}s`);
    return el(`article.box.${kind}${looked ? '.look' : ''}${classes}`, { 'data-kind': kind, 'data-name': name }, ...children);
  }

  /**
   * A task as a chip.
   * @param {string} uuid
   * @param {string} name
   * @param {string} tone
   * @param {string} aside
   */
  chip(uuid, name, tone, aside = '') {
    return el(`span.chip.${tone}`, { 'data-uuid': uuid }, el('b', {}, this.short(uuid)),
      name ? el('span.name', {}, ` ${name}`) : null, aside ? el('span.aside', {}, ` ${aside}`) : null);
  }

  /** @param {Producer} producer */
  producer(producer) {
    return this.box('producer', producer.name, '',
      el('h3', {}, producer.name), el('p.dim', {}, this.say('sent', { count: count(producer.sent) })),
      ...producer.sending.slice(0, 2).map((uuid) => this.chip(uuid, '', 'waiting', this.words.sending)));
  }

  tallies() {
    const { counts } = this.scene;
    const shown = TALLIES.filter((key, place) => place < 3 || counts[key]);
    return el('dl.tallies', { 'aria-label': this.words.tallies }, ...shown.map((key) =>
      el(`div.tally.${key}${counts[key] ? '' : '.none'}`, {},
        el('dt', {}, el('i', { 'aria-hidden': 'true' }, SIGNS[/** @type {keyof typeof SIGNS} */ (key)]), ` ${this.words[`tally.${key}`]}`),
        el('dd', {}, count(counts[key])))));
  }

  /** @param {Queue} queue */
  queue(queue) {
    const { words } = this;
    const items = queue.items.map((item) => el('li', {},
      this.chip(item.uuid, item.name, queue.dead ? 'failed' : 'waiting'), queue.dead ? null : this.waiting(item)));
    const more = queue.count - queue.items.length;
    if (more > 0 && queue.items.length) items.push(el('li.dim', {}, this.say('more', { count: count(more) })));
    const told = [
      queue.broker_up ? '' : words.broker_down,
      !queue.count ? words.empty : queue.dead ? this.say('dead_count', { count: count(queue.count) }) : this.say('waiting_count', { count: count(queue.count) }),
      queue.consumed === false && queue.count && !queue.dead ? words.no_consumer : '',
      queue.unacked ? this.say('unacked_count', { count: count(queue.unacked) }) : '',
    ];
    const lonely = queue.consumed === false ? '.lonely' : '';
    return this.box('queue', queue.name, lonely + (queue.broker_up ? '' : '.down'),
      el('h3', {}, el('span.dim', {}, `${words.queue} `), queue.name),
      items.length ? el('ol.items', {}, ...items) : el('div.hollow', { 'aria-hidden': 'true' }),
      el('p.foot', {}, told.filter(Boolean).join(' · ')));
  }

  /** @param {Item} item */
  waiting(item) {
    const told = el('small.dim', {}, this.say('waits', { time: clock(item.waited) }));
    this.tickers.push((by) => { told.textContent = this.say('waits', { time: clock(item.waited + by) }); });
    return told;
  }

  workers() {
    const { scene, words } = this;
    const cards = scene.workers.length <= CARDS;
    const drawn = scene.workers.map((one) => (cards ? this.worker(one) : this.tile(one)));
    if (cards) return drawn;
    const busy = scene.workers.filter((one) => one.busy).length;
    return [el('p.dim.head', {}, fill(words.busy, { busy, total: scene.workers.length })), ...drawn];
  }

  /** @param {Worker} worker */
  head(worker) {
    return el('header', {}, el('h3', {}, worker.name), el(`span.state.${worker.state}`, {},
      el('i', { 'aria-hidden': 'true' }, STATES[/** @type {keyof typeof STATES} */ (worker.state)] ?? ''), ` ${this.words[`state.${worker.state}`]}`));
  }

  /** @param {Worker} worker */
  worker(worker) {
    const { words } = this;
    if (worker.state === 'killed') {
      return this.box('worker', worker.name, '.killed', this.head(worker),
        el('p.dim', {}, this.say('since', { time: clock(worker.since) })),
        el('ul.held', {}, ...worker.dropped.map(([uuid, fate]) => el('li', {}, this.chip(uuid, '',
          fate === 'lost' ? 'failed' : 'waiting',
          `${FATES[/** @type {keyof typeof FATES} */ (fate)]} ${words[`fate.${fate}`]}`)))));
    }
    const usual = worker.queues.length === 1 && worker.queues[0] === 'celery';
    return this.box('worker', worker.name, '', this.head(worker),
      el('ul.slots', {}, ...this.slots(worker)), this.held(worker),
      el('p.foot', {}, this.say('ran', { count: count(worker.done) }),
        worker.queues.length && !usual ? ` · -Q ${worker.queues.join(',')}` : ''));
  }

  /** @param {Worker} worker */
  slots(worker) {
    const some = worker.slots.slice(0, worker.busy > SLOTS + 1 ? SLOTS : SLOTS + 1).map((slot) => this.slot(slot, worker));
    const more = worker.busy - some.length;
    return more > 0 ? [...some, el('li.dim', {}, `${this.words['state.running']} · ${this.say('more', { count: count(more) })}`)] : some;
  }

  /**
   * @param {Slot} slot
   * @param {Worker} worker
   */
  slot(slot, worker) {
    const bar = el('span.fill');
    const told = el('small.time', {});
    /** @param {number} by */
    const tick = (by) => {
      const elapsed = slot.elapsed + by;
      bar.style.width = slot.planned ? `${Math.min(100, (100 * elapsed) / slot.planned)}%` : '100%';
      told.textContent = slot.planned === null ? this.say('seconds', { time: clock(elapsed) })
        : this.say('seconds', { time: `${clock(Math.min(elapsed, slot.planned))}/${clock(slot.planned)}` });
    };
    tick(0);
    this.tickers.push(tick);
    const acked = el(`small.ack${slot.acked ? '.done' : '.dim'}`, {}, slot.acked ? `▾ ${this.words.acked}` : this.words.not_acked);
    return el('li.slot', {},
      el('div.line.first', {}, worker.concurrency > 1 ? el('span.number.dim', {}, `${slot.slot}`) : null, this.chip(slot.uuid, slot.name, 'running'), acked),
      el('div.line', {}, el(`span.progress${slot.planned === null ? '.open' : ''}`, { 'aria-hidden': 'true' }, bar), told));
  }

  /** @param {Worker} worker */
  held(worker) {
    const { words } = this;
    /** @type {[string[], number, string][]} */
    const kinds = [
      [worker.unsettled, worker.unsettled_count, words.unsettled], [worker.reserved, worker.reserved_count, words.reserved],
      [worker.coming, worker.coming_count, words.coming], [worker.sending, worker.sending_count, words.sending],
    ];
    const lines = kinds.flatMap(([uuids, total, told]) => {
      const some = uuids.slice(0, SLOTS).map((uuid) => el('li', {}, this.chip(uuid, '', 'waiting', told)));
      return total > some.length ? [...some, el('li.dim', {}, `${told} · ${this.say('more', { count: count(total - some.length) })}`)] : some;
    });
    const etas = worker.scheduled.slice(0, SLOTS).map(([uuid, eta]) =>
      el('li', {}, this.chip(uuid, '', 'waiting', `ETA ${this.say('seconds', { time: clock(eta) })}`)));
    if (worker.scheduled_count > etas.length) etas.push(el('li.dim', {}, this.say('more', { count: count(worker.scheduled_count - etas.length) })));
    return lines.length + etas.length ? el('ul.held', {}, ...lines, ...etas) : null;
  }

  /** @param {Worker} worker */
  tile(worker) {
    const told = this.words[`state.${worker.state}`];
    return this.box('worker', worker.name, `.tile.${worker.state}`, el('b', {}, worker.name), el('span.unseen', {}, ` ${told} `),
      el('span', { title: told }, worker.concurrency > 1 && worker.busy ? `${worker.busy}/${worker.concurrency} ` : '',
        el('i', { 'aria-hidden': 'true' }, STATES[/** @type {keyof typeof STATES} */ (worker.state)] ?? '')));
  }

  store() {
    const { store } = this.scene;
    if (!store) return null;
    const sign = RESULTS[/** @type {keyof typeof RESULTS} */ (store.state)] ?? '';
    return this.box('store', '', '', el('h3.dim', {}, this.words.store),
      el('p.foot', {}, this.say('stored', { count: count(store.count) }), store.uuid ? ` · ${sign} ${this.short(store.uuid)}` : ''));
  }

  services() {
    const { services } = this.scene;
    if (!services.length) return null;
    return this.box('services', '', '', el('h3.dim', {}, this.words.services), el('ul', {}, ...services.map((one) =>
      el(`li.service${one.down ? '.down' : ''}`, {}, el('b', {}, `${one.down ? '✕' : '✓'} ${one.name}`), ' ',
        [one.down ? this.words.service_down : this.words.service_up,
          one.capacity === null ? this.say('calls', { count: one.calls }) : this.say('calls_of', { count: one.calls, most: one.capacity }),
          one.waiting ? this.say('wait_for_service', { count: one.waiting }) : ''].filter(Boolean).join(' · ')))));
  }
}
