// The page around textual-serve's terminal: where it connects, keys without a click, and a way to begin again.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const terminal = /** @type {HTMLElement} */ (document.getElementById("terminal"));
  const again = /** @type {HTMLElement} */ (document.getElementById("again"));
  terminal.dataset.sessionWebsocketUrl = location.origin.replace(/^http/, "ws") + "/ws";
  again.addEventListener("click", () => location.reload());
  // The terminal is ready when the program has drawn; from then on keys are its own, until it has ended.
  new MutationObserver(() => {
    const closed = document.body.classList.contains("-closed");
    const field = /** @type {HTMLElement | null} */ (terminal.querySelector(".xterm-helper-textarea"));
    (closed ? again : field)?.focus();
  }).observe(document.body, { attributes: true, attributeFilter: ["class"] });
});
