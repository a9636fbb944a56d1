// The statement of values as a grid: arrows, Enter and Esc move and take back, a block pasted from a spreadsheet fills
// the cells from the focused one on, and only what changed is sent. Without scripts it is a form of plain fields.

const form = document.querySelector("form[data-grid]");
const added = form.querySelector("[data-grid-added]");
const pattern = form.querySelector("[data-grid-blank]");
const told = form.querySelector("[data-grid-told]");
const undo = form.querySelector("[data-grid-undo]");
const NUMBER = /^([A-Z]{3} ?)?\d{1,3}(,?\d{3})*(\.\d*)?( ?[A-Z]{3})?$/i;
let pasted = [];

const rows = () => [...form.querySelectorAll("[data-grid-row]")];
const fields = () => [...form.querySelectorAll(".grid__cell > input")];
const columnOf = (input) => Number(input.parentElement.dataset.col);
const inputAt = (row, column) => row?.querySelector(`[data-col="${column}"] > input`);
const isWords = (input) => input.parentElement.classList.contains("grid__cell--words");
const plain = (text) => text.replace(/[\s,]/g, "").toUpperCase().replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
const saved = (input) => input.dataset.was ?? "";
const isChanged = (input) => (isWords(input) ? input.value.trim() !== saved(input) : plain(input.value) !== plain(saved(input)));
const worth = (text) => (/[a-z]/i.test(text) ? 0 : Number(plain(text)) || 0);

const mark = (input) => {
  const cell = input.parentElement;
  const changed = isChanged(input);
  const wrong = changed && !isWords(input) && input.value.trim() !== "" && !NUMBER.test(input.value.trim());
  cell.querySelector(".grid__why, .grid__was")?.remove();
  cell.classList.remove("is-clash");
  cell.classList.toggle("is-changed", changed && !wrong);
  cell.classList.toggle("is-wrong", wrong);
  input.toggleAttribute("aria-invalid", wrong);
  input.removeAttribute("aria-describedby");
  if (wrong) {
    const why = document.createElement("span");
    why.className = "grid__why";
    why.textContent = form.dataset.wordsWrong;
    cell.append(why);
  }
};

const tally = () => {
  const changed = fields().filter((input) => isChanged(input));
  const figures = changed.filter((input) => !isWords(input));
  const news = new Set(changed.map((input) => input.closest("[data-grid-new]")).filter(Boolean));
  const difference = figures
    .filter((input) => input.hasAttribute("data-loss"))
    .reduce((sum, input) => sum + worth(input.value) - worth(saved(input)), 0);
  form.querySelector("[data-grid-tally]").hidden = changed.length === 0;
  form.querySelector("[data-grid-changed]").textContent = figures.length.toLocaleString();
  form.querySelector("[data-grid-rows]").textContent = news.size.toLocaleString();
  form.querySelector("[data-grid-difference]").textContent = difference.toLocaleString(undefined, { signDisplay: "always" });
  if (changed.length) form.dataset.dirty = "";
  else delete form.dataset.dirty;
  return changed.length;
};

const addRow = () => {
  const body = document.createElement("tbody");
  const last = Math.max(-1, ...[...added.querySelectorAll("[data-grid-new] input")].map((input) => Number(input.name.split("|")[1])));
  body.innerHTML = pattern.innerHTML.trim();
  const row = body.firstElementChild;
  for (const input of row.querySelectorAll("input")) {
    input.name = input.name.replace(/\|\d+\|/, `|${last + 1}|`);
    input.setAttribute("aria-label", input.getAttribute("aria-label").replace("1000000", String(last + 2)));
  }
  added.append(row);
  return row;
};

// To the next cell in a direction that can be typed in, beyond those that cannot. False where there is none.
const go = (input, down, across) => {
  const all = rows();
  const start = all.indexOf(input.closest("[data-grid-row]"));
  const column = columnOf(input) + across;
  if (!down) return reach(inputAt(all[start], column));
  for (let row = start + down; row >= 0 && row < all.length; row += down) {
    if (reach(inputAt(all[row], column))) return true;
  }
  return false;
};

const reach = (input) => {
  input?.focus();
  return Boolean(input);
};

// A block as spreadsheets put it on the clipboard: tabs between cells, quotes around those that hold tabs or line ends.
const blockOf = (text) => {
  const block = [[]];
  let cell = "";
  let quoted = false;
  const end = () => {
    block.at(-1).push(cell);
    cell = "";
  };
  const source = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  for (let at = 0; at < source.length; at += 1) {
    const letter = source[at];
    if (quoted) {
      if (letter !== '"') cell += letter;
      else if (source[at + 1] === '"') cell += source[(at += 1)];
      else quoted = false;
    } else if (letter === '"' && cell === "") quoted = true;
    else if (letter === "\t") end();
    else if (letter === "\n") {
      end();
      block.push([]);
    } else cell += letter;
  }
  end();
  return block;
};

const paste = (input, block) => {
  const all = rows();
  const start = all.indexOf(input.closest("[data-grid-row]"));
  const column = columnOf(input);
  let beyond = 0;
  pasted = [];
  block.forEach((texts, down) => {
    let row = all[start + down];
    if (!row && added && !("noNew" in form.dataset)) row = all[start + down] = addRow();
    if (!row) {
      beyond += 1;
      return;
    }
    texts.forEach((text, across) => {
      const field = inputAt(row, column + across);
      const value = text.replace(/\s+/g, " ").trim();
      if (!field || value === "" || value === "-") return; // a blank cell says nothing, and leaves what is there
      pasted.push([field, field.value]);
      field.value = value;
      mark(field);
    });
  });
  const count = tally();
  const words = [form.dataset.wordsPasted.replace("{count}", pasted.length.toLocaleString())];
  if (beyond) words.push(form.dataset.wordsBeyond.replace("{count}", beyond.toLocaleString()));
  if (count > Number(form.dataset.most)) words.push(form.dataset.wordsMany);
  told.textContent = words.join(" · ");
  undo.hidden = false;
};

const takeBack = () => {
  for (const [field, before] of pasted.reverse()) {
    field.value = before;
    mark(field);
  }
  pasted[0]?.[0].focus();
  pasted = [];
  undo.hidden = true;
  told.textContent = "";
  tally();
};

form.addEventListener("focusin", (event) => {
  if (event.target.matches(".grid__cell > input")) event.target.select();
});

form.addEventListener("input", (event) => {
  if (!event.target.matches(".grid__cell > input")) return;
  pasted = [];
  undo.hidden = true;
  mark(event.target);
  tally();
});

form.addEventListener("paste", (event) => {
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!event.target.matches(".grid__cell > input") || !/[\t\n\r]/.test(text.replace(/[\r\n]+$/, ""))) return;
  event.preventDefault();
  paste(event.target, blockOf(text));
});

form.addEventListener("keydown", (event) => {
  const input = event.target;
  if (!input.matches(".grid__cell > input")) return;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && pasted.length) {
    event.preventDefault();
    takeBack();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const { selectionStart: from, selectionEnd: to, value } = input;
  const isWhole = from === 0 && to === value.length; // as it is on arrival: then the arrows leave the cell at once
  const moves = {
    ArrowUp: () => go(input, -1, 0),
    ArrowDown: () => go(input, 1, 0),
    ArrowLeft: () => (isWhole || to === 0) && go(input, 0, -1),
    ArrowRight: () => (isWhole || from === value.length) && go(input, 0, 1),
    Enter: () => go(input, event.shiftKey ? -1 : 1, 0) || true, // in the last row too, Enter does not send the form
    Escape: () => {
      input.value = saved(input);
      mark(input);
      tally();
      input.select();
      return true;
    },
  };
  if (event.shiftKey && event.key.startsWith("Arrow")) return;
  if (moves[event.key]?.()) event.preventDefault();
});

form.addEventListener("submit", (event) => {
  if (tally() <= Number(form.dataset.most)) return;
  event.preventDefault();
  event.stopPropagation();
  told.textContent = form.dataset.wordsMany;
});

// Only what changed is sent; in a new row, all of it.
form.addEventListener("formdata", (event) => {
  for (const input of fields()) {
    const row = input.closest("[data-grid-new]");
    if (!(row ? input.value.trim() : isChanged(input))) event.formData.delete(input.name);
  }
});

undo.addEventListener("click", takeBack);
if (form.querySelector(".is-changed, .is-wrong, .is-clash")) tally();
