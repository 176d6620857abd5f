/* What makes pages quicker for those who have scripts. Everything here has a way without it. */
"use strict";
(() => {
  const root = document.documentElement;
  const on = (type, selector, act) =>
    document.addEventListener(type, (event) => {
      const element = event.target instanceof Element ? event.target.closest(selector) : null;
      if (element) act(element, event);
    });

  // Light or dark at once; the form sends the choice so that the next page knows it.
  on("submit", "[data-theme-toggle]", (form, event) => {
    event.preventDefault();
    const theme = event.submitter.value;
    root.dataset.bsTheme = theme;
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax${secure}`;
    form.querySelector(`[name=theme]:not([value=${theme}])`).focus();
  });

  // A form is sent once: a second click while the answer is on its way does nothing. Where htmx posts on another event
  // than submit (a preview while typing), the form itself is still sent by its button.
  on("submit", "form[method=post]:not([data-theme-toggle],[hx-post]:not([hx-trigger]))", (form, event) => {
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "1";
    const button = event.submitter;
    setTimeout(() => button?.setAttribute("aria-busy", "true"));
    setTimeout(() => delete form.dataset.sent, 8000);
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
    document.querySelectorAll(".btn[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  });

  // Toasts: from the page, from a partial's header, from a copy button.
  const toasts = () => document.getElementById("toasts");
  const leave = (toast, after) => setTimeout(() => toast.matches(":hover,:focus-within") ? leave(toast, 2000) : toast.remove(), after);
  const say = ({ text, tone = "info", undo_url: undo = "" }) => {
    const toast = document.getElementById("toast-template").content.firstElementChild.cloneNode(true);
    toast.classList.replace("is-info", `is-${tone}`);
    toast.querySelector(".cn-toast-text").textContent = text;
    const form = toast.querySelector("form");
    form.hidden = !undo;
    if (undo) form.action = undo;
    toasts().append(toast);
    leave(toast, undo ? 12000 : 6000);
  };
  const fade = () => toasts()?.querySelectorAll(".cn-toast").forEach((toast) => leave(toast, toast.querySelector("form:not([hidden])") ? 12000 : 6000));
  on("click", "[data-dismiss]", (button) => button.closest(".cn-toast,.cn-alert").remove());
  document.addEventListener("canopy:toasts", (event) => event.detail.toasts.forEach(say));

  // When the server cannot be reached or says no without a page, say so beside what was tried.
  const words = (name) => document.getElementById("words")?.dataset[name] ?? "";
  document.addEventListener("htmx:sendError", () => say({ text: words("offline"), tone: "danger" }));
  document.addEventListener("htmx:timeout", () => say({ text: words("offline"), tone: "danger" }));
  document.addEventListener("htmx:responseError", (event) => {
    const gone = event.detail.xhr.status === 404 || event.detail.xhr.status === 403;
    say({ text: words(gone ? "refused" : "failed"), tone: "danger" });
  });

  // Copy buttons.
  on("click", "[data-copy]", async (button) => {
    const label = button.querySelector("[data-copy-text]") ?? button;
    const before = label.textContent;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      const field = button.parentElement.querySelector("[data-select]");
      field?.select();
      document.execCommand("copy");
    }
    label.textContent = button.dataset.copied;
    setTimeout(() => { label.textContent = before; }, 2000);
  });
  on("focusin", "[data-select]", (field) => field.select());

  // Files can be dropped onto their field, and the name is shown.
  on("dragover", "[data-drop]", (zone, event) => { event.preventDefault(); zone.classList.add("is-over"); });
  on("dragleave", "[data-drop]", (zone) => zone.classList.remove("is-over"));
  on("drop", "[data-drop]", (zone, event) => {
    event.preventDefault();
    zone.classList.remove("is-over");
    const field = zone.querySelector("input[type=file]");
    if (!event.dataTransfer.files.length) return;
    field.files = event.dataTransfer.files;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });

  // The bulk bar counts, and one box in the head ticks the page.
  const ticked = (form) => form.querySelectorAll("tbody .form-check-input:checked");
  on("change", "form .form-check-input", (box) => {
    const form = box.form;
    const count = form?.querySelector("[data-bulk-count]");
    if (!count) return;
    if (box.matches("[data-tick-all]")) form.querySelectorAll("tbody .form-check-input").forEach((other) => { other.checked = box.checked; });
    count.textContent = ticked(form).length;
  });

  // Menus close when one looks elsewhere.
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details[data-menu][open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.activeElement?.closest("details[data-menu][open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });

  // A form that saves itself a moment after typing stops; its Save button stays for those without scripts.
  const waiting = new WeakMap();
  on("input", "form[data-autosave]", (form) => {
    clearTimeout(waiting.get(form));
    waiting.set(form, setTimeout(() => save(form), 1200));
  });
  const save = async (form) => {
    const note = form.querySelector("[data-saved]");
    try {
      const answer = await fetch(form.dataset.autosave || form.action || location.href, {
        method: "POST", body: new FormData(form), headers: { "X-Autosave": "1" }, credentials: "same-origin", redirect: "manual",
      });
      if (note) note.textContent = answer.ok || answer.type === "opaqueredirect" ? words("saved") : words("unsaved");
    } catch {
      if (note) note.textContent = words("unsaved");
    }
  };

  // Where somebody starts an organization, the browser knows the time zone better than any list.
  const guessZone = () => document.querySelectorAll("[data-zone-guess]").forEach((field) => {
    field.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
  });

  // On a phone the tab one is on may lie beside the screen.
  const centerTabs = () => document.querySelectorAll(".cn-tabs [aria-current]").forEach((tab) => {
    const bar = tab.closest(".cn-tabs");
    bar.scrollLeft = tab.offsetLeft - (bar.clientWidth - tab.offsetWidth) / 2;
  });

  const arrived = () => {
    fade();
    centerTabs();
    guessZone();
    document.querySelector("[data-form-errors],.is-invalid")?.focus({ preventScroll: false });
  };
  document.addEventListener("DOMContentLoaded", arrived);
  document.addEventListener("htmx:afterSettle", (event) => { if (event.detail.elt === document.body) arrived(); });
})();
