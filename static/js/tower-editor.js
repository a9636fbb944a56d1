// The editor of a tower: puts what the server says of a preview beside its fields, and lets Enter add lines and layers.

const form = document.querySelector("[data-tower-editor]");
const drawn = document.getElementById("tower-drawn");
let wasTableOpen = false;

const echo = () => {
  for (const each of drawn.querySelectorAll("template[data-echo]")) {
    const input = document.getElementById(each.dataset.echo);
    if (input && input !== document.activeElement && input.value === each.dataset.typed) input.value = each.content.textContent;
  }
};

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target === drawn) wasTableOpen = Boolean(drawn.querySelector("details[open]"));
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target !== drawn) return;
  const table = drawn.querySelector("details");
  if (table) table.open = wasTableOpen;
  const said = new Map([...drawn.querySelectorAll("template[data-said]")].map((each) => [each.dataset.said, each.content]));
  for (const slot of document.querySelectorAll("[data-slot]")) {
    const words = said.get(slot.dataset.slot);
    slot.replaceChildren(...(words ? words.cloneNode(true).childNodes : []));
    const input = form.elements[slot.dataset.slot];
    if (input instanceof HTMLInputElement) input.setAttribute("aria-invalid", String(Boolean(slot.querySelector(".mark--error"))));
  }
  echo();
});

// A figure typed as 50m reads 50,000,000, and part of an insurer's name all of it, once the field is left.
form.addEventListener("focusout", () => setTimeout(echo));

// What a button reshapes is a change too, which leaving the page would lose.
form.addEventListener("click", (event) => {
  if (event.target.closest("[hx-post]:not(form)")) form.dataset.dirty = "";
});

form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || !(event.target instanceof HTMLInputElement)) return;
  if (event.ctrlKey || event.metaKey) {
    event.preventDefault();
    form.querySelector("[data-save]").click();
    return;
  }
  const layer = event.target.closest("[data-layer]");
  if (!layer) return;
  event.preventDefault();
  const isBlank = (line) => ![...line.querySelectorAll("input:not([type=checkbox])")].some((input) => input.value.trim());
  const line = event.target.closest("[data-line]");
  const waiting = [...layer.querySelectorAll("[data-line]")].find(isBlank);
  if (event.shiftKey || (line && isBlank(line))) form.querySelector("[data-add-layer]").click();
  else if (waiting) waiting.querySelector("input").focus();
  else layer.querySelector("[data-add-line]").click();
});
