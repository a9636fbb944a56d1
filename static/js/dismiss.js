// Takes away a message when its [data-dismiss] button is pressed.

document.addEventListener("click", (event) => {
  event.target.closest("[data-dismiss]")?.closest(".message")?.remove();
});
