/* The search box above every page: / or Ctrl-K opens it, arrows walk through what was found. Without scripts the field in
   the bar is a link to the search page. */
"use strict";
(() => {
  const box = () => document.getElementById("search-box");
  const field = () => document.getElementById("find-q");
  const found = (root) => [...root.querySelectorAll("a.cn-find-hit,a.cn-find-more")];

  const open = () => {
    const dialog = box();
    if (!dialog) return field()?.select();
    if (dialog.open) return;
    dialog.showModal();
    field().select();
    field().dispatchEvent(new Event("canopy:open", { bubbles: true }));
  };

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest("[data-search-open]") && !event.metaKey && !event.ctrlKey && !event.shiftKey && (box() || field())) {
      event.preventDefault();
      open();
    } else if (target?.closest("[data-search-close]") || target === box()) box().close();
  });

  const isWriting = (element) => element?.matches("input,textarea,select,[contenteditable]");
  document.addEventListener("keydown", (event) => {
    const isSlash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isWriting(document.activeElement);
    const isK = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    if ((isSlash || isK) && (box() || field())) {
      event.preventDefault();
      return open();
    }
    const root = document.activeElement?.closest("[data-find]");
    if (root) walk(root, event);
  });

  const walk = (root, event) => {
    const links = found(root);
    const place = links.indexOf(document.activeElement);
    if (event.key === "ArrowDown" && links.length) links[Math.min(place + 1, links.length - 1)].focus();
    else if (event.key === "ArrowUp" && place > 0) links[place - 1].focus();
    else if (event.key === "ArrowUp" && place === 0) field().focus();
    else if (event.key === "Enter" && document.activeElement === field() && opens(root)) links[0].click();
    else {
      // Whoever goes on typing means the field.
      if (place >= 0 && (event.key.length === 1 || event.key === "Backspace") && !event.ctrlKey && !event.metaKey && event.key !== " ") field().focus();
      return;
    }
    event.preventDefault();
  };

  // Enter opens the first line only where it is an answer to what stands in the field now.
  const opens = (root) => {
    const answer = root.querySelector("[data-query]");
    return root === box() && answer?.dataset.query && answer.dataset.query === field().value.trim().replace(/\s+/g, " ") && found(root).length > 0;
  };

  document.addEventListener("htmx:afterSwap", (event) => {
    const root = event.target.closest?.("[data-find]");
    if (!root) return;
    root.querySelector("[data-find-status]").textContent = root.querySelector("[data-said]")?.dataset.said ?? "";
    event.target.scrollTop = 0;
  });

  // Toasts lie below the box: what went wrong is said inside it.
  const failed = (event) => {
    if (!event.target.closest?.("#search-box")) return;
    const said = document.createElement("p");
    said.className = "cn-find-note";
    said.textContent = document.getElementById("words").dataset[event.type === "htmx:responseError" ? "failed" : "offline"];
    document.getElementById("search-quick").replaceChildren(said);
  };
  for (const type of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) document.addEventListener(type, failed);
})();
