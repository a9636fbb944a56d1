// Keys: "/" and Ctrl/Cmd+K find, "?" shows the keys, "g w" goes to the first page of the menu, "j" and "k" walk a list's rows.

const typing = (target) => target.closest?.("input, textarea, select, [contenteditable]");
let wentG = 0;

const find = (event) => {
  const field = document.getElementById("find");
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
};

const walk = (step) => {
  const links = [...document.querySelectorAll("[data-row-link]")];
  if (!links.length) return;
  const at = links.indexOf(document.activeElement);
  const next = at === -1 ? (step > 0 ? 0 : links.length - 1) : at + step;
  links[Math.max(0, Math.min(links.length - 1, next))].focus();
};

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") return find(event);
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog:modal")) return;
  if (event.key === "/") return find(event);
  if (event.key === "?") {
    event.preventDefault();
    document.getElementById("keys")?.showModal();
  } else if (event.key === "j") walk(1);
  else if (event.key === "k") walk(-1);
  else if (event.key === "g") wentG = Date.now();
  else if (event.key === "w" && Date.now() - wentG < 1200) document.querySelector(".rail .nav__entry")?.click();
});
