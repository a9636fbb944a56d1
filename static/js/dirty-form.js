// Asks before leaving a page whose form[data-guard] holds changes that were not saved.

const mark = (event) => {
  const form = event.target.closest?.("form[data-guard]");
  if (form) form.dataset.dirty = "";
};

document.addEventListener("input", mark);
document.addEventListener("change", mark);
document.addEventListener("submit", (event) => delete event.target.dataset.dirty);

addEventListener("beforeunload", (event) => {
  if (document.querySelector("form[data-dirty]")) event.preventDefault();
});
