/* Dragging in the agenda builder, and out of the library into it. Without scripts, by keyboard and on a phone the
   buttons do the same. */
"use strict";
(() => {
  const list = () => document.querySelector("form[data-agenda] .ca-items");
  const items = () => [...(list()?.querySelectorAll("[data-item]") ?? [])];
  let dragged = null;

  // The item before which something dropped at this height belongs; none is the end.
  const following = (y) => items().find((item) => {
    const box = item.getBoundingClientRect();
    return item !== dragged && y < box.top + box.height / 2;
  });
  const unmark = () => document.querySelectorAll(".is-target").forEach((item) => item.classList.remove("is-target"));

  document.addEventListener("dragstart", (event) => {
    const grip = event.target.closest?.(".ca-grip");
    if (!grip) return;
    dragged = grip.closest("[data-item],[data-key]");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.item ?? dragged.dataset.key);
    event.dataTransfer.setDragImage(dragged, 20, 20);
    dragged.classList.add("is-dragged");
  });
  document.addEventListener("dragend", () => {
    dragged?.classList.remove("is-dragged");
    dragged = null;
    unmark();
  });
  document.addEventListener("dragover", (event) => {
    if (!dragged || !event.target.closest?.("#agenda")) return;
    event.preventDefault();
    unmark();
    (following(event.clientY) ?? list()?.querySelector(".ca-end"))?.classList.add("is-target");
  });
  document.addEventListener("drop", (event) => {
    if (!dragged || !event.target.closest?.("#agenda")) return;
    event.preventDefault();
    const before = following(event.clientY);
    if (dragged.dataset.item) order(dragged, before);
    else add(dragged, before);
  });

  const order = (item, before) => {
    const form = list().closest("form");
    const rest = items().filter((other) => other !== item);
    rest.splice(before ? rest.indexOf(before) : rest.length, 0, item);
    form.elements.order.value = rest.map((other) => other.dataset.item).join(" ");
    form.requestSubmit();
  };
  // Out of the library: its own button is pressed, with the place where it was dropped.
  const add = (entry, before) => {
    const form = entry.closest("form[data-library]");
    form.elements.place.value = before ? items().indexOf(before) : "";
    // A click, since htmx sends the value of a button that was clicked and of no other.
    entry.querySelector("button[name=key]").click();
    form.elements.place.value = "";
  };
})();
