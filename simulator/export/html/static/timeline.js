// The run over time: queues as areas, executions as bars, and the ruler below them that is the scrubber.

const ROW = 22;
const BAR = 14;
const BEFORE = -1;
const CUT_OFF = ['lost', 'revoked', 'cancelled'];
/** @type {Record<string, string>} */
const AFTER = { failed: '✕', rejected: '✕', retried: '↻' };

/**
 * The rows of a timeline.
 * @param {Timeline} timeline
 * @param {number} queues how many queues there are: a single one needs no name
 * @param {Words} words
 * @returns {{ name: string, curve?: Curve, tone?: string, lane?: Lane, held?: Lane }[]}
 */
function rowsOf(timeline, queues, words) {
  const rows = [];
  for (const curve of timeline.queues) {
    const name = curve.what ? (queues > 1 ? curve.what : words.queue) : words.all_queues;
    rows.push({ name, curve, tone: curve.dead ? 'failed' : 'waiting' });
  }
  for (const lane of timeline.lanes) {
    rows.push({ name: lane.slot === 1 ? lane.worker : `· ${lane.slot}`, lane });
    if (lane.held.length || lane.held_ahead) rows.push({ name: `· ${words.held_row}`, held: lane });
  }
  if (timeline.busy) rows.push({ name: words.running_row, curve: timeline.busy, tone: 'running' });
  if (timeline.held) rows.push({ name: `· ${words.held_row}`, curve: timeline.held, tone: 'waiting' });
  return rows;
}

/**
 * Draw a timeline.
 * @param {Timeline} timeline
 * @param {number} queues
 * @param {Words} words
 * @param {Record<string, string>} names short names of tasks
 * @param {number} width pixels of the time axis
 * @param {number} end microseconds; the end of the scale
 */
function drawTimeline(timeline, queues, words, names, width, end) {
  const { scale } = timeline;
  const columns = scale.times.length - 1;
  const x = (/** @type {number} */ column) => (column * width) / columns;
  const rows = rowsOf(timeline, queues, words);
  const height = Math.max(1, rows.length) * ROW;
  /** @type {Element[]} */
  const drawn = [];
  rows.forEach((row, place) => {
    const top = place * ROW + (ROW - BAR) / 2;
    drawn.push(svg('line.base', { x1: 0, x2: width, y1: top + BAR + 0.5, y2: top + BAR + 0.5 }));
    if (row.curve) drawn.push(area(row.curve, row.tone ?? 'waiting', top, x));
    if (row.held) drawn.push(...heldBars(row.held, names, scale.now, top, x));
    if (row.lane) {
      drawn.push(...row.lane.bars.flatMap((bar) => barOf(bar, names, top, x, columns)));
      drawn.push(...row.lane.deaths.map((column) => svg('text.death', { x: x(column), y: top + BAR - 2 }, '☠')));
    }
  });
  const folds = scale.folds.map((fold) => svg('rect.fold', { x: x(fold.first), y: 0, width: x(fold.behind - fold.first), height }));
  return { rows, height, drawn: [...folds, ...drawn], ticks: ticksOf(scale, width, end, words), x };
}

/**
 * @param {Curve} curve
 * @param {string} tone
 * @param {number} top
 * @param {(column: number) => number} x
 */
function area(curve, tone, top, x) {
  const most = Math.max(curve.least, ...curve.values);
  let d = `M0 ${top + BAR}`;
  let before = 0;
  curve.values.forEach((value, column) => {
    if (value !== before) d += ` H${x(column).toFixed(1)} V${(top + BAR - (BAR * value) / most).toFixed(1)}`;
    before = value;
  });
  return svg(`path.area.${tone}`, { d: `${d} H${x(curve.values.length).toFixed(1)} V${top + BAR} Z` });
}

/**
 * @param {Bar} bar
 * @param {Record<string, string>} names
 * @param {number} top
 * @param {(column: number) => number} x
 * @param {number} columns
 * @returns {Element[]}
 */
function barOf(bar, names, top, x, columns) {
  const [left, wide] = [x(bar.start), Math.max(2, x(bar.length) - 1)];
  const tone = CUT_OFF.includes(bar.outcome) ? 'cut' : bar.ended ? (AFTER[bar.outcome] === '✕' ? 'failed' : 'ended') : 'running';
  const drawn = [svg(`rect.bar.${tone}`, { x: left, y: top, width: wide, height: BAR, rx: 2 })];
  if (bar.planned) {
    const until = Math.min(x(bar.start + bar.length + bar.planned), x(columns));
    drawn.push(svg('line.plan', { x1: left + wide, x2: until, y1: top + BAR / 2, y2: top + BAR / 2 }));
  }
  const sign = AFTER[bar.outcome] ?? '';
  const name = `${bar.acked === BEFORE ? '▾' : ''}${bar.attempt > 1 ? `↻${bar.attempt} ` : ''}${shortIn(names, bar.uuid)}`;
  if (wide > name.length * 6.6 + (sign ? 12 : 6)) drawn.push(svg('text.label', { x: left + 4, y: top + BAR - 3 }, name));
  if (sign && wide > 12) drawn.push(svg('text.sign', { x: left + wide - 10, y: top + BAR - 3 }, sign));
  if (bar.acked !== null && bar.acked !== BEFORE) {
    const at = Math.min(x(bar.acked), left + wide);
    drawn.push(svg('path.ackmark', { d: `M${at - 3.5} ${top - 2} h7 l-3.5 5 z` }));
  }
  return drawn;
}

/**
 * @param {Lane} lane
 * @param {Record<string, string>} names
 * @param {number} now
 * @param {number} top
 * @param {(column: number) => number} x
 * @returns {Element[]}
 */
function heldBars(lane, names, now, top, x) {
  const drawn = lane.held.flatMap((held) => {
    const wide = Math.max(2, x(held.length));
    const name = `${shortIn(names, held.uuid)}${held.count > 1 ? ` +${held.count - 1}` : ''}`;
    const bar = svg('rect.held', { x: x(held.start), y: top + 3, width: wide, height: BAR - 6 });
    return wide > name.length * 6.6 + 8 ? [bar, svg('text.label.waiting', { x: x(held.start) + 4, y: top + BAR - 3 }, name)] : [bar];
  });
  if (lane.held_ahead) drawn.push(svg('line.plan.waiting', { x1: x(now), x2: x(now + lane.held_ahead), y1: top + BAR / 2, y2: top + BAR / 2 }));
  return drawn;
}

/**
 * @param {Record<string, string>} names
 * @param {string} uuid
 */
function shortIn(names, uuid) {
  return Object.hasOwn(names, uuid) ? names[uuid] : uuid;
}

/**
 * Marks of the scale at round times, not closer than they can be read.
 * @param {Scale} scale
 * @param {number} width
 * @param {number} end
 * @param {Words} words
 * @returns {{ x: number, text: string }[]}
 */
function ticksOf(scale, width, end, words) {
  const columns = scale.times.length - 1;
  const least = (scale.length / MICROS) * (76 / Math.max(width, 1));
  let step = 10 ** Math.ceil(Math.log10(Math.max(least, 1e-6)));
  for (const part of [5, 2]) if (step / part >= least) { step /= part; break; }
  const ticks = [];
  let last = -Infinity;
  for (let time = Math.ceil(scale.times[0] / MICROS / step) * step; time <= Math.min(end, scale.times[columns]) / MICROS + 1e-9; time += step) {
    const x = columnOf(scale, time * MICROS) * (width / columns);
    if (x - last < 60) continue;
    ticks.push({ x, text: fill(words.seconds, { time: Number(time.toPrecision(6)) }) });
    last = x;
    if (ticks.length > 60) break;
  }
  return ticks;
}

/**
 * The place of a moment on a scale, in columns and parts of one.
 * @param {Scale} scale
 * @param {number} time
 */
function columnOf(scale, time) {
  const { times } = scale;
  let [low, high] = [0, times.length - 1];
  if (time <= times[0]) return 0;
  if (time >= times[high]) return high;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (times[middle] <= time) low = middle;
    else high = middle;
  }
  return low + (time - times[low]) / Math.max(1, times[high] - times[low]);
}

/**
 * The moment at a place of a scale.
 * @param {Scale} scale
 * @param {number} column
 */
function timeOf(scale, column) {
  const { times } = scale;
  const low = Math.max(0, Math.min(times.length - 2, Math.floor(column)));
  return times[low] + (Math.max(0, Math.min(1, column - low))) * (times[low + 1] - times[low]);
}
