// What can be done in a talk besides asking: change a question, ask it again, ask what is suggested, say why an answer is
// wrong, copy an answer as Markdown. The server does it; the page only tells what was pressed.
{
  const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`kbqa-${name}`, { detail }));
  const box = () => document.querySelector("#kbqa-question textarea");
  const turnOf = (button) => button.id.split("-")[1];

  // One question at a time, however it was asked: from when it is sent until its answer is there. Gradio's own signs of
  // progress come and go in the chat, too, before the server has taken anything.
  const isOurs = (node) => node.matches?.("[class^=kbqa-]") || node.querySelector?.("[class^=kbqa-]");
  let sent = false;
  const isWaiting = () => sent || document.querySelector(".kbqa-thinking, .kbqa-answer-draft") !== null;
  const send = () => {
    const end = () => {
      taken.disconnect();
      clearTimeout(timer);
      sent = false;
    };
    const taken = new MutationObserver((records) => {
      if (records.some(({ addedNodes, removedNodes }) => [...addedNodes, ...removedNodes].some(isOurs))) end();
    });
    taken.observe(document.getElementById("kbqa-chat"), { subtree: true, childList: true });
    // The server may not have heard it.
    const timer = setTimeout(end, 5000);
    sent = true;
  };
  const take = (detail) => {
    if (isWaiting()) return;
    send();
    tell("take", detail);
  };

  const edit = (turn) => {
    tell("edit", { turn });
    // What comes into the box goes where the cursor is not.
    box().focus();
  };

  const copy = async (button) => {
    const { markdown } = document.getElementById(`kbqa-${turnOf(button)}`).dataset;
    await navigator.clipboard.writeText(markdown);
    button.classList.add("kbqa-copied");
    setTimeout(() => button.classList.remove("kbqa-copied"), 2000);
  };

  // The form under an answer that was marked as wrong. Each press is stored at once, so nothing is lost by leaving.
  const why = (form, done) => {
    const pressed = [...form.querySelectorAll('.kbqa-reason[aria-pressed="true"]')];
    const reasons = pressed.map((button) => button.dataset.reason);
    const comment = form.elements.comment.value;
    tell("mark", { answer: form.dataset.about, verdict: "wrong", reasons, comment, done });
  };

  const toggle = (button) => {
    button.ariaPressed = button.ariaPressed !== "true";
    why(button.form, false);
  };

  const leave = (form) => {
    form.hidden = true;
    document.getElementById(`kbqa-${form.dataset.about}-wrong`)?.focus({ preventScroll: true });
  };

  const deeds = {
    ".kbqa-edit": (button) => edit(turnOf(button)),
    ".kbqa-edit-cancel": () => edit(""),
    ".kbqa-again": (button) => take({ turn: turnOf(button), question: "" }),
    ".kbqa-next-question": (button) => take({ turn: "", question: button.textContent }),
    ".kbqa-copy-markdown": copy,
    ".kbqa-reason": toggle,
    ".kbqa-why-close": (button) => leave(button.form),
  };
  document.addEventListener("click", ({ target }) => {
    for (const [selector, deed] of Object.entries(deeds)) {
      const element = target.closest?.(selector);
      if (element) deed(element);
    }
  });

  document.addEventListener("submit", (event) => {
    if (!event.target.matches(".kbqa-why")) return;
    event.preventDefault();
    why(event.target, true);
    box().focus();
  });

  const escape = (target) => {
    const form = target.closest?.(".kbqa-why");
    if (form) leave(form);
    else if (target === box() && document.querySelector(".kbqa-editing")) edit("");
  };

  // What is typed while an answer is awaited stays in the box.
  const ask = (event) => {
    if (isWaiting()) {
      event.stopPropagation();
      event.preventDefault();
    } else if (box().value.trim()) send();
  };

  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key === "Escape") escape(event.target);
      if (event.key === "Enter" && !event.shiftKey && event.target === box()) ask(event);
    },
    { capture: true },
  );
  document.addEventListener(
    "click",
    (event) => {
      if (event.target.closest?.("#kbqa-question .submit-button")) ask(event);
    },
    { capture: true },
  );
}
