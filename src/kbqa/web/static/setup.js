// The chooser of a folder of notes. The server lists the folders of its machine, which is the reader's, too.
{
  const dialog = () => document.getElementById("kbqa-setup");
  const body = () => dialog().querySelector(".kbqa-setup-body");

  const say = (words, kind) => {
    const line = document.createElement("p");
    line.className = `kbqa-setup-${kind}`;
    line.role = "alert";
    line.textContent = words;
    return line;
  };

  const look = async (folder) => {
    try {
      const answer = await fetch(`/setup?${new URLSearchParams({ at: folder })}`);
      if (!answer.ok) throw new Error(answer.statusText);
      body().innerHTML = await answer.text();
    } catch {
      body().replaceChildren(say(body().dataset.lost, "trouble"));
    }
    body().scrollTop = 0;
    body().querySelector(".kbqa-setup-take, input")?.focus();
  };

  const take = async (button) => {
    button.disabled = true;
    try {
      const answer = await fetch("/setup", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ folder: button.dataset.folder }),
      });
      const words = await answer.text();
      if (!answer.ok) body().prepend(say(words, "trouble"));
      else {
        body().replaceChildren(say(words, "taken"));
        // A talk about the other notes ends here.
        document.querySelector("#kbqa-new")?.click();
      }
    } catch {
      body().prepend(say(body().dataset.lost, "trouble"));
    }
    button.disabled = false;
  };

  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.(".kbqa-setup-begin, .kbqa-setup-open, .kbqa-setup-take");
    if (!button) return;
    if (button.matches(".kbqa-setup-take")) take(button);
    else if (button.matches(".kbqa-setup-open")) look(button.dataset.folder);
    else {
      document.getElementById("kbqa-state").close();
      dialog().showModal();
      look("");
    }
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches(".kbqa-setup-form")) return;
    event.preventDefault();
    look(event.target.elements.folder.value);
  });
}
