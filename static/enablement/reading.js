/* Tells how long a page was really before somebody's eyes, and how far down they got. Hidden tabs do not count. */
"use strict";
(() => {
  const form = document.querySelector("form[data-beat]");
  if (!form || !navigator.sendBeacon) return;
  const text = document.querySelector("[data-reading]");
  const every = 15, idle = 60;
  let seconds = 0, reached = 0, sent = -1, touched = Date.now();

  const look = () => {
    if (!text) return;
    const box = text.getBoundingClientRect();
    const seen = box.height ? (innerHeight - box.top) / box.height : 1;
    reached = Math.max(reached, Math.round(Math.min(Math.max(seen, 0), 1) * 100));
  };
  const beat = () => {
    if (!seconds && reached <= sent) return;
    form.elements.seconds.value = seconds;
    form.elements.reached.value = Math.max(reached, 0);
    navigator.sendBeacon(form.action, new FormData(form));
    sent = reached;
    seconds = 0;
  };
  for (const type of ["scroll", "pointermove", "keydown", "touchstart"]) {
    addEventListener(type, () => { touched = Date.now(); look(); }, { passive: true });
  }
  document.addEventListener("visibilitychange", () => { if (document.hidden) beat(); else touched = Date.now(); });
  addEventListener("pagehide", beat);
  setTimeout(() => { look(); if (!document.hidden) { seconds = 1; beat(); } }, 1000);
  setInterval(() => {
    if (document.hidden || Date.now() - touched > idle * 1000) return;
    seconds += 1;
    if (seconds >= every) beat();
  }, 1000);
})();
