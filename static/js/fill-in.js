// The sign-in page of a demonstration: a press on a user fills in the form, and the sign-in button is next.

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-fill-email]");
  if (!button) return;
  const form = document.querySelector("form[data-sign-in]");
  form.elements.login.value = button.dataset.fillEmail;
  form.elements.password.value = button.dataset.fillPassword;
  for (const other of document.querySelectorAll("[data-fill-email]")) other.setAttribute("aria-pressed", String(other === button));
  form.querySelector("[type=submit]").focus();
});
