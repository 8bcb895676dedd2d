// The texts of a moment: what just happened, why things wait, notes; questions and what became of them.

/** @typedef {Map<number, number | null>} Answers choices by the number of the question; null is "not sure" */

/**
 * @param {Scene} scene
 * @param {Words} words
 * @returns {Child[]}
 */
function tellMoment(scene, words) {
  const order = { now: 0, note: 1, why: 2, unsettled: 3 };
  const lines = [...scene.words].sort((one, other) =>
    order[/** @type {keyof typeof order} */ (one.kind)] - order[/** @type {keyof typeof order} */ (other.kind)]);
  return lines.map((line) => el(`p.${line.kind}`, {}, line.kind === 'now' && line.has_keys ? words.ready : line.text));
}

/**
 * A question that waits for its answer.
 * @param {Question} question
 * @param {Words} words
 * @param {(choice: number | null) => void} answer
 */
function askQuestion(question, words, answer) {
  return el('div.question', { role: 'group', 'aria-labelledby': 'asked' },
    el('h2', { id: 'asked' }, el('span.badge', { 'aria-hidden': 'true' }, '?'), question.text),
    el('ol.choices', {}, ...question.choices.map((choice, place) =>
      el('li', {}, el('button.choice', { type: 'button', onclick: () => answer(place) }, el('kbd', { 'aria-hidden': 'true' }, place + 1), el('span', {}, choice.text))))),
    el('button.unsure', { type: 'button', onclick: () => answer(null) }, words.not_sure));
}

/**
 * An answer that was given here; the run will show whether it is right.
 * @param {Question} question
 * @param {number | null} choice
 * @param {Words} words
 */
function noteAnswer(question, choice, words) {
  return el('div.question.given', {}, el('p.dim', {}, question.text),
    choice === null ? null : el('p', {}, el('b', {}, question.choices[choice].text), el('span.dim', {}, ` (${words.your_answer})`)),
    el('p.dim', {}, choice === null ? words.not_known : words.noted));
}

/**
 * What the run says to an answer, with the reasons: first those against a wrong choice.
 * @param {Question} question
 * @param {number | null} choice
 * @param {Words} words
 */
function tellVerdict(question, choice, words) {
  const right = /** @type {number} */ (question.right);
  const isRight = choice === right;
  const told = choice === null ? words.in_the_run : isRight ? words.right : words.wrong;
  const chosen = choice === null || isRight ? null : question.choices[choice];
  return el(`div.question.verdict.${choice === null ? 'unknown' : isRight ? 'right' : 'wrong'}`, {},
    el('p.dim', {}, question.text),
    el('p.told', {}, el('span.badge', { 'aria-hidden': 'true' }, choice === null ? '?' : isRight ? '✓' : '✕'),
      el('b', {}, `${told}: ${question.choices[right].text}`), chosen ? el('span.dim', {}, ` (${words.your_answer}: ${chosen.text})`) : null),
    chosen?.because ? el('p', {}, chosen.because) : null, question.why ? el('p', {}, question.why) : null);
}
