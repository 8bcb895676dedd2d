// Keys and touch, and the start of the page.

/** @param {Player} player */
function listen(player) {
  document.addEventListener('keydown', (event) => {
    const target = event.target instanceof Element ? event.target : document.body;
    if (event.ctrlKey || event.metaKey || event.altKey || player.view.help.open || target.closest('input, select, textarea')) return;
    // A button, a link or a summary that has the focus keeps its own keys.
    const pressed = event.key === ' ' || event.key === 'Enter';
    if (pressed && target.closest('button, a, summary')) return;
    const does = keyed(player, event);
    if (!does) return;
    event.preventDefault();
    does();
  });
  /** @type {{ x: number, y: number } | null} */
  let touch = null;
  const { stage } = player.view;
  stage.addEventListener('touchstart', (event) => { touch = event.touches.length === 1 ? { x: event.touches[0].clientX, y: event.touches[0].clientY } : null; }, { passive: true });
  stage.addEventListener('touchend', (event) => {
    if (!touch) return;
    const [by, down] = [event.changedTouches[0].clientX - touch.x, event.changedTouches[0].clientY - touch.y];
    touch = null;
    if (Math.abs(by) > 40 && Math.abs(by) > 2 * Math.abs(down)) player.step(by < 0 ? 1 : -1);
  });
  window.addEventListener('hashchange', () => player.follow());
  window.addEventListener('beforeprint', () => { player.pause(); player.view.past.setAttribute('open', ''); player.view.transcript(); });
  document.addEventListener('visibilitychange', () => { if (document.hidden) player.pause(); });
}

/**
 * What a key does; null if nothing.
 * @param {Player} player
 * @param {KeyboardEvent} event
 * @returns {(() => void) | null}
 */
function keyed(player, event) {
  const { key } = event;
  switch (key) {
    case ' ': return () => player.toggle();
    case 'ArrowRight': return () => (event.shiftKey ? player.rawStep(1) : player.step(1));
    case 'ArrowLeft': return () => (event.shiftKey ? player.rawStep(-1) : player.step(-1));
    case '.': return () => player.rawStep(1);
    case ',': return () => player.rawStep(-1);
    case 'Home': return () => player.jump(-1);
    case 'End': return () => player.jump(1);
    case 'PageDown': return () => player.mark(1);
    case 'PageUp': return () => player.mark(-1);
    case '<': return () => player.faster(-1);
    case '>': return () => player.faster(1);
    case '=': return () => player.faster(0);
    case '?': return () => player.view.help.showModal();
    case 'L': case 'l': case 'ㅣ': return player.book.langs.length > 1 ? () => player.speak(1 - player.lang) : null;
    case 'Enter': return player.question ? () => player.answer(null) : null;
    default: return player.question && /^[1-9]$/.test(key) ? () => player.answer(Number(key) - 1) : null;
  }
}

void openPage((book, root) => {
  const player = new Player(book, root);
  player.view.build();
  player.follow();
  listen(player);
});
