"use strict";
// The search: a box on every page, and what it finds on the page of search. Stems are made as lookup/stems.py makes them.
(function () {
  const fold = text => text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "");

  function stems(text, book) {
    return (fold(text).match(/[\p{L}\p{N}]+/gu) || []).map(word => {
      if (/^\p{Nd}+$/u.test(word)) return word;
      const letters = Array.from(word);
      const ending = book.endings.find(one => word.endsWith(one) && letters.length - one.length >= book.shortest);
      return ending === undefined ? word : word.slice(0, word.length - ending.length);
    });
  }

  function titles(book) {
    let before = [];
    for (const thing of book.things) {
      before = before.slice(0, thing[1]).concat(Array.from(thing[2]));
      thing.title = before.join("");
    }
  }

  function placesOf(stem, book, whole) {
    const found = new Map();
    const keys = whole ? (Object.hasOwn(book.stems, stem) ? [stem] : [])
      : Object.keys(book.stems).filter(one => one.startsWith(stem));
    for (const key of keys) {
      let place = 0;
      for (const part of book.stems[key].split(" ")) {
        place += parseInt(part, 36);
        const weight = part.endsWith(".") ? 1 : book.strengths[book.things[place][0]];
        found.set(place, Math.max(found.get(place) || 0, weight + (key === stem ? 0.5 : 0)));
      }
    }
    return found;
  }

  function search(text, book) {
    const wanted = [...new Set(stems(text, book))].filter(stem => !book.common.includes(stem));
    const scores = new Map();
    wanted.forEach((stem, at) => {
      const whole = stem.length < 3 || (at < wanted.length - 1 && Object.hasOwn(book.stems, stem));
      for (const [place, weight] of placesOf(stem, book, whole)) {
        const [all, score] = scores.get(place) || [0, 0];
        scores.set(place, [all + 1, score + weight]);
      }
    });
    const most = Math.max(0, ...[...scores.values()].map(one => one[0]));
    const places = [...scores.keys()].filter(place => scores.get(place)[0] === most);
    places.sort((a, b) => scores.get(b)[1] - scores.get(a)[1] || a - b);
    return { places, all: most === wanted.length };
  }

  window.SHTEG_FIND = { stems, search };

  for (const box of document.querySelectorAll("[data-search]")) {
    const input = box.querySelector("input");
    const go = () => { location.href = "search.html?q=" + encodeURIComponent(input.value); };
    box.hidden = false;
    box.querySelector("button").addEventListener("click", go);
    input.addEventListener("keydown", event => { if (event.key === "Enter") go(); });
  }
  for (const link of document.querySelectorAll("[data-search-link]")) link.hidden = true;

  const list = document.getElementById("search-results");
  const book = window.SHTEG_SEARCH;
  if (!list || !book) return;
  titles(book);
  const input = document.getElementById("search-words");
  const count = document.getElementById("search-count");
  const MOST = 60;

  function valuesPage(id) {
    const list = book.lists.filter(([first]) => first <= id).pop() || book.lists[0];
    return "values-" + list[1] + ".html";
  }

  function entry(place) {
    const thing = book.things[place];
    const [kind, , , name, text] = thing;
    const address = kind === book.value ? valuesPage(name) + "#value-" + name
      : kind === book.source ? "sources.html#source-" + name : name;
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = address;
    link.textContent = thing.title;
    const tag = document.createElement("span");
    tag.className = "tag";
    tag.textContent = book.kinds[kind];
    item.append(link, " ", tag);
    if (text) {
      const below = document.createElement("p");
      below.className = "note";
      below.textContent = text;
      item.append(below);
    }
    return item;
  }

  function show() {
    const text = input.value.trim();
    const { places, all } = text ? search(text, book) : { places: [], all: true };
    list.replaceChildren(...places.slice(0, MOST).map(entry));
    const words = book.words;
    const said = places.length === 1 ? words.one : (places.length ? words.many : words.none);
    count.textContent = !text ? "" : said.replace("{number}", places.length) + (all ? "" : " " + words.some)
      + (places.length > MOST ? " " + words.more.replace("{number}", MOST) : "");
  }

  let waiting = 0;
  input.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(show, 120); });
  document.addEventListener("keydown", event => {
    const links = [...list.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || (at < 0 && document.activeElement !== input)) return;
    const next = at + step;
    if (next >= links.length) return;
    event.preventDefault();
    (next < 0 ? input : links[next]).focus();
  });
  input.value = new URLSearchParams(location.search).get("q") || "";
  show();
})();
