// Roads between the boxes of a stage, and what travels on them.

const TRAVEL = 460;
/** Most things that fly one by one; more are counted. */
const FLYING = 6;
/** Most roads; with more, none is drawn. */
const ROADS = 16;
const STEPS = 24;

/** @typedef {{ x: number, y: number }} Point */

/** The layer above a stage that holds roads and flights. */
class Sky {
  /** @param {HTMLElement} stage */
  constructor(stage) {
    this.stage = stage;
    this.roads = svg('svg.roads', { 'aria-hidden': 'true' });
    this.pills = el('div.pills', { 'aria-hidden': 'true' });
  }

  /**
   * @param {string} kind
   * @param {string} name
   * @returns {HTMLElement | null}
   */
  find(kind, name) {
    const boxes = /** @type {NodeListOf<HTMLElement>} */ (this.stage.querySelectorAll('[data-kind]'));
    const all = [...boxes].filter((box) => box.dataset.kind === kind);
    return all.find((box) => box.dataset.name === name) ?? (name ? null : all[0] ?? null);
  }

  /** @param {Element} box */
  place(box) {
    const [outer, inner] = [this.stage.getBoundingClientRect(), box.getBoundingClientRect()];
    const [x, y] = [inner.left - outer.left, inner.top - outer.top];
    return { left: x, right: x + inner.width, top: y, bottom: y + inner.height, middle: y + Math.min(inner.height / 2, 30), centre: x + inner.width / 2 };
  }

  /**
   * Draw the roads of a scene; those of the last moves are lit.
   * @param {Scene} scene
   * @param {Move[]} moves
   */
  draw(scene, moves) {
    /** @type {[string, string, string, string][]} */
    const ways = [];
    const queues = scene.queues.filter((queue) => !queue.dead);
    for (const one of scene.producers) for (const queue of queues) ways.push(['producer', one.name, 'queue', queue.name]);
    for (const one of scene.workers) for (const queue of one.queues) ways.push(['queue', queue, 'worker', one.name]);
    const lit = new Set(moves.slice(-FLYING).flatMap((move) => [[move.source, move.target], [move.target, move.source]])
      .map(([[kind, name], [other, its]]) => `${kind} ${name} ${other} ${its}`));
    const drawn = ways.length > ROADS ? [] : ways.map((way) => {
      const d = this.way(way[0], way[1], way[2], way[3]);
      return d ? svg(`path${lit.has(way.join(' ')) ? '.lit' : ''}`, { d, 'marker-end': 'url(#arrow)' }) : null;
    });
    const arrow = svg('marker', { id: 'arrow', viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 9, markerHeight: 9, markerUnits: 'userSpaceOnUse', orient: 'auto' },
      svg('path.head', { d: 'M1 1 L7 4 L1 7' }));
    this.roads.replaceChildren(svg('defs', {}, arrow), ...drawn.filter((road) => road !== null));
  }

  /**
   * @param {string} kind
   * @param {string} name
   * @param {string} other
   * @param {string} its
   * @returns {string}
   */
  way(kind, name, other, its) {
    const [one, two] = [this.find(kind, name), this.find(other, its)];
    if (!one || !two) return '';
    const [a, b] = [this.place(one), this.place(two)];
    if (b.left >= a.right) {
      const half = (b.left - a.right) / 2;
      return `M${a.right} ${a.middle} C${a.right + half} ${a.middle} ${b.left - half} ${b.middle} ${b.left - 2} ${b.middle}`;
    }
    if (a.left >= b.right) {
      const half = (a.left - b.right) / 2;
      return `M${a.left} ${a.middle} C${a.left - half} ${a.middle} ${b.right + half} ${b.middle} ${b.right + 2} ${b.middle}`;
    }
    // One above the other: a rail to the left of both.
    const rail = Math.max(3, Math.min(a.left, b.left) - 11);
    const turn = 7;
    return `M${a.left} ${a.middle} H${rail + turn} Q${rail} ${a.middle} ${rail} ${a.middle + turn} V${b.middle - turn} Q${rail} ${b.middle} ${rail + turn} ${b.middle} H${b.left - 2}`;
  }

  /**
   * Points along the road between two places, or straight where there is none.
   * @param {Spot} source
   * @param {Spot} target
   * @returns {Point[]}
   */
  points(source, target) {
    const order = ['producer', 'queue', 'worker', 'store'];
    const back = order.indexOf(source[0]) > order.indexOf(target[0]);
    const [from, to] = back ? [target, source] : [source, target];
    const d = this.way(from[0], from[1], to[0], to[1]);
    if (!d) return [];
    const path = /** @type {SVGPathElement} */ (svg('path', { d }));
    const length = path.getTotalLength();
    const points = Array.from({ length: STEPS + 1 }, (_, n) => path.getPointAtLength((length * n) / STEPS));
    return back ? points.reverse() : points;
  }

  /**
   * Let moves fly; what arrives is seen at its place only then.
   * @param {Move[]} moves
   * @param {number} speed
   */
  fly(moves, speed) {
    this.pills.replaceChildren();
    const crowded = moves.filter((move) => move.kind !== 'result').length > FLYING;
    const flying = crowded ? grouped(moves) : moves;
    /** @type {Map<string, number>} */
    const legs = new Map();
    for (const move of flying) {
      const leg = move.kind === 'task' && move.uuid ? legs.get(move.uuid) ?? 0 : 0;
      if (move.kind === 'task') legs.set(move.uuid, leg + 1);
      const whole = TRAVEL / speed;
      const [delay, lasts] = move.part ? [((move.part - 1) * whole) / 2, whole / 2] : [leg * whole, whole];
      this.send(move, delay, lasts);
      if (move.kind === 'task' && !crowded) this.arrive(move, delay + lasts * 0.85);
    }
  }

  /**
   * @param {Move} move
   * @param {number} delay milliseconds
   * @param {number} lasts milliseconds
   */
  send(move, delay, lasts) {
    const lost = move.kind === 'drop' && move.target[0] === 'worker';
    const points = lost ? this.falling(move) : this.points(move.source, move.target);
    if (!points.length) return;
    const pill = el(`span.pill.${move.kind}${lost ? '.lost' : ''}`, {}, lost ? `☠ ${move.label}` : move.label);
    this.pills.append(pill);
    const frames = points.map((point, n) => ({
      transform: `translate(${point.x}px, ${point.y}px) translate(-50%, -50%)`,
      opacity: lost ? 1 - n / points.length : n === 0 || n === points.length - 1 ? 0.2 : 1,
    }));
    pill.animate(frames, { duration: lasts, delay, easing: 'ease-in-out', fill: 'backwards' }).finished
      .then(() => pill.remove(), () => pill.remove());
  }

  /** @param {Move} move */
  falling(move) {
    const box = this.find(move.source[0], move.source[1]);
    if (!box) return [];
    const place = this.place(box);
    return Array.from({ length: STEPS }, (_, n) => ({ x: place.centre, y: place.middle + n * 2.5 }));
  }

  /**
   * @param {Move} move
   * @param {number} after milliseconds
   */
  arrive(move, after) {
    const box = this.find(move.target[0], move.target[1]);
    const chips = /** @type {HTMLElement[]} */ ([...(box?.querySelectorAll('[data-uuid]') ?? [])]);
    const chip = chips.find((one) => one.dataset.uuid === move.uuid);
    const held = chip?.closest('li') ?? chip;
    held?.animate([{ opacity: 0 }, { opacity: 0 }], { duration: after });
  }

  clear() {
    this.pills.replaceChildren();
  }
}

/**
 * Moves that share a way as one, with their number.
 * @param {Move[]} moves
 * @returns {Move[]}
 */
function grouped(moves) {
  /** @type {Map<string, Move[]>} */
  const ways = new Map();
  for (const move of moves) {
    const key = `${move.kind} ${move.part} ${move.source.slice(0, 2).join(' ')} ${move.target.slice(0, 2).join(' ')}`;
    ways.set(key, [...(ways.get(key) ?? []), move]);
  }
  return [...ways.values()].slice(0, 2 * FLYING).map((same) => ({
    ...same[0], uuid: '', label: same.length > 1 ? `${same[0].kind === 'task' ? '' : same[0].label} ×${same.length}` : same[0].label,
  }));
}
