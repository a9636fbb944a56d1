// The editor of a tower: puts what the server says of a preview beside its fields, and lets Enter add lines and layers.

const form = document.querySelector("[data-tower-editor]");
const ladder = document.getElementById("ladder");
const drawn = document.getElementById("tower-drawn");
let wasTableOpen = false;

// A figure typed as 50m reads 50,000,000, and part of an insurer's name all of it, once the field is left.
const echo = () => {
  for (const each of drawn.querySelectorAll("template[data-echo]")) {
    const input = document.getElementById(each.dataset.echo);
    if (input && input !== document.activeElement && input.value === each.dataset.typed) input.value = each.content.textContent;
  }
};

// What is wrong with the field somebody is typing in is said once they leave it: half a name is no mistake yet.
const say = () => {
  if (!drawn.querySelector("template[data-said]")) return;
  const said = new Map([...drawn.querySelectorAll("template[data-said]")].map((each) => [each.dataset.said, each.content]));
  for (const slot of document.querySelectorAll("[data-slot]")) {
    const words = said.get(slot.dataset.slot);
    slot.replaceChildren(...(words ? words.cloneNode(true).childNodes : []));
    if (slot.dataset.slot === document.activeElement?.name) slot.querySelector(".mark--error")?.remove();
    const input = form.elements[slot.dataset.slot];
    if (input instanceof HTMLInputElement) input.setAttribute("aria-invalid", String(Boolean(slot.querySelector(".mark--error"))));
  }
};

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.elt === form) {
    // What is typed goes along with the act under way, which answers with the picture too.
    if (ladder.inert) event.preventDefault();
  } else if (form.contains(event.detail.elt)) {
    window.htmx.trigger(form, "htmx:abort");
    form.dataset.dirty = "";
    ladder.inert = true;
  }
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.target === ladder) ladder.inert = false;
});

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target === ladder) ladder.inert = false;
  if (event.detail.target === drawn) wasTableOpen = Boolean(drawn.querySelector("details[open]"));
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target !== drawn) return;
  const table = drawn.querySelector("details");
  if (table) table.open = wasTableOpen;
  say();
  echo();
});

form.addEventListener("focusout", () => setTimeout(() => (say(), echo())));

const addLine = (layer) => {
  const lines = layer.querySelector("[data-lines]");
  const blank = document.createElement("div");
  blank.innerHTML = layer.querySelector("[data-blank-line]").innerHTML.replaceAll("__line__", lines.children.length);
  const line = blank.firstElementChild;
  lines.append(line);
  window.htmx.process(line);
  line.querySelector("input").focus();
};

form.addEventListener("click", (event) => {
  const button = event.target.closest("[data-add-line]");
  if (!button) return;
  event.preventDefault();
  addLine(button.closest("[data-layer]"));
});

const isBlank = (line) => ![...line.querySelectorAll("input:not([type=checkbox])")].some((input) => input.value.trim());

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
  const line = event.target.closest("[data-line]");
  const waiting = [...layer.querySelectorAll("[data-line]")].find(isBlank);
  if (event.shiftKey || (line && isBlank(line))) form.querySelector("[data-add-layer]").click();
  else if (waiting) waiting.querySelector("input").focus();
  else addLine(layer);
});
