// What belongs to the whole run: the summary at its end, and two runs side by side.

/**
 * The summary of a run that was seen to its end.
 * @param {Run} run
 * @param {Answers} answers
 * @param {Words} words
 * @param {(frame: number) => void} go
 * @returns {Child[]}
 */
function tellResults(run, answers, words, go) {
  /** @param {Question} question */
  const state = ({ number, right }) => {
    const choice = answers.get(number);
    return choice === undefined ? 'open' : choice === null ? 'unknown' : choice === right ? 'right' : 'wrong';
  };
  const asked = run.questions.map((question) => ({ question, state: state(question) }));
  const met = run.goals.filter((goal) => goal.met).length;
  return [
    el('h2', {}, words.summary),
    asked.length ? el('p', {}, fill(words.right_of, { right: asked.filter((one) => one.state === 'right').length, total: asked.length })) : null,
    asked.length ? el('ul.plain', {}, ...asked.map(({ question, state: how }) =>
      el(`li.result.${how}`, {}, question.text, el('b', {}, ` ${words[`answer_${how}`]}`)))) : null,
    run.goals.length ? el('p', {}, fill(words.goals, { met, total: run.goals.length })) : null,
    run.goals.length ? el('ul.plain', {}, ...run.goals.map((goal) => tellGoal(goal, words, go))) : null,
    run.exercise ? el('section.exercise', {}, el('h3', {}, words.exercise), el('p', {}, run.exercise.text),
      ...run.exercise.rules.map((rule) => el('p.dim', {}, rule)), el('p.dim', {}, run.exercise.check)) : null,
  ];
}

/**
 * @param {Goal} goal
 * @param {Words} words
 * @param {(frame: number) => void} go
 */
function tellGoal(goal, words, go) {
  const { frame } = goal;
  return el(`li.result.${goal.met ? 'right' : 'wrong'}`, {}, goal.text, el('b', {}, ` ${goal.met ? words.met : words.not_met}`),
    goal.met ? null : el('small.dim', {}, `${goal.values} · ${goal.decided} `),
    frame === null ? null : el('button.link', { type: 'button', onclick: () => go(frame) }, words.see));
}

/**
 * Two runs side by side: their timelines on one scale, and the measures that differ.
 * @param {Compared} compared
 * @param {Words} words
 * @param {number} width
 * @param {(side: number, frame: number) => void} go
 * @returns {Child[]}
 */
function tellComparison(compared, words, width, go) {
  return [
    el('p.now', {}, compared.divergence),
    ...compared.sides.map((side, place) => {
      const { frame } = side;
      return el('section.side', {}, el('h3', {}, side.name),
        side.divergence ? el('p', {}, side.divergence, ' ',
          frame === null ? null : el('button.link', { type: 'button', onclick: () => go(place, frame) }, words.see)) : null,
        stillTimeline(side, words, width, compared.end));
    }),
    el('div.scroll', { tabindex: 0, role: 'region', 'aria-label': words.compare }, el('table', {},
      el('thead', {}, el('tr', {}, el('td'), ...compared.sides.map((side) => el('th', { scope: 'col' }, side.name)))),
      el('tbody', {}, ...compared.measures.map((row) => el('tr', {}, el('th', { scope: 'row' }, row.name),
        ...row.values.map((value) => el('td', {}, value))))))),
  ];
}

/**
 * A timeline without a scrubber.
 * @param {Side} side
 * @param {Words} words
 * @param {number} width
 * @param {number} end
 */
function stillTimeline(side, words, width, end) {
  const made = drawTimeline(side.timeline, side.queues, words, side.names, width, end);
  const names = el('div.names', { 'aria-hidden': 'true' }, ...made.rows.map((row) => el('span', {}, row.name)));
  const ticks = made.ticks.map(({ x, text }) => svg('text.tick', { x, y: made.height + 14 }, text));
  return el('div.timeline.still', {}, names,
    svg('svg', { width, height: made.height + 18, role: 'img', 'aria-label': `${words.timeline}: ${side.name}` }, ...made.drawn, ...ticks));
}
