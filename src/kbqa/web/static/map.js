// Draws the map of the notes. Where they stand, the server has decided; here are zoom, labels and what is pointed at.
{
  const SVG = "http://www.w3.org/2000/svg";
  const [FARTHEST, CLOSEST] = [0.05, 5];
  const NATURAL = 1.5; // a small map is not drawn larger than this
  const LONGEST = 34; // characters of a title
  const SHORTER = 20; // the same on a telephone
  const HUBS = 14; // notes whose names are larger, on a map of many
  const OVER = 0.7; // the name of a circle may lie over others smaller than this part of it
  const ROOM = 13000; // square pixels of window for each label
  const [MANY, NEARER] = [24, 1.3]; // so many notes without links are named at this scale and above
  const STILL = 5; // pixels that a pointer may move in a click
  const LOOK = 5000; // milliseconds after which the page asks whether the notes were edited

  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("data").textContent);
  const generation = JSON.parse(byId("generation").textContent);
  const { spots, lines } = data;
  const map = byId("map");
  const box = byId("find");
  const legend = document.querySelector(".legend");
  const narrow = matchMedia("(max-width: 860px)");
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  const drawn = (name, attributes, parent) => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    parent?.append(made);
    return made;
  };

  // ---- What is drawn once ----

  const world = drawn("g", {}, map);
  const threads = drawn("g", { "aria-hidden": "true" }, world);
  const circles = drawn("g", {}, world);
  const labels = drawn("g", { "aria-hidden": "true" }, map);
  map.classList.toggle("many", lines.length > 500);

  const near = spots.map(() => new Set());
  const threadsOf = spots.map(() => []);
  const drawnLines = lines.map(([from, to]) => {
    near[from].add(to);
    near[to].add(from);
    const thread = drawn("line", {}, threads);
    threadsOf[from].push(thread);
    threadsOf[to].push(thread);
    return thread;
  });
  const byWeight = spots.map((_, at) => at).sort((a, b) => spots[b].radius - spots[a].radius || a - b);
  // The largest first, so that the small ones lie over them and can be hit.
  for (const at of byWeight) {
    const spot = spots[at];
    spot.link = drawn("a", { href: spot.address, "aria-label": spot.label, tabindex: "-1" }, circles);
    spot.link.classList.add(spot.path === null ? "hollow" : spot.colour === null ? "grey" : `c${spot.colour}`);
    spot.circle = drawn("circle", {}, spot.link);
    spot.link.dataset.at = at;
  }
  const caption = drawn("text", { class: "caption" }, null);
  caption.textContent = data.texts.aside;
  const lonely = [...spots.keys()].filter((at) => !near[at].size);
  const hasCaption = lonely.length && lonely.length < spots.length;

  // ---- The view ----

  const view = { scale: 1, x: 0, y: 0 };
  let places = [];
  let edges = [0, 0]; // the leftmost and the rightmost place

  const arrange = () => {
    const side = map.clientWidth > map.clientHeight ? "wide" : "tall";
    places = spots.map((spot) => spot[side]);
    edges = [Math.min(...places.map(([x]) => x)), Math.max(...places.map(([x]) => x))];
    spots.forEach((spot, at) => {
      spot.circle.setAttribute("cx", places[at][0]);
      spot.circle.setAttribute("cy", places[at][1]);
    });
    lines.forEach(([from, to], at) => {
      for (const [name, value] of [["x1", places[from][0]], ["y1", places[from][1]], ["x2", places[to][0]], ["y2", places[to][1]]]) {
        drawnLines[at].setAttribute(name, value);
      }
    });
  };

  // A circle grows slower than the distances, so that a map of many is not a heap and one of few not a set of discs.
  const radius = (spot) => spot.radius * Math.sqrt(view.scale);

  let sized = 0;
  const show = () => {
    world.setAttribute("transform", `translate(${view.x} ${view.y}) scale(${view.scale})`);
    labels.setAttribute("transform", `translate(${view.x} ${view.y})`);
    if (sized === view.scale) return;
    sized = view.scale;
    for (const spot of spots) spot.circle.setAttribute("r", (radius(spot) / view.scale).toFixed(2));
    later();
  };

  let waiting = 0;
  const later = () => {
    waiting ||= requestAnimationFrame(() => {
      waiting = 0;
      label();
    });
  };

  // Room for labels on all sides, and for the legend.
  const few = spots.length <= 80;
  let side = 80;
  const inset = () => {
    const edge = spots.length <= 30 ? 84 : 44;
    if (narrow.matches) return { left: edge, right: edge, top: 30, bottom: legend.offsetHeight + 50 };
    return { left: legend.offsetWidth + side, right: side, top: 44, bottom: 50 };
  };

  const whole = () => {
    const xs = places.map(([x]) => x);
    const ys = places.map(([, y]) => y);
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const free = inset();
    const width = map.clientWidth - free.left - free.right;
    const height = map.clientHeight - free.top - free.bottom;
    const scale = Math.min(NATURAL, width / Math.max(1, right - left), height / Math.max(1, bottom - top));
    return {
      scale,
      x: free.left + width / 2 - ((left + right) / 2) * scale,
      y: free.top + height / 2 - ((top + bottom) / 2) * scale,
    };
  };

  let flight = 0;
  const go = (target, milliseconds = 260) => {
    cancelAnimationFrame(flight);
    if (calm.matches || !milliseconds) {
      Object.assign(view, target);
      show();
      return;
    }
    const from = { ...view };
    const begun = performance.now();
    const step = (now) => {
      const part = Math.min(1, Math.max(0, (now - begun) / milliseconds));
      const eased = 1 - (1 - part) ** 3;
      for (const name of ["scale", "x", "y"]) view[name] = from[name] + (target[name] - from[name]) * eased;
      show();
      if (part < 1) flight = requestAnimationFrame(step);
    };
    flight = requestAnimationFrame(step);
  };

  const zoomed = (factor, x = map.clientWidth / 2, y = map.clientHeight / 2) => {
    const scale = Math.min(CLOSEST, Math.max(FARTHEST, view.scale * factor));
    const grown = scale / view.scale;
    return { scale, x: x - (x - view.x) * grown, y: y - (y - view.y) * grown };
  };

  const onto = (at, scale = view.scale) => {
    const [x, y] = places[at];
    const free = inset();
    const middle = [(map.clientWidth + free.left - free.right) / 2, (map.clientHeight + free.top - free.bottom) / 2];
    return { scale, x: middle[0] - x * scale, y: middle[1] - y * scale };
  };

  // ---- Labels ----

  const FONT = spots.length <= 30 ? 15 : 12.5;
  const longest = narrow.matches ? SHORTER : LONGEST;
  const hubs = new Set(few ? [] : byWeight.slice(0, HUBS).filter((at) => spots[at].radius >= 0.55 * spots[byWeight[0]].radius));
  const ruler = document.createElement("canvas").getContext("2d");
  const family = getComputedStyle(document.body).fontFamily;
  for (const [at, spot] of spots.entries()) {
    const title = [...spot.title];
    spot.shown = title.length > longest ? `${title.slice(0, longest - 1).join("").trimEnd()}…` : spot.title;
    const weight = hubs.has(at) ? 650 : 400;
    spot.font = weight > 400 ? FONT + 1.5 : FONT;
    ruler.font = `${weight} ${spot.font}px ${family}`;
    spot.width = ruler.measureText(spot.shown).width;
    spot.text = drawn("text", { "font-size": spot.font, "font-weight": weight }, null);
    spot.text.textContent = spot.shown;
    if (spot.path === null) spot.text.classList.add("soft");
  }

  if (few) side = Math.min(170, 20 + Math.max(90, ...spots.map((spot) => spot.width / 2)));

  // Rectangles that are taken, looked up by the squares that they lie in.
  const Taken = class {
    #cells = new Map();
    *#squares([left, top, right, bottom]) {
      for (let x = Math.floor(left / 64); x <= Math.floor(right / 64); x += 1) {
        for (let y = Math.floor(top / 64); y <= Math.floor(bottom / 64); y += 1) yield `${x} ${y}`;
      }
    }
    hits(one, may) {
      for (const square of this.#squares(one)) {
        for (const [other, owner] of this.#cells.get(square) ?? []) {
          if (!may(owner) && one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3]) return true;
        }
      }
      return false;
    }
    add(one, owner) {
      for (const square of this.#squares(one)) {
        if (!this.#cells.has(square)) this.#cells.set(square, []);
        this.#cells.get(square).push([one, owner]);
      }
    }
  };

  let looked = null; // the spots that are looked at; null: all
  let pointed = null; // the one that is pointed at or has the focus
  let labelled = new Set();

  // Places around a circle, the best first: beneath, above, to the right, to the left.
  const around = (at) => {
    const spot = spots[at];
    const [x, y, r] = [places[at][0] * view.scale, places[at][1] * view.scale, radius(spot)];
    const [half, high] = [spot.width / 2 + 2, spot.font + 3];
    return [
      [x - half, y + r + 1, "middle", x],
      [x - half, y - r - 1 - high, "middle", x],
      [x + r + 3, y - high / 2, "start", x + r + 5],
      [x - r - 3 - 2 * half, y - high / 2, "end", x - r - 5],
    ].map(([left, top, anchor, textX]) => ({ box: [left, top, left + 2 * half, top + high], anchor, x: textX }));
  };

  // Which labels are seen depends on the scale alone, so that none comes or goes while the map is moved.
  const label = () => {
    const taken = new Taken();
    // Notes without links stand so close that their names are for a nearer look.
    const tooClose = lonely.length > MANY && view.scale < NEARER && !looked ? new Set(lonely) : new Set();
    const considered = byWeight.filter((at) => at !== pointed && (!looked || looked.has(at)));
    for (const at of considered) {
      const [x, y, r] = [places[at][0] * view.scale, places[at][1] * view.scale, radius(spots[at])];
      taken.add([x - r, y - r, x + r, y + r], tooClose.has(at) ? -1 : at);
    }
    const free = inset();
    const [left, right] = [edges[0] * view.scale - free.right, edges[1] * view.scale + free.right];
    const closer = Math.max(1, view.scale / whole().scale);
    const most = Math.max(12, (map.clientWidth * map.clientHeight) / ROOM) * closer ** 2;
    const shown = [];
    labelled = new Set();
    if (hasCaption && !looked) {
      const [x, y] = [0, 1].map((axis) => Math.min(...lonely.map((at) => places[at][axis])) * view.scale);
      caption.setAttribute("x", (x - 8).toFixed(1));
      caption.setAttribute("y", (y - 24).toFixed(1));
      taken.add([x - 8, y - 40, x + 110, y - 18], -1);
      shown.push(caption);
    }
    for (const at of pointed === null ? considered : [pointed, ...considered]) {
      if (shown.length >= most) break;
      if (tooClose.has(at)) continue;
      const spot = spots[at];
      // The name of a large circle may lie over much smaller ones.
      const may = (other) => other === at || (other >= 0 && spots[other].radius < OVER * spot.radius);
      const fits = ({ box }) => box[0] >= left && box[2] <= right && !taken.hits(box, may);
      const options = around(at);
      const chosen = options.find(fits) ?? (at === pointed ? options[0] : null);
      if (!chosen) continue;
      taken.add(chosen.box, -1);
      spot.text.setAttribute("x", chosen.x.toFixed(1));
      spot.text.setAttribute("y", (chosen.box[1] + spot.font * 0.95).toFixed(1));
      spot.text.setAttribute("text-anchor", chosen.anchor);
      spot.text.classList.toggle("first", at === pointed);
      shown.push(spot.text);
      labelled.add(at);
    }
    labels.replaceChildren(...shown);
  };

  // ---- What is looked at ----

  let kept = null; // what the search or the legend has picked

  const look = (set, at = null) => {
    looked = set;
    pointed = at;
    map.classList.toggle("some", set !== null);
    for (const [number, spot] of spots.entries()) spot.link.classList.toggle("on", set?.has(number) ?? false);
    for (const thread of drawnLines) thread.classList.remove("on");
    if (at !== null) for (const thread of threadsOf[at]) thread.classList.add("on");
    later();
  };

  const point = (at) => {
    if (at === pointed) return;
    if (at === null) look(kept);
    else look(new Set([at, ...near[at]]), at);
  };

  const pick = (set) => {
    kept = set;
    look(set);
  };

  // ---- Mouse and touch ----

  const hit = (event, slack) => {
    const frame = map.getBoundingClientRect();
    const [x, y] = [event.clientX - frame.left, event.clientY - frame.top];
    let [best, least] = [null, Infinity];
    for (const [at, spot] of spots.entries()) {
      const distance = Math.hypot(places[at][0] * view.scale + view.x - x, places[at][1] * view.scale + view.y - y) - radius(spot);
      if (distance < slack && distance < least) [best, least] = [at, distance];
    }
    return best;
  };

  const pointers = new Map();
  let moved = false;
  let touched = null; // the spot that the last touch has made known

  map.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    if (!pointers.size) moved = false;
    cancelAnimationFrame(flight);
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY, from: [event.clientX, event.clientY] });
  });
  map.addEventListener("pointermove", (event) => {
    const held = pointers.get(event.pointerId);
    if (!held) {
      if (event.pointerType === "mouse") {
        const at = hit(event, 5);
        map.classList.toggle("over", at !== null);
        point(at);
      }
      return;
    }
    if (!moved && Math.hypot(event.clientX - held.from[0], event.clientY - held.from[1]) < STILL) return;
    if (!moved) {
      moved = true;
      map.setPointerCapture(event.pointerId);
      map.classList.add("dragged");
    }
    const others = [...pointers].filter(([id]) => id !== event.pointerId).map(([, other]) => other);
    const [dx, dy] = [event.clientX - held.x, event.clientY - held.y];
    if (others.length) {
      const [other] = others;
      const frame = map.getBoundingClientRect();
      const before = Math.hypot(held.x - other.x, held.y - other.y);
      const after = Math.hypot(event.clientX - other.x, event.clientY - other.y);
      const middle = [(event.clientX + other.x) / 2 - frame.left, (event.clientY + other.y) / 2 - frame.top];
      Object.assign(view, zoomed(after / Math.max(1, before), ...middle));
      view.x += dx / 2;
      view.y += dy / 2;
    } else {
      view.x += dx;
      view.y += dy;
    }
    [held.x, held.y] = [event.clientX, event.clientY];
    show();
  });
  const release = (event) => {
    pointers.delete(event.pointerId);
    if (!pointers.size) map.classList.remove("dragged");
  };
  map.addEventListener("pointerup", release);
  map.addEventListener("pointercancel", release);
  map.addEventListener("pointerleave", () => {
    map.classList.remove("over");
    if (!map.contains(document.activeElement)) point(null);
  });
  map.addEventListener("click", (event) => {
    const byKey = event.detail === 0 && event.target.closest?.("a");
    if (byKey) return; // Enter on a link
    if (moved || event.ctrlKey || event.metaKey || event.shiftKey) {
      if (moved) event.preventDefault();
      return;
    }
    event.preventDefault();
    const touch = event.pointerType === "touch";
    const at = hit(event, touch ? 18 : 6);
    if (at === null) {
      touched = null;
      document.activeElement?.blur?.();
      pick(null);
      press(null);
    } else if (touch && touched !== at && !labelled.has(at)) {
      // A finger cannot hover: the first touch of a circle without a name shows the name.
      touched = at;
      point(at);
    } else location.assign(spots[at].address);
  });
  map.addEventListener("dragstart", (event) => event.preventDefault());
  map.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const frame = map.getBoundingClientRect();
      const lines = event.deltaMode ? 30 : 1;
      const target = zoomed(Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0016)), event.clientX - frame.left, event.clientY - frame.top);
      go(target, 0);
    },
    { passive: false },
  );

  // ---- Buttons and keys ----

  const zooms = { closer: () => zoomed(1.5), farther: () => zoomed(1 / 1.5), whole };
  document.querySelector(".zoom").addEventListener("click", (event) => {
    const kind = event.target.closest("button")?.dataset.zoom;
    if (kind) go(zooms[kind]());
  });

  const focus = (at) => {
    for (const spot of spots) spot.link.setAttribute("tabindex", "-1");
    spots[at].link.setAttribute("tabindex", "0");
    spots[at].link.focus({ preventScroll: true });
    const [x, y] = [places[at][0] * view.scale + view.x, places[at][1] * view.scale + view.y];
    const free = inset();
    if (x < free.left || y < free.top || x > map.clientWidth - free.right || y > map.clientHeight - free.bottom) go(onto(at));
  };
  map.addEventListener("focusin", (event) => {
    const at = event.target.dataset?.at;
    if (at !== undefined) point(Number(at));
  });
  map.addEventListener("focusout", () => point(null));

  // The nearest in a direction; what lies aside of it counts as farther.
  const beside = (at, dx, dy) => {
    let [best, least] = [at, Infinity];
    for (const other of spots.keys()) {
      const [x, y] = [places[other][0] - places[at][0], places[other][1] - places[at][1]];
      const along = x * dx + y * dy;
      const across = Math.abs(x * dy - y * dx);
      const cost = along + 2 * across;
      if (along > 0 && along > across * 0.6 && cost < least) [best, least] = [other, cost];
    }
    return best;
  };

  const arrows = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
  map.addEventListener("keydown", (event) => {
    const at = Number(event.target.dataset?.at ?? byWeight[0]);
    const arrow = arrows[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (arrow && event.shiftKey) go({ ...view, x: view.x - arrow[0] * 120, y: view.y - arrow[1] * 120 });
    else if (arrow) focus(beside(at, ...arrow));
    else if (event.key === "+" || event.key === "=") go(zoomed(1.5));
    else if (event.key === "-") go(zoomed(1 / 1.5));
    else if (event.key === "0") go(whole());
    else if (event.key === "Home") focus(byWeight[0]);
    else if (event.key === "Escape") event.target.blur();
    else return;
    event.preventDefault();
  });

  // ---- Search and legend ----

  const key = (text) => text.normalize("NFC").toLowerCase().replaceAll("ё", "е");
  const press = (button) => {
    for (const one of document.querySelectorAll(".key")) one.setAttribute("aria-pressed", one === button);
  };
  const found = () => byWeight.filter((at) => key(spots[at].title).includes(key(box.value.trim())));

  box.addEventListener("input", () => {
    press(null);
    const wanted = box.value.trim();
    const hits = found();
    pick(wanted ? new Set(hits) : null);
    byId("said").textContent = wanted ? data.texts.found.replace("{count}", hits.length) : "";
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      box.value = "";
      box.dispatchEvent(new Event("input"));
    } else if (event.key === "Enter" && box.value.trim() && found().length) focus(found()[0]);
    else return;
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input")) return;
    event.preventDefault();
    box.focus();
    box.select();
  });

  const ofColour = (colour) => ({ path, colour: own }) => {
    if (colour === "unwritten") return path === null;
    return path !== null && String(own ?? "other") === colour;
  };
  legend.addEventListener("click", (event) => {
    const button = event.target.closest(".key");
    if (!button) return;
    const on = button.getAttribute("aria-pressed") !== "true";
    press(on ? button : null);
    box.value = "";
    byId("said").textContent = "";
    const fits = ofColour(button.dataset.colour);
    pick(on ? new Set([...spots.keys()].filter((at) => fits(spots[at]))) : null);
  });

  // ---- The beginning ----

  if (narrow.matches) legend.querySelector("details").open = false;
  if (spots.length) {
    arrange();
    go(whole(), 0);
    spots[byWeight[0]].link.setAttribute("tabindex", "0");
    const chosen = spots.findIndex((spot) => spot.path !== null && spot.path === data.chosen);
    if (chosen >= 0) {
      spots[chosen].link.classList.add("chosen");
      go(onto(chosen, Math.max(view.scale, 0.9)), 0);
      focus(chosen);
    }
    let width = map.clientWidth;
    new ResizeObserver(() => {
      if (map.clientWidth === width) return;
      width = map.clientWidth;
      arrange();
      go(whole(), 0);
      later();
    }).observe(map);
  }

  setInterval(async () => {
    if (document.hidden) return;
    try {
      const now = await (await fetch("/notes/generation")).text();
      if (now && now !== generation && !box.value && pointed === null) location.reload();
    } catch {
      // The server has stopped; the map stays.
    }
  }, LOOK);
}
