// The dialog with the state of the index. It is asked for whenever it is opened, and says by itself what went wrong.
{
  const dialog = () => document.getElementById("kbqa-state");

  const show = async () => {
    const body = dialog().querySelector(".kbqa-state-body");
    body.textContent = body.dataset.loading;
    dialog().showModal();
    // The header may have been drawn anew meanwhile, with another button.
    dialog().onclose = () => document.querySelector(".kbqa-state-open")?.focus();
    try {
      const answer = await fetch("/state");
      if (!answer.ok) throw new Error(answer.statusText);
      body.innerHTML = await answer.text();
    } catch {
      body.textContent = body.dataset.lost;
    }
  };

  document.addEventListener("click", ({ target }) => {
    if (target.closest?.(".kbqa-state-open")) show();
    else if (target.closest?.(".kbqa-state-refresh")) {
      // What the header's button does; the header shows how far it is.
      document.getElementById("kbqa-refresh").click();
      dialog().close();
    }
    // A dialog itself is only hit beside its content: on the page behind it.
    else if (target.matches?.(".kbqa-dialog")) target.close();
    else target.closest?.(".kbqa-state-close")?.closest("dialog").close();
  });
}
