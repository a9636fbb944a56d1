// Copies the text of [data-copy] and says so in the button for a moment.

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const words = button.querySelector("[data-copy-words]");
  await navigator.clipboard.writeText(button.dataset.copy);
  if (!words) return;
  const before = words.textContent;
  words.textContent = button.dataset.copied;
  setTimeout(() => (words.textContent = before), 1600);
});
