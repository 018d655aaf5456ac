// Ties the two columns together. Gradio calls this function once, when the page stands.
//
// A chip in an answer links to the id of its place in the panel (`#kbqa-<answer>-<number>`); the number there is
// a link with the same address and leads back. The server sends every answer's sources; one part is shown at a time.
() => {
  const byId = (link) => document.getElementById(link.getAttribute("href").slice(1));
  const chips = (address) => document.querySelectorAll(`a.kbqa-cite[href="${address}"]`);
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const behavior = () => (calm.matches ? "auto" : "smooth");
  let origin = null;

  const only = (chosen, name) => {
    document.querySelectorAll(`.${name}`).forEach((element) => element.classList.remove(name));
    chosen.forEach((element) => element.classList.add(name));
  };

  // The lines with the quote; for a section that is merely near, its card.
  const litBy = (place, part) => {
    const number = place.id.split("-").at(-1);
    const marks = [...part.querySelectorAll(`mark[data-citation="${number}"]`)];
    return marks.length ? marks.map((mark) => mark.closest(".kbqa-line")) : [place];
  };

  // The id of the part that is shown.
  let shown = null;
  const show = (part) => {
    only([part], "kbqa-current");
    shown = part.id;
  };

  const open = (chip) => {
    const place = byId(chip);
    const part = place?.closest(".kbqa-sources");
    if (!part) return;
    origin = chip;
    const lit = litBy(place, part);
    show(part);
    only([chip], "kbqa-chosen");
    only(lit, "kbqa-lit");
    document.body.classList.add("kbqa-panel-open");
    lit[0].scrollIntoView({ block: "center", behavior: behavior() });
    place.focus({ preventScroll: true });
  };

  // A note that an entry of a list of links leads to; the server puts it into the panel as a part of its own.
  const isOpened = (part) => part.id.startsWith("kbqa-opened-");
  let left = null;
  const openNote = (entry) => {
    const part = entry.closest(".kbqa-sources");
    if (!isOpened(part)) left = { part: part.id, entry: [...part.querySelectorAll(".kbqa-open")].indexOf(entry) };
    document.dispatchEvent(new CustomEvent("kbqa-open", { detail: { ...entry.dataset } }));
  };

  const leaveNote = () => {
    const part = document.getElementById(left.part);
    const entry = part.querySelectorAll(".kbqa-open")[left.entry];
    const place = origin && byId(origin);
    show(part);
    if (part.contains(place)) only(litBy(place, part), "kbqa-lit");
    entry.scrollIntoView({ block: "center" });
    entry.focus({ preventScroll: true });
  };

  const close = () => {
    document.body.classList.remove("kbqa-panel-open");
    origin?.focus({ preventScroll: true });
  };

  const back = (link) => {
    document.body.classList.remove("kbqa-panel-open");
    const [chip] = chips(link.getAttribute("href"));
    chip?.scrollIntoView({ block: "center", behavior: behavior() });
    chip?.focus({ preventScroll: true });
  };

  const copy = async (button) => {
    const body = button.closest(".kbqa-answer").querySelector(".kbqa-answer-body").cloneNode(true);
    body.querySelectorAll(".kbqa-hidden").forEach((element) => element.remove());
    body.querySelectorAll("a.kbqa-cite").forEach((chip) => chip.replaceWith(`[${chip.textContent}]`));
    body.querySelectorAll("li").forEach((item) => item.prepend("- "));
    await navigator.clipboard.writeText(body.textContent.trim());
    button.classList.add("kbqa-copied");
    setTimeout(() => button.classList.remove("kbqa-copied"), 2000);
  };

  // A button is pressed once the server has stored the mark and said so; Gradio draws answers anew, hence the map.
  const marks = new Map();
  const parsed = (button) => button.id.split("-").slice(1);

  const mark = (button) => {
    const [answer, verdict] = parsed(button);
    const detail = { answer, verdict: marks.get(answer) === verdict ? "" : verdict };
    document.dispatchEvent(new CustomEvent("kbqa-mark", { detail }));
  };

  const showMarks = () => {
    document.querySelectorAll("#kbqa-notice [data-answer]").forEach(({ dataset }) => {
      marks.set(dataset.answer, dataset.verdict);
    });
    document.querySelectorAll("button.kbqa-mark").forEach((button) => {
      const [answer, verdict] = parsed(button);
      button.setAttribute("aria-pressed", marks.get(answer) === verdict);
    });
  };

  const deeds = {
    "a.kbqa-cite": open,
    "a.kbqa-back": back,
    ".kbqa-open": openNote,
    ".kbqa-return": leaveNote,
    ".kbqa-close": close,
    ".kbqa-copy": copy,
    ".kbqa-mark": mark,
  };
  document.addEventListener("click", (event) => {
    for (const [selector, deed] of Object.entries(deeds)) {
      const element = event.target.closest?.(selector);
      if (element) {
        event.preventDefault();
        deed(element);
        return;
      }
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.body.classList.contains("kbqa-panel-open")) close();
  });

  // Gradio labels each message with its source, here HTML, and each example in English; the content says it better.
  const unlabel = () => {
    const labelled = "#kbqa-chat :is([data-testid=user], [data-testid=bot], .example, [role=log])[aria-label]";
    document.querySelectorAll(labelled).forEach((element) => element.removeAttribute("aria-label"));
    // Gradio calls the examples a list, but not one of them an item.
    document.querySelectorAll('.examples[role="list"]').forEach((list) => list.removeAttribute("role"));
  };

  // The sources of a new answer are read from their top, not from where the last reader stopped.
  const rewind = () => {
    const current = document.querySelector(".kbqa-sources.kbqa-current");
    if (current?.id === shown) return;
    shown = current?.id;
    document.getElementById("kbqa-panel").scrollTop = 0;
    if (current && isOpened(current)) {
      current.querySelector("[tabindex]").focus({ preventScroll: true });
      current.querySelector(".kbqa-lit")?.scrollIntoView({ block: "center" });
    }
  };

  new MutationObserver(() => {
    unlabel();
    showMarks();
    rewind();
  }).observe(document.body, { childList: true, subtree: true, attributeFilter: ["id"] });
  unlabel();

  // Long sources are scrolled by keyboard, too.
  document.getElementById("kbqa-panel").tabIndex = 0;

  document.documentElement.lang = document.querySelector(".kbqa-brand").lang;
};
