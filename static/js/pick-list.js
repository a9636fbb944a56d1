// Long lists of boxes to tick, place by place: search narrows them, one press ticks a whole place, and ticks are counted.

for (const pick of document.querySelectorAll("[data-pick]")) {
  const bar = pick.querySelector("[data-pick-bar]");
  if (!bar) continue;
  const search = bar.querySelector("[data-pick-search]");
  const count = bar.querySelector("[data-pick-count]");
  const places = [...pick.querySelectorAll("[data-pick-place]")];
  const boxesOf = (place) => [...place.querySelectorAll("input[type=checkbox]")];

  const tell = () => {
    const ticked = pick.querySelectorAll("input[type=checkbox]:checked").length;
    count.textContent = count.dataset.words.replace("#", ticked);
    for (const place of places) place.querySelector("[data-pick-all]").setAttribute("aria-pressed", String(boxesOf(place).every((box) => box.checked)));
  };

  search.addEventListener("input", () => {
    const words = search.value.trim().toLocaleLowerCase();
    for (const place of places) {
      const isPlace = place.querySelector("summary").textContent.toLocaleLowerCase().includes(words);
      let shown = 0;
      for (const box of boxesOf(place)) {
        const row = box.closest("label");
        row.hidden = !isPlace && !row.textContent.toLocaleLowerCase().includes(words);
        shown += row.hidden ? 0 : 1;
      }
      place.hidden = shown === 0;
      if (words) place.open = true;
    }
  });
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
  pick.addEventListener("change", tell);
  pick.addEventListener("click", (event) => {
    const all = event.target.closest("[data-pick-all]");
    if (!all) return;
    const boxes = boxesOf(all.closest("[data-pick-place]")).filter((box) => !box.closest("label").hidden);
    const wanted = !boxes.every((box) => box.checked);
    for (const box of boxes) box.checked = wanted;
    boxes[0]?.dispatchEvent(new Event("change", { bubbles: true }));
  });

  bar.hidden = false;
  for (const place of places) place.querySelector("[data-pick-all]").hidden = false;
  tell();
}
