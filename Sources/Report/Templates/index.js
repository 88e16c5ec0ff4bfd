"use strict";
// The index: experiments in the order of dates or names, and those that hold a text alone.
{
  const articles = [...document.querySelectorAll("article.experiment")];
  const controls = document.getElementById("index-controls");
  const element = (name, properties, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };
  const orders = {
    "newest first": (a, b) => b.dataset.date.localeCompare(a.dataset.date),
    "oldest first": (a, b) => a.dataset.date.localeCompare(b.dataset.date),
    "by name": (a, b) => a.dataset.name.localeCompare(b.dataset.name, undefined, { numeric: true }),
  };
  const order = element("select", {}, ...Object.keys(orders).map(name => element("option", {}, name)));
  const filter = element("input", { type: "search", placeholder: "a word of it", autocomplete: "off" });
  const count = element("output");
  const update = () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const article of articles) {
      const text = article.textContent.toLowerCase();
      article.hidden = !words.every(word => text.includes(word));
    }
    const shown = articles.filter(article => !article.hidden).length;
    count.textContent = shown < articles.length ? `${shown} of ${articles.length}` : "";
  };
  order.addEventListener("change", () => {
    const parent = articles[0]?.parentElement;
    parent?.append(...[...articles].sort(orders[order.value]));
  });
  filter.addEventListener("input", update);
  filter.addEventListener("keydown", event => {
    if (event.key === "Escape") { filter.value = ""; update(); }
  });
  if (articles.length > 1)
    controls.append(element("label", {}, "order ", order), element("label", {}, "filter ", filter), count);
}
