// Lists of rows on a form: a button adds a blank row. Without scripts there are spare rows, and the server skips empty ones.

for (const list of document.querySelectorAll("[data-formset]")) {
  const button = list.querySelector("[data-formset-add]");
  const total = list.querySelector(`[name="${list.dataset.formset}-TOTAL_FORMS"]`);
  const rows = list.querySelector("[data-formset-rows]");
  const blank = list.querySelector("[data-formset-blank]");

  button.hidden = false;
  button.addEventListener("click", () => {
    const row = document.createElement("div");
    row.innerHTML = blank.innerHTML.replaceAll("__prefix__", total.value);
    total.value = Number(total.value) + 1;
    const added = row.firstElementChild;
    rows.append(added);
    added.querySelector("select, input")?.focus();
  });
}
