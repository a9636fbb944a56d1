// Closes an open <details data-menu> on Escape, on a press elsewhere, and when another one opens. Arrow keys move inside.

const openMenus = () => document.querySelectorAll("details[data-menu][open]");

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target) || event.target.matches(".more-sheet a *, .more-sheet a")) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  const menu = document.activeElement?.closest("details[data-menu][open]");
  if (event.key === "Escape") {
    for (const other of openMenus()) {
      other.open = false;
      other.querySelector("summary").focus();
    }
    return;
  }
  if (!menu || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
  const items = [...menu.querySelectorAll("a[href], button:not(:disabled)")];
  if (!items.length) return;
  event.preventDefault();
  const step = event.key === "ArrowDown" ? 1 : -1;
  const at = items.indexOf(document.activeElement);
  items[(at + step + items.length) % items.length].focus();
});
