"use strict";
// The page is whole without this; here it learns to filter its questions.
{
  const form = document.getElementById("filter");
  const output = form.querySelector("output");
  const groups = [...document.querySelectorAll("section.class")].map((section) => ({
    section,
    failure: section.dataset.failure,
    cases: [...section.querySelectorAll("details")],
  }));
  const count = groups.reduce((sum, group) => sum + group.cases.length, 0);
  const folded = (text) => text.toLowerCase().replaceAll("ё", "е");
  const texts = new Map();

  function textOf(item) {
    if (!texts.has(item)) texts.set(item, folded(item.textContent));
    return texts.get(item);
  }

  function apply() {
    const { failure, type, text } = Object.fromEntries(new FormData(form));
    const sought = folded(text.trim());
    let shown = 0;
    for (const group of groups) {
      const ofClass = !failure || group.failure === failure || (failure === "*" && group.failure !== "none");
      let left = 0;
      for (const item of group.cases) {
        item.hidden = !(ofClass && (!type || item.dataset.type === type) && (!sought || textOf(item).includes(sought)));
        left += !item.hidden;
      }
      group.section.hidden = !left;
      shown += left;
    }
    output.textContent = output.dataset.shown.replace("{shown}", shown).replace("{count}", count);
  }

  // A link to a question, or to a quote within it, opens the question.
  function open() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const item = target?.closest("details");
    if (!item) return;
    if (item.hidden) {
      form.reset();
      apply();
    }
    item.open = true;
    target.scrollIntoView();
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-failure], a[data-type]");
    if (!link) return;
    form.reset();
    if (link.dataset.failure) form.elements.failure.value = link.dataset.failure;
    else form.elements.type.value = link.dataset.type;
    apply();
  });
  form.addEventListener("input", apply);
  form.addEventListener("reset", () => setTimeout(apply));
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", open);
  form.hidden = false;
  apply();
  open();
}
