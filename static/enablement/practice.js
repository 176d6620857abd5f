/* Answering by keyboard: a number chooses, Enter confirms or goes on. Without it everything is clicked. */
"use strict";
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("a,button,input[type=checkbox]")) return;
  const form = document.querySelector("[data-question]")?.form;
  if (form && /^[1-9]$/.test(event.key)) {
    const option = form.querySelector(`input[name=choice][value="${event.key}"]`);
    if (option) { option.checked = true; option.focus(); event.preventDefault(); }
  } else if (event.key === "Enter") {
    const next = document.querySelector("[data-next]");
    if (form?.querySelector("input[name=choice]:checked")) { event.preventDefault(); form.requestSubmit(); }
    else if (next) { event.preventDefault(); next.click(); }
  }
});
