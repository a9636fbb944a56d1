// Opens a <dialog> from [data-dialog-open="id"], a link that leads to a full page where scripts do not run.
// A dialog that htmx fills (hx-target inside it) opens when its content has arrived.

const dialogNamed = (id) => {
  const dialog = document.getElementById(id);
  return dialog instanceof HTMLDialogElement ? dialog : null;
};

const open = (dialog) => {
  if (dialog.open) return;
  dialog.showModal();
  dialog.querySelector("[autofocus], [aria-invalid='true'], .dialog__body :is(input:not([type=hidden]), select, textarea)")?.focus();
};

document.addEventListener("click", (event) => {
  if (event.metaKey || event.ctrlKey || event.shiftKey) return;
  const opener = event.target.closest("[data-dialog-open]");
  if (opener) {
    const dialog = dialogNamed(opener.dataset.dialogOpen);
    if (!dialog) return;
    event.preventDefault();
    if (!opener.hasAttribute("hx-get")) open(dialog);
    return;
  }
  const closer = event.target.closest("[data-dialog-close]");
  if (closer) {
    const dialog = closer.closest("dialog");
    if (!dialog) return;
    event.preventDefault();
    dialog.close();
    return;
  }
  // A press on the backdrop lands on the dialog itself, outside its box.
  if (event.target instanceof HTMLDialogElement && event.target.open) {
    const box = event.target.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside && !event.target.querySelector("form[data-dirty]")) event.target.close();
  }
});

document.addEventListener("htmx:afterSwap", (event) => {
  const dialog = event.detail.target.closest?.("dialog");
  if (!dialog) return;
  const heading = dialog.querySelector(".dialog__title");
  if (heading) dialog.setAttribute("aria-label", heading.textContent.trim());
  open(dialog);
});

for (const dialog of document.querySelectorAll("dialog[data-open-at-once]")) open(dialog);
