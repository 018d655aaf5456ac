// A chip that the pointer or the keyboard rests on shows the quote it stands for. The quotes are in the panel, which has
// the sources of every answer; they are put in as text.
{
  const DELAY = 120;
  const LONGEST = 420;
  let peek = null;
  let chip = null;
  let timer = 0;

  const quoteOf = (place) => {
    const part = place.closest(".kbqa-sources");
    const marks = [...part.querySelectorAll(`mark[data-citation="${place.id.split("-").at(-1)}"]`)];
    const lines = marks.length ? marks : [...place.querySelectorAll(".kbqa-text")];
    const quote = lines.map((line) => line.textContent.trim()).filter(Boolean).join("\n");
    return quote.length > LONGEST ? `${quote.slice(0, LONGEST)}…` : quote;
  };

  const hide = () => {
    clearTimeout(timer);
    if (!chip) return;
    peek.remove();
    chip.removeAttribute("aria-describedby");
    chip.title = peek.firstChild.textContent;
    chip = null;
  };

  const put = () => {
    const at = chip.getBoundingClientRect();
    const { width, height } = peek.getBoundingClientRect();
    peek.style.left = `${Math.max(8, Math.min(at.left - 12, innerWidth - width - 8))}px`;
    peek.style.top = `${at.bottom + 6 + height < innerHeight ? at.bottom + 6 : at.top - height - 6}px`;
  };

  const show = (wanted) => {
    const place = document.getElementById(wanted.getAttribute("href").slice(1));
    if (wanted === chip || !wanted.isConnected || !place?.closest(".kbqa-sources")) return;
    hide();
    chip = wanted;
    peek = document.createElement("div");
    peek.id = "kbqa-peek";
    peek.role = "tooltip";
    for (const text of [chip.title, quoteOf(place)]) peek.appendChild(document.createElement("p")).textContent = text;
    // The browser's own label would cover it.
    chip.removeAttribute("title");
    chip.setAttribute("aria-describedby", peek.id);
    document.querySelector(".gradio-container").appendChild(peek);
    put();
  };

  const chipAt = (target) => target.closest?.("#kbqa-chat a.kbqa-cite");

  // On a touch screen the tap itself leads to the lines.
  document.addEventListener("pointerover", ({ target, pointerType }) => {
    if (pointerType !== "mouse") return;
    clearTimeout(timer);
    const over = chipAt(target);
    if (over) timer = setTimeout(show, DELAY, over);
    else if (chip && !peek.contains(target)) timer = setTimeout(hide, DELAY);
  });
  document.addEventListener("focusin", ({ target }) => {
    const focused = chipAt(target);
    if (focused?.matches(":focus-visible")) show(focused);
    else hide();
  });
  document.addEventListener("click", hide);
  // What is focused is scrolled to, which comes after the focus; the pointer stays where it is.
  const scrolled = ({ target }) => {
    if (!chip || target === peek) return;
    if (chip === document.activeElement) put();
    else hide();
  };
  document.addEventListener("scroll", scrolled, { capture: true, passive: true });
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape" || !chip) return;
      event.stopPropagation();
      hide();
    },
    { capture: true },
  );
}
