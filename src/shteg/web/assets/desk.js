var Studio = (function () {
  "use strict";
  var told = JSON.parse(document.getElementById("told").textContent);
  var token = document.querySelector('meta[name="shteg-token"]').content;
  var listeners = [], questions = [], state = null, shown = null;

  function by(id) { return document.getElementById(id); }
  function word(key, fill) {
    var text = told.words[key];
    if (text === undefined) { throw new Error("no message studio." + key); }
    return text.replace(/\{([a-z_]+)\}/g, function (whole, name) { return fill && name in fill ? fill[name] : whole; });
  }
  function make(tag, settings, children) {
    var one = document.createElement(tag);
    Object.keys(settings || {}).forEach(function (name) {
      if (name === "text") { one.textContent = settings.text; }
      else if (name in one && name !== "list") { one[name] = settings[name]; }
      else { one.setAttribute(name, settings[name]); }
    });
    (children || []).forEach(function (child) { one.appendChild(child); });
    return one;
  }
  function clear(one) { while (one.firstChild) { one.removeChild(one.firstChild); } return one; }

  // --- asking ---------------------------------------------------------------------------------------------------------
  function ask(path, body, signal) {
    var asked = { headers: { "Accept": "application/json" }, signal: signal };
    if (body !== undefined) {
      asked.method = "POST";
      asked.headers["Content-Type"] = "application/json";
      asked.headers["X-Shteg-Token"] = token;
      asked.body = JSON.stringify(body);
    }
    return fetch(path, asked).then(function (answer) {
      return answer.text().then(function (text) {
        var found;
        try { found = JSON.parse(text); } catch (error) { found = { problem: text.trim(), hint: "" }; }
        if (answer.ok) { return found; }
        var refused = new Error(found.problem || answer.statusText);
        refused.told = found; refused.status = answer.status;
        throw refused;
      });
    });
  }
  function say(text) { by("said").textContent = text; }
  function refusal(error, place, reload) {
    if (error.name === "AbortError") { return; }
    var found = error.told || { problem: error.message, hint: "" };
    clear(place).appendChild(make("p", { className: "warning", lang: error.status === 409 ? "" : "en",
      text: error.status === 409 && found.difference ? word("conflict") : found.problem + (found.hint ? " — " + found.hint : "") }));
    if (found.difference) { place.appendChild(make("pre", { text: found.difference, tabIndex: 0 })); }
    if (error.status === 409 && reload) {
      var again = make("button", { type: "button", text: word("reload") });
      again.addEventListener("click", function () { clear(place); reload(); });
      place.appendChild(again);
    }
  }
  function problemItem(one, open) {
    var place = one.file + (one.line ? ":" + one.line : "") + (one.column ? ":" + one.column : "");
    var button = make("button", { type: "button", className: "place", text: place });
    button.addEventListener("click", function () { open(one); });
    return make("li", {}, [button, make("span", { text: one.problem }), make("small", { text: one.hint })]);
  }

  // --- parts ----------------------------------------------------------------------------------------------------------
  var tabs = Array.prototype.slice.call(document.querySelectorAll("[role=tab]"));
  var wide = window.matchMedia("(min-width: 60rem)");
  function panel(tab) { return by(tab.getAttribute("aria-controls")); }
  function choose(id, focus) {
    tabs.forEach(function (tab) {
      var on = tab.id === "tab-" + id;
      tab.setAttribute("aria-selected", on ? "true" : "false");
      tab.tabIndex = on ? 0 : -1;
      panel(tab).hidden = !on && !(tab.id === "tab-page" && wide.matches);
      if (on && focus) { tab.focus(); }
    });
    try { window.sessionStorage.setItem("shteg-part", id); } catch (error) { /* storage is closed */ }
    listeners.forEach(function (one) { if (one.part === id) { one.opened(); } });
  }
  function usable() { return tabs.filter(function (tab) { return tab.offsetParent !== null; }); }
  tabs.forEach(function (tab) {
    tab.addEventListener("click", function () { choose(tab.id.slice(4)); });
    tab.addEventListener("keydown", function (event) {
      var all = usable(), at = all.indexOf(tab), to = null;
      if (event.key === "ArrowRight") { to = all[(at + 1) % all.length]; }
      if (event.key === "ArrowLeft") { to = all[(at + all.length - 1) % all.length]; }
      if (event.key === "Home") { to = all[0]; }
      if (event.key === "End") { to = all[all.length - 1]; }
      if (to) { event.preventDefault(); choose(to.id.slice(4), true); }
    });
  });
  function current() { return tabs.filter(function (tab) { return tab.getAttribute("aria-selected") === "true"; })[0].id.slice(4); }
  function fit() { choose(wide.matches && current() === "page" ? "problems" : current()); }
  wide.addEventListener("change", fit);

  // --- the page beside ------------------------------------------------------------------------------------------------
  var paper = by("paper"), own = by("own");
  function inner() { try { return paper.contentWindow; } catch (error) { return null; } }
  function renew() {
    var page = inner();
    if (!page || !page.location || page.location.href === "about:blank") { return; }
    var x = page.scrollX, y = page.scrollY;
    paper.addEventListener("load", function () { var again = inner(); if (again) { again.scrollTo(x, y); } }, { once: true });
    page.location.reload();
  }
  function go(address) {
    var page = inner();
    if (page && page.location.pathname === address) { return; }
    paper.src = address;
  }
  paper.addEventListener("load", function () {
    var page = inner();
    if (page) { own.href = page.location.pathname; paper.title = word("page") + ": " + page.document.title; }
  });
  by("front").addEventListener("click", function () { paper.src = "/site/" + told.language + "/index.html"; });

  // --- state ----------------------------------------------------------------------------------------------------------
  function stages(names) { return names.map(function (name) { return word("stage." + name); }).join(", "); }
  function sentence(now) {
    var parts = [];
    if (now.failed) { parts.push(word("state.failed", { problem: now.failed })); }
    if (now.building && now.stage) {
      var name = "stage." + now.stage in told.words ? word("stage." + now.stage) : now.stage;
      parts.push(word("state.building", { stage: name, done: String(now.done), total: String(now.total) }));
    }
    if (now.stale.length) { parts.push(word("state.stale", { stages: stages(now.stale) })); }
    if (!now.building && now.problems.length && !now.checked) { parts.push(word("state.problems")); }
    if (now.problems.length && now.checked) { parts.push(word("problems") + ": " + (now.problems.length + now.more)); }
    if (now.drafts.length) { parts.push(word("state.draft")); }
    if (!parts.length) { parts.push(word("state.whole", { edition: now.edition })); }
    return parts.join(" · ");
  }
  function openProblem(one) {
    var part = /\.csv$/.test(one.file) ? "tables" : "texts";
    choose(part, true);
    listeners.forEach(function (each) { if (each.part === part) { each.open(one.file, one.line, one.column); } });
  }
  function take(now) {
    var before = state;
    state = now;
    by("state").textContent = sentence(now);
    by("state").className = now.failed || (!now.building && now.problems.length && !now.checked) ? "bad" : "";
    by("count").textContent = now.problems.length ? "(" + (now.problems.length + now.more) + ")" : "";
    by("locked").hidden = !now.locked;
    by("locked").textContent = now.locked;
    var empty = by("no-problem");
    empty.hidden = now.problems.length > 0;
    empty.textContent = word(now.building && !now.checked ? "problems.unchecked" : "problems.none");
    if (!before || JSON.stringify(before.problems) !== JSON.stringify(now.problems)) {
      var list = clear(by("problems"));
      now.problems.forEach(function (one) { list.appendChild(problemItem(one, openProblem)); });
      if (now.more) { list.appendChild(make("li", { text: word("problems.more", { count: String(now.more) }), lang: told.language })); }
    }
    document.querySelectorAll(".undo-save").forEach(function (one) { one.disabled = !now.undo.length || Boolean(now.locked); });
    if (shown !== null && now.version !== shown) { renew(); }
    if (shown === null && now.pages) { renewIfWaiting(); }
    shown = now.version;
    listeners.forEach(function (one) { if (one.news) { one.news(now, before); } });
  }
  function renewIfWaiting() {
    var page = inner();
    if (page && page.document && page.document.body && page.document.body.classList.contains("notice")) { renew(); }
  }
  document.querySelectorAll(".undo-save").forEach(function (button) {
    button.addEventListener("click", function () {
      var place = by(current() === "tables" ? "table-told" : "text-told");
      ask("/studio/undo", {}).then(function (found) {
        say(word("undone", { file: found.file }));
        listeners.forEach(function (one) { if (one.undone) { one.undone(found.file); } });
      }).catch(function (error) { refusal(error, place); });
    });
  });
  window.addEventListener("beforeunload", function (event) {
    if (questions.some(function (open) { return open(); })) { event.preventDefault(); event.returnValue = ""; }
  });
  var source = null;
  function listen() {
    source = new EventSource("/studio/events");
    source.onmessage = function (event) { take(JSON.parse(event.data)); };
    source.onerror = function () { by("state").textContent = word("state.lost"); by("state").className = "bad"; };
  }
  document.addEventListener("visibilitychange", function () {
    if (document.hidden) { if (source) { source.close(); source = null; } } else if (!source) { listen(); }
  });
  window.addEventListener("DOMContentLoaded", function () {
    var part = "problems";
    try { part = window.sessionStorage.getItem("shteg-part") || part; } catch (error) { /* storage is closed */ }
    choose(by("tab-" + part) && !(part === "page" && wide.matches) ? part : "problems");
    listen();
  });

  return {
    by: by, word: word, make: make, clear: clear, ask: ask, say: say, refusal: refusal, problemItem: problemItem, go: go,
    told: told, state: function () { return state; },
    add: function (listener) { listeners.push(listener); },
    unsaved: function (open) { questions.push(open); }
  };
})();
