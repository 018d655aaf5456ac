// The history: a drawer with the talks that were kept, and the address, which says which of them the page shows.
{
  const drawer = () => document.getElementById("kbqa-talks");
  const part = (name) => drawer().querySelector(`.kbqa-talks-${name}`);
  const shown = () => new URLSearchParams(location.search).get("talk") ?? "";

  const address = (talk) => {
    const url = new URL(location.href);
    if (talk) url.searchParams.set("talk", talk);
    else url.searchParams.delete("talk");
    return url;
  };

  const restore = (talk) => document.dispatchEvent(new CustomEvent("kbqa-restore", { detail: { talk } }));

  // The page hears of a talk from now on; the server says under which id it is kept.
  document.addEventListener("kbqa-ready", () => {
    if (shown()) restore(shown());
    const told = document.getElementById("kbqa-told");
    new MutationObserver(() => {
      const talk = told.querySelector("[data-talk]")?.dataset.talk ?? shown();
      if (talk !== shown()) history.replaceState(null, "", address(talk));
    }).observe(told, { childList: true, subtree: true, attributes: true });
  });

  addEventListener("popstate", () => restore(shown()));

  const go = (talk) => {
    if (talk === shown()) return;
    history.pushState(null, "", address(talk));
    restore(talk);
  };

  // ---- The list ----

  let latest = 0;
  const list = async () => {
    const body = part("body");
    const number = (latest += 1);
    let content = null;
    try {
      const answer = await fetch(`/talks?q=${encodeURIComponent(part("search").value)}`);
      content = await answer.text();
      if (number !== latest) return;
      if (answer.ok) body.innerHTML = content;
      else body.textContent = content;
    } catch {
      body.textContent = body.dataset.lost;
    }
  };

  const open = () => {
    part("search").value = "";
    part("said").textContent = "";
    part("body").textContent = part("body").dataset.loading;
    drawer().showModal();
    // On a phone, its keyboard would cover the list.
    if (matchMedia("(hover: hover)").matches) part("search").focus();
    drawer().onclose = () => document.getElementById("kbqa-history")?.focus();
    list();
  };

  let typed;
  document.addEventListener("input", ({ target }) => {
    if (!target.matches?.(".kbqa-talks-search")) return;
    clearTimeout(typed);
    typed = setTimeout(list, 150);
  });

  // ---- Changes ----

  const change = async (method, path, body, done) => {
    try {
      const headers = body ? { "Content-Type": "application/json" } : {};
      const answer = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
      // What is not there any more need not be deleted.
      part("said").textContent = answer.ok || answer.status === 404 ? done : await answer.text();
    } catch {
      part("said").textContent = part("body").dataset.lost;
    }
    await list();
  };

  // Nothing is deleted by one press: the button asks first, until something else is done.
  const isSure = (button) => {
    if (button.dataset.asking) return true;
    const { sure } = button.dataset;
    const label = button.ariaLabel;
    const text = button.textContent;
    button.dataset.asking = "yes";
    button.textContent = sure;
    if (label) button.ariaLabel = `${sure} ${label}`;
    const calm = () => {
      delete button.dataset.asking;
      button.textContent = text;
      if (label) button.ariaLabel = label;
    };
    button.addEventListener("blur", calm, { once: true });
    button.focus();
    return false;
  };

  const remove = async (row, button) => {
    if (!isSure(button)) return;
    const { talk } = row.dataset;
    const rows = [...part("body").querySelectorAll("li")];
    const place = rows.indexOf(row);
    await change("DELETE", `/talks/${talk}`, null, part("body").dataset.removed);
    const left = part("body").querySelectorAll(".kbqa-talk-open");
    (left[Math.min(place, left.length - 1)] ?? part("search")).focus();
    if (talk === shown()) restore("");
  };

  const clear = async (button) => {
    if (!isSure(button)) return;
    await change("DELETE", "/talks", null, part("body").dataset.removed);
    part("search").focus();
    if (shown()) restore("");
  };

  const rename = (row) => {
    const link = row.querySelector(".kbqa-talk-open");
    const input = document.createElement("input");
    input.className = "kbqa-talk-title";
    input.value = link.querySelector("strong").textContent;
    input.maxLength = part("body").dataset.longest;
    input.ariaLabel = part("body").dataset.label;
    const leave = () => {
      link.hidden = false;
      input.remove();
    };
    input.addEventListener("keydown", async (event) => {
      if (event.key === "Escape") {
        // It would close the drawer.
        event.preventDefault();
        input.removeEventListener("blur", leave);
        leave();
        row.querySelector(".kbqa-talk-rename").focus();
      } else if (event.key === "Enter") {
        input.removeEventListener("blur", leave);
        const { talk } = row.dataset;
        await change("POST", `/talks/${talk}`, { title: input.value }, part("body").dataset.renamed);
        part("body").querySelector(`[data-talk="${talk}"] .kbqa-talk-rename`)?.focus();
      }
    });
    input.addEventListener("blur", leave);
    link.hidden = true;
    link.after(input);
    input.select();
  };

  document.addEventListener("click", (event) => {
    const { target } = event;
    const on = (selector) => target.closest?.(selector);
    const row = on("#kbqa-talks li");
    if (on("#kbqa-history")) open();
    else if (on("#kbqa-new")) {
      if (shown()) history.pushState(null, "", address(""));
    } else if (target === drawer() || on(".kbqa-talks-close")) drawer().close();
    else if (on(".kbqa-talks-clear")) clear(on(".kbqa-talks-clear"));
    else if (row && on(".kbqa-talk-remove")) remove(row, on(".kbqa-talk-remove"));
    else if (row && on(".kbqa-talk-rename")) rename(row);
    else if (row && on(".kbqa-talk-open") && !(event.ctrlKey || event.metaKey || event.shiftKey)) {
      event.preventDefault();
      drawer().close();
      go(row.dataset.talk);
    }
  });
}
