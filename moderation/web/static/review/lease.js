// Keeps the case of this page with the moderator who works on it, and gives it back on leaving.
// Without this file it stays theirs for two minutes. Whoever settles it first counts either way.
"use strict";

(() => {
  const form = document.querySelector("form[data-lease]");
  if (!form) return;

  // Half of a lease, so that one request may be lost.
  const every = Number(form.dataset.leaseSeconds) * 500;
  // A page that nobody touches for so long lets the lease run out: reading is work, absence is not.
  const longestRest = 5 * 60 * 1000;

  let until = form.dataset.leasedUntil;
  let touchedAt = Date.now();
  let renewedAt = Date.now();
  let isOver = false;
  let isJudged = false;

  const fields = (more) =>
    new URLSearchParams({ csrf_token: form.elements.csrf_token.value, ...more });

  const renew = async () => {
    if (isOver || document.visibilityState !== "visible") return;
    if (Date.now() - touchedAt > longestRest) return;
    renewedAt = Date.now();
    try {
      const answer = await fetch(form.dataset.lease, {
        method: "POST",
        body: fields(),
        redirect: "manual",
      });
      if (answer.ok) {
        until = await answer.text();
      } else if (answer.status !== 503) {
        // Settled, another's, or signed out: asking again would change nothing.
        isOver = true;
        document.getElementById("lease-lost").hidden = answer.status !== 409;
      }
    } catch {
      // The network may be back at the next attempt.
    }
  };

  const touched = () => {
    touchedAt = Date.now();
    if (touchedAt - renewedAt >= every) renew();
  };

  ["keydown", "pointerdown", "pointermove", "scroll", "visibilitychange"].forEach((name) =>
    document.addEventListener(name, touched, { capture: true, passive: true }),
  );
  window.setInterval(renew, every);

  // A verdict ends the lease by itself.
  form.addEventListener("submit", () => {
    isJudged = true;
  });
  window.addEventListener("pagehide", () => {
    // Naming the lease keeps this from ending one that a reload of the page has taken meanwhile.
    if (!isOver && !isJudged) navigator.sendBeacon(form.dataset.release, fields({ until }));
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    isJudged = false;
    touchedAt = Date.now();
    renew();
  });
})();
