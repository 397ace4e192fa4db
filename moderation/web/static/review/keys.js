// Keys for the review pages. Everything here works without this file, by links and buttons:
// an element that has a key says so itself, in data-key.
"use strict";

(() => {
  let leaving = false;

  const isTyping = (target) =>
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.matches("textarea, select, input:not([type=checkbox]):not([type=radio])"));

  const lines = () => Array.from(document.querySelectorAll("[data-list] .line"));

  const moveInList = (step) => {
    const all = lines();
    if (!all.length) return false;
    const at = all.indexOf(document.activeElement);
    const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step;
    const chosen = all[Math.max(0, Math.min(all.length - 1, next))];
    chosen.focus();
    chosen.scrollIntoView({ block: "nearest" });
    return true;
  };

  const elementFor = (key) =>
    Array.from(document.querySelectorAll("[data-key]")).find(
      (element) => !element.disabled && element.dataset.key.split(" ").includes(key),
    );

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
    if (leaving || isTyping(event.target) || document.querySelector("dialog[open]")) return;
    if ((event.key === "j" && moveInList(1)) || (event.key === "k" && moveInList(-1))) {
      event.preventDefault();
      return;
    }
    const element = elementFor(event.key);
    if (!element) return;
    event.preventDefault();
    // A second press on the way out must not reach the comment that comes next.
    leaving = element.matches("a, button:not([type=button])");
    element.click();
  });

  // A press of a key and a click must not send one form twice.
  document.addEventListener("submit", (event) => {
    if (event.target.dataset.sent) event.preventDefault();
    if (event.target.method === "post") event.target.dataset.sent = "yes";
  });

  // Coming back by the browser's own button shows the page as it was left: awake again.
  window.addEventListener("pageshow", () => {
    leaving = false;
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
  });

  document.querySelectorAll("[data-opens]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () =>
      document.getElementById(button.dataset.opens).showModal());
  });

  // A live region speaks only about what changes after the page has loaded.
  const said = document.querySelector("[data-announce] p");
  const live = document.getElementById("live");
  if (said && live) {
    window.setTimeout(() => {
      live.textContent = said.textContent.replace(/\s+/g, " ").trim();
    }, 150);
  }
})();
