// The page of a voter: shows what the room asks, and sends the answer until the room has it. No framework, no rule.
"use strict";

/**
 * @typedef {{key: string, text: Record<string, string>, choices: Record<string, string>[]}} Question
 * @typedef {{question: Question | null, round: number, open: boolean, right: number | null, mine: number | null,
 *   order: number}} State
 */

/** @type {Record<string, Record<string, string>>} */
const WORDS = JSON.parse(/** @type {HTMLElement} */ (document.getElementById("words")).textContent || "{}");
const HOME = location.pathname.replace(/\/$/, "");
const RETRY = 1500;

let language = navigator.language.toLowerCase().startsWith("ko") ? "ko" : "en";
/** @type {State} */
let state = { question: null, round: 1, open: false, right: null, mine: null, order: 0 };
/** @type {{key: string, round: number, choice: number, order: number} | null} */
let pending = null;
let connected = true;

/** @param {string} id */
const at = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
/** @param {Record<string, string>} texts */
const pick = (texts) => texts[language] || Object.values(texts)[0] || "";

function note() {
  const words = WORDS[language];
  if (!connected) return words.offline;
  if (!state.question) return "";
  if (pending) return words.sending;
  if (state.right !== null) return "";
  if (!state.open) return state.mine === null ? words.missed : words.closed;
  return state.mine === null ? words.choose : words.sent;
}

function draw() {
  const words = WORDS[language], question = state.question;
  document.documentElement.lang = language;
  document.title = words.title;
  at("language").textContent = words.other;
  at("language").setAttribute("lang", language === "ko" ? "en" : "ko");
  at("question").textContent = question ? pick(question.text) : words.waiting;
  at("round").hidden = !question || state.round !== 2;
  at("round").textContent = words.second;
  at("note").textContent = note();
  const chosen = pending ? pending.choice : state.mine;
  const rows = question ? question.choices : [];
  const box = at("choices");
  while (box.children.length > rows.length) /** @type {Element} */ (box.lastElementChild).remove();
  rows.forEach((texts, index) => {
    let button = /** @type {HTMLButtonElement | undefined} */ (box.children[index]);
    if (!button) {
      button = document.createElement("button");
      button.type = "button";
      button.append(...["span", "span", "small"].map((name) => document.createElement(name)));
      button.children[0].className = "number";
      button.addEventListener("click", () => choose(index));
      box.append(button);
    }
    const right = state.right === index;
    button.className = right ? "choice right" : "choice";
    button.disabled = !state.open;
    button.setAttribute("aria-pressed", String(chosen === index));
    button.children[0].textContent = `${index + 1}`;
    button.children[1].textContent = pick(texts);
    const told = [chosen === index && !state.open ? words.yours : "", right ? words.right : ""];
    button.children[2].textContent = told.filter(Boolean).join(" · ");
  });
}

/** @param {State} next */
function take(next) {
  state = next;
  connected = true;
  const question = next.question;
  if (pending && (!question || !next.open || question.key !== pending.key || next.round !== pending.round)) pending = null;
  draw();
}

/** @param {number} choice */
function choose(choice) {
  if (!state.question || !state.open) return;
  const order = Math.max(state.order, pending ? pending.order : 0) + 1;
  const sending = pending !== null;
  pending = { key: state.question.key, round: state.round, choice, order };
  draw();
  if (!sending) void send();
}

async function send() {
  while (pending) {
    const vote = pending;
    try {
      const answer = await fetch(`${HOME}/vote`, {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(vote),
      });
      const next = answer.ok ? await answer.json() : await (await fetch(`${HOME}/state`)).json();
      if (pending === vote) pending = null;
      take(next);
    } catch {
      connected = false;
      draw();
      await new Promise((done) => setTimeout(done, RETRY));
    }
  }
}

function listen() {
  const stream = new EventSource(`${HOME}/events`);
  stream.onmessage = (event) => take(JSON.parse(event.data));
  stream.onerror = () => {
    connected = false;
    draw();
    if (stream.readyState === EventSource.CLOSED) setTimeout(listen, RETRY);
  };
}

at("language").addEventListener("click", () => {
  language = language === "ko" ? "en" : "ko";
  draw();
});
draw();
listen();
