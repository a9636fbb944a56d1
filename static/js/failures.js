// Says at the head of the page when something that htmx asked for was refused or not answered: it would fail unseen.

const say = (id) => {
  const messages = document.getElementById("messages");
  if (!messages) return;
  messages.replaceChildren(document.getElementById(id).content.cloneNode(true));
  messages.scrollIntoView({ block: "nearest" });
};

document.addEventListener("htmx:responseError", () => say("refused"));
for (const name of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(name, () => say("unanswered"));
