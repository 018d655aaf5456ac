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
    chip?.closest(".kbqa-rest")?.classList.add("kbqa-unfolded");
    chip?.scrollIntoView({ block: "center", behavior: behavior() });
    chip?.focus({ preventScroll: true });
  };

  // The rest of a long row of chips.
  const unfold = (button) => {
    const rest = button.nextElementSibling;
    rest.classList.add("kbqa-unfolded");
    rest.querySelector("a").focus({ preventScroll: true });
  };

  const hasWords = (left, right) => {
    const between = document.createRange();
    between.setStartAfter(left);
    between.setEndBefore(right);
    const copied = between.cloneContents();
    copied.querySelectorAll(".kbqa-more").forEach((button) => button.remove());
    return copied.textContent.trim() !== "";
  };

  // Words of an answer that are selected show their source: the chips among them, or else the row that closes the clause.
  const chipsOf = (range, body) => {
    const all = [...body.querySelectorAll("a.kbqa-cite")];
    const among = all.filter((chip) => range.intersectsNode(chip));
    if (among.length) return among;
    const end = range.endContainer;
    const block = (end.nodeType === Node.TEXT_NODE ? end.parentElement : end).closest("li, p, td, th, h1, h2, h3, h4, h5, h6");
    const row = [];
    for (const chip of all.filter((chip) => block?.contains(chip) && range.comparePoint(chip, 0) > 0)) {
      if (row.length && hasWords(row.at(-1), chip)) break;
      row.push(chip);
    }
    return row;
  };

  let hint = null;
  const hideHint = () => {
    hint?.remove();
    hint = null;
  };

  const select = () => {
    hideHint();
    const selection = getSelection();
    if (selection.isCollapsed || !selection.toString().trim()) return;
    const range = selection.getRangeAt(0);
    const around = range.commonAncestorContainer;
    const body = (around.nodeType === Node.TEXT_NODE ? around.parentElement : around).closest(".kbqa-answer-body");
    const cited = body ? chipsOf(range, body).filter((chip) => byId(chip)) : [];
    if (!cited.length) return;

    const part = byId(cited[0]).closest(".kbqa-sources");
    const lit = cited.flatMap((chip) => litBy(byId(chip), part));
    show(part);
    only(cited, "kbqa-chosen");
    only(lit, "kbqa-lit");
    // On a narrow screen the sources lie beneath the talk, until they are asked for.
    lit[0].scrollIntoView({ block: "nearest", behavior: behavior() });

    const { source, sources } = document.querySelector(".kbqa-panel-head").dataset;
    const numbers = [...new Set(cited.map((chip) => chip.lastChild.textContent))].join(", ");
    hint = document.createElement("div");
    hint.id = "kbqa-selected";
    hint.role = "status";
    const button = hint.appendChild(document.createElement("button"));
    button.type = "button";
    button.textContent = `${cited.length > 1 ? sources : source}: ${numbers}`;
    // To press it must not undo the selection.
    button.addEventListener("pointerdown", (event) => event.preventDefault());
    button.addEventListener("click", () => {
      hideHint();
      open(cited[0]);
    });
    document.querySelector(".gradio-container").appendChild(hint);
    const at = [...range.getClientRects()].at(-1);
    hint.style.left = `${Math.max(8, Math.min(at.right - 20, innerWidth - hint.offsetWidth - 8))}px`;
    hint.style.top = `${Math.min(at.bottom + 8, innerHeight - hint.offsetHeight - 8)}px`;
  };

  let selecting = 0;
  document.addEventListener("selectionchange", () => {
    clearTimeout(selecting);
    selecting = setTimeout(select, 250);
  });
  document.addEventListener("scroll", ({ target }) => target.closest?.("#kbqa-chat") && hideHint(), {
    capture: true,
    passive: true,
  });

  const copy = async (button) => {
    const body = button.closest(".kbqa-answer").querySelector(".kbqa-answer-body").cloneNode(true);
    body.querySelectorAll(".kbqa-hidden, .kbqa-more").forEach((element) => element.remove());
    body.querySelectorAll("a.kbqa-cite").forEach((chip) => chip.replaceWith(`[${chip.textContent}]`));
    body.querySelectorAll("li").forEach((item) => item.prepend("- "));
    await navigator.clipboard.writeText(body.textContent.trim());
    confirm(button);
  };

  const copyLink = async (button) => {
    await navigator.clipboard.writeText(button.dataset.link);
    confirm(button);
  };

  const confirm = (button) => {
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
    ".kbqa-copy-link": copyLink,
    ".kbqa-more": unfold,
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
