// The list of notes: filtered as one types, by names here, by the text at the server. And the place that a link names.
{
  const MOST = 60; // names shown at once
  const WAIT = 250; // milliseconds of rest before the text is searched
  const LOOK = 5000; // milliseconds after which the page asks whether the notes were edited

  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("data").textContent);
  const generation = JSON.parse(byId("generation").textContent);
  const said = data.texts;
  const filled = (text, value) => text.replace(/\{\w+\}/, () => value);
  const box = byId("find");
  const found = byId("found");
  const tree = byId("tree");
  const shelf = document.querySelector(".shelf");
  const opener = document.querySelector(".opener");

  const key = (text) => text.normalize("NFC").toLowerCase().replaceAll("ё", "е");
  const notes = data.notes.map(([path, title, aliases, tags]) => {
    const folder = path.split("/").slice(0, -1).join("/");
    const name = path.split("/").at(-1).replace(/\.md$/i, "");
    return {
      path, title, folder, aliases, tags,
      keys: { title: key(title), name: key(name), folder: key(folder), aliases: aliases.map(key), tags: tags.map(key) },
    };
  });

  // ---- Names ----

  const starts = (text, word) => {
    const at = text.indexOf(word);
    if (at < 0) return 0;
    return at === 0 ? 3 : /[^\p{L}\p{N}]/u.test(text[at - 1]) ? 2 : 1;
  };

  // Every word must be somewhere; what it is found in last, is why.
  const judged = (note, words) => {
    const { keys } = note;
    let score = 0;
    let why = "";
    for (const word of words) {
      if (word.startsWith("#") && word.length > 1) {
        const tag = keys.tags.findIndex((one) => one === word.slice(1) || one.startsWith(`${word.slice(1)}/`));
        const near = tag >= 0 ? tag : keys.tags.findIndex((one) => one.startsWith(word.slice(1)));
        if (near < 0) return null;
        score += tag >= 0 ? 20 : 5;
        why = filled(said.tag, note.tags[near]);
        continue;
      }
      const title = Math.max(starts(keys.title, word), starts(keys.name, word));
      const alias = keys.aliases.findIndex((one) => one.includes(word));
      const tag = keys.tags.findIndex((one) => one.includes(word));
      if (title) score += 30 * title;
      else if (alias >= 0) [score, why] = [score + 20 + starts(keys.aliases[alias], word), filled(said.alias, note.aliases[alias])];
      else if (tag >= 0) [score, why] = [score + 10, filled(said.tag, note.tags[tag])];
      else if (keys.folder.includes(word)) [score, why] = [score + 5, filled(said.path, note.folder)];
      else return null;
    }
    return { note, score: score - keys.title.length / 1000, why };
  };

  const named = (query) => {
    // A tag may stand alone; its name is compared as a whole.
    const words = key(query).split(/\s+/).filter(Boolean);
    return notes.map((note) => judged(note, words)).filter(Boolean).sort((a, b) => b.score - a.score);
  };

  // ---- What is shown ----

  const element = (tag, className, text) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text) made.textContent = text;
    return made;
  };

  let chosen = -1;
  const options = () => [...found.querySelectorAll("a")];
  const choose = (number) => {
    const all = options();
    chosen = all.length ? (number + all.length) % all.length : -1;
    all.forEach((option, at) => option.setAttribute("aria-selected", at === chosen));
    if (chosen < 0) box.removeAttribute("aria-activedescendant");
    else {
      box.setAttribute("aria-activedescendant", all[chosen].id);
      all[chosen].scrollIntoView({ block: "nearest" });
    }
  };

  let options_made = 0;
  const option = (address, title, ...lines) => {
    const link = element("a");
    link.href = address;
    link.id = `option-${(options_made += 1)}`;
    link.setAttribute("role", "option");
    link.setAttribute("aria-selected", "false");
    link.tabIndex = -1;
    link.addEventListener("click", () => sessionStorage.setItem("kbqa-find", box.value));
    link.append(title);
    for (const [className, text] of lines) if (text) link.append(element("span", className, text));
    return link;
  };

  const remark = (text) => element("p", "group", text);
  const place = element("div"); // of what is found in the text
  let asked = 0;

  const inText = async (query) => {
    const mine = (asked += 1);
    let answer;
    try {
      const reply = await fetch(`/notes/search?q=${encodeURIComponent(query)}`);
      if (!reply.ok) throw new Error(reply.statusText);
      answer = await reply.json();
    } catch {
      answer = { found: [], message: said.lost };
    }
    if (mine !== asked) return; // another question has been asked since
    const rows = answer.found.map((one) =>
      option(one.address, one.place ? `${one.title} › ${one.place}` : one.title, ["", one.text], ["why", one.why]),
    );
    place.replaceChildren(remark(answer.message || (rows.length ? said.inText : said.nothingInText)), ...rows);
  };

  let rest = 0;
  const search = (query) => {
    clearTimeout(rest);
    asked += 1;
    const wanted = query.trim();
    found.hidden = !wanted;
    tree.hidden = Boolean(wanted);
    box.setAttribute("aria-expanded", Boolean(wanted));
    if (!wanted) {
      byId("said").textContent = "";
      choose(-1);
      return;
    }
    const hits = named(wanted);
    const rows = hits.slice(0, MOST).map(({ note, why }) =>
      option(`/notes?path=${encodeURIComponent(note.path)}`, note.title, ["", why || note.folder.replaceAll("/", " › ")]),
    );
    if (hits.length > MOST) rows.push(remark(filled(said.more, hits.length - MOST)));
    if (!hits.length) rows.push(remark(said.nothing));
    place.replaceChildren();
    found.replaceChildren(...rows, place);
    found.scrollTop = 0;
    choose(hits.length ? 0 : -1);
    byId("said").textContent = filled(said.count, hits.length);
    // A tag is a name and nothing else; of one or two letters nothing can be said.
    if (wanted.length > 2 && !/^#\S+$/.test(wanted)) {
      place.replaceChildren(remark(said.searching));
      rest = setTimeout(inText, WAIT, wanted);
    }
  };

  box.addEventListener("input", () => search(box.value));
  box.addEventListener("keydown", (event) => {
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps && !found.hidden) choose(chosen + steps[event.key]);
    else if (event.key === "Enter" && chosen >= 0) options()[chosen].click();
    else if (event.key === "Escape" && box.value) search((box.value = ""));
    else return;
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea")) return;
    event.preventDefault();
    box.focus();
    box.select();
  });

  // A tag filters the list; the note stays where it is.
  document.addEventListener("click", (event) => {
    const tag = event.target.closest?.("a.tag:not(.hollow)");
    if (!tag || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    box.value = new URL(tag.href).searchParams.get("find");
    search(box.value);
    box.focus();
    box.scrollIntoView({ block: "nearest" });
  });

  opener.addEventListener("click", () => {
    const open = shelf.classList.toggle("open");
    opener.setAttribute("aria-expanded", open);
    if (open) tree.querySelector("[aria-current]")?.scrollIntoView({ block: "center" });
  });

  // ---- What the list was like on the page before ----

  const opened = JSON.parse(sessionStorage.getItem("kbqa-folders") ?? "{}");
  const folders = [...tree.querySelectorAll("details")];
  for (const folder of folders) {
    if (!folder.querySelector("[aria-current]")) folder.open = opened[folder.dataset.folder] ?? folder.open;
    folder.addEventListener("toggle", () => {
      opened[folder.dataset.folder] = folder.open;
      sessionStorage.setItem("kbqa-folders", JSON.stringify(opened));
    });
  }
  tree.scrollTop = Number(sessionStorage.getItem("kbqa-scroll") ?? 0);
  tree.addEventListener("scroll", () => sessionStorage.setItem("kbqa-scroll", tree.scrollTop));
  const current = tree.querySelector("[aria-current]");
  const inView = (one) => {
    const [mine, whole] = [one.getBoundingClientRect(), tree.getBoundingClientRect()];
    return mine.top >= whole.top && mine.bottom <= whole.bottom;
  };
  if (current && !tree.hidden && tree.offsetParent && !inView(current)) {
    tree.scrollTop += current.getBoundingClientRect().top - tree.getBoundingClientRect().top - tree.clientHeight / 2;
  }
  const narrow = matchMedia("(max-width: 860px)");
  // Whoever opens one of the notes found can go on to the next.
  if (!box.value && !narrow.matches) box.value = sessionStorage.getItem("kbqa-find") ?? "";
  sessionStorage.removeItem("kbqa-find");
  if (box.value) search(box.value);

  // ---- The place that a link names ----

  const main = document.querySelector("main");
  const unread = sessionStorage.getItem("kbqa-read"); // where the page was left when it was loaded anew for an edit
  sessionStorage.removeItem("kbqa-read");
  const line = Number(document.querySelector("[data-line]")?.dataset.line ?? 0);
  if (line) {
    const places = [...document.querySelectorAll(".body [id^=L]")];
    const lit = places.filter((one) => Number(one.id.slice(1)) <= line).at(-1);
    if (lit) {
      for (let above = lit.closest("details"); above; above = above.parentElement.closest("details")) above.open = true;
      lit.classList.add("lit");
      if (unread === null) lit.scrollIntoView({ block: "center" });
    }
  }

  if (unread !== null) main.scrollTop = Number(unread);

  // ---- Edits ----

  setInterval(async () => {
    if (document.hidden) return;
    try {
      const now = await (await fetch("/notes/generation")).text();
      // Whoever types is not disturbed; the page follows once they have done.
      if (now && now !== generation && document.activeElement !== box) {
        sessionStorage.setItem("kbqa-read", main.scrollTop);
        location.reload();
      }
    } catch {
      // The server has stopped; the page stays readable.
    }
  }, LOOK);
}
