// Tables: long ones can be filtered, sorted and folded; wide ones say that they scroll. All rows stand without scripts.
(function () {
  "use strict";
  var language = document.documentElement.lang;
  var collator = new Intl.Collator(language, { numeric: true });
  var MANY = 60; // rows of a table whose groups are shut at first

  function folded(text) {
    return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[\u2010\u2011]/g, "-").replace(/[đĐ]/g, "d")
      .replace(/[\u2019\u2018]/g, "'").replace(/\s+/g, " ").toLocaleLowerCase(language);
  }
  function make(name, attributes, text) {
    var made = document.createElement(name);
    Object.keys(attributes || {}).forEach(function (key) { made.setAttribute(key, attributes[key]); });
    if (text) { made.textContent = text; }
    return made;
  }
  // What a cell is sorted by: the number or date that a machine reads, else its words.
  function key(row, column) {
    var cell = row.cells[column];
    var data = cell && cell.querySelector("data[value]"), time = cell && cell.querySelector("time[datetime]");
    if (!data) { data = cell && cell.querySelector("[data-sort]"); }
    var number = data ? parseFloat(data.getAttribute("value") || data.dataset.sort) : NaN;
    if (!isNaN(number)) { return number; }
    var text = time ? time.getAttribute("datetime") : cell ? cell.textContent.trim() : "";
    return text === "–" ? "" : text;
  }
  function compare(a, b) {
    if (typeof a === "number" && typeof b === "number") { return a - b; }
    if (typeof a === "number") { return -1; }
    return typeof b === "number" ? 1 : collator.compare(a, b);
  }

  function Finder(box) {
    this.box = box;
    this.table = box.querySelector("table");
    this.words = box.dataset;
    this.query = "";
    this.groups = Array.prototype.map.call(this.table.tBodies, function (body) {
      var rows = Array.prototype.slice.call(body.rows), head = rows[0].classList.contains("group") ? rows.shift() : null;
      return { body: body, head: head, rows: rows, open: true };
    });
    this.count = this.groups.reduce(function (sum, group) { return sum + group.rows.length; }, 0);
    this.buttons = [];
    this.tools();
    this.headers();
    this.fold();
    this.show();
  }

  Finder.prototype.tools = function () {
    var self = this, tools = make("div", { "class": "find" }), label = make("label", {}, this.words.find);
    var input = make("input", { type: "search", autocomplete: "off" });
    input.addEventListener("input", function () { self.query = folded(input.value.trim()); self.show(); });
    label.appendChild(input);
    tools.appendChild(label);
    var order = make("label", { "class": "order" }, this.words.sort), select = make("select");
    select.appendChild(make("option", { value: "" }, this.words.order));
    Array.prototype.forEach.call(this.table.tHead.rows[0].cells, function (header, at) {
      ["ascending", "descending"].forEach(function (way) {
        select.appendChild(make("option", { value: at + " " + way }, header.textContent + (way === "ascending" ? " ↑" : " ↓")));
      });
    });
    select.addEventListener("change", function () {
      var chosen = select.value.split(" ");
      self.sort(chosen[0] === "" ? -1 : +chosen[0], chosen[1] || "none");
    });
    this.select = select;
    order.appendChild(select);
    tools.appendChild(order);
    this.status = make("p", { role: "status" });
    tools.appendChild(this.status);
    if (this.groups[0].head) {
      this.all = make("button", { type: "button" });
      this.all.addEventListener("click", function () {
        var open = self.groups.some(function (group) { return !group.open; });
        self.groups.forEach(function (group) { group.open = open; });
        self.show();
      });
      tools.appendChild(this.all);
    }
    this.box.insertBefore(tools, this.box.querySelector(".scroll"));
  };

  Finder.prototype.headers = function () {
    var self = this;
    Array.prototype.forEach.call(this.table.tHead.rows[0].cells, function (header, at) {
      var button = make("button", { type: "button" });
      while (header.firstChild) { button.appendChild(header.firstChild); }
      header.appendChild(button);
      header.setAttribute("aria-sort", "none");
      button.addEventListener("click", function () {
        var next = { none: "ascending", ascending: "descending", descending: "none" }[header.getAttribute("aria-sort")];
        self.sort(at, next);
      });
    });
  };

  Finder.prototype.sort = function (column, way) {
    Array.prototype.forEach.call(this.table.tHead.rows[0].cells, function (header, at) {
      header.setAttribute("aria-sort", at === column ? way : "none");
    });
    this.select.value = way === "none" ? "" : column + " " + way;
    this.groups.forEach(function (group) {
      var keyed = group.rows.map(function (row, at) { return { row: row, at: at, key: way === "none" ? "" : key(row, column) }; });
      if (way !== "none") {
        keyed.sort(function (a, b) {
          if (a.key === "" || b.key === "") { return (a.key === "") - (b.key === "") || a.at - b.at; }  // empty ones last
          return (way === "ascending" ? 1 : -1) * compare(a.key, b.key) || a.at - b.at;
        });
      }
      keyed.forEach(function (one) { group.body.appendChild(one.row); });
    });
  };

  Finder.prototype.fold = function () {
    var self = this;
    if (!this.groups[0].head) { return; }
    this.groups.forEach(function (group) {
      var header = group.head.cells[0], button = make("button", { type: "button" });
      while (header.firstChild) { button.appendChild(header.firstChild); }
      header.appendChild(button);
      button.addEventListener("click", function () { group.open = !group.open; self.show(); });
      group.button = button;
      group.open = self.count < MANY || self.groups.length < 2;
    });
    this.reveal();
    window.addEventListener("hashchange", function () { self.reveal(); self.show(); });
  };

  // A link to a row opens its group.
  Finder.prototype.reveal = function () {
    var wanted = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!wanted || !this.table.contains(wanted)) { return; }
    this.groups.forEach(function (group) { if (group.body.contains(wanted)) { group.open = true; } });
    window.requestAnimationFrame(function () { wanted.scrollIntoView(); });
  };

  Finder.prototype.show = function () {
    var query = this.query, shown = 0;
    this.groups.forEach(function (group) {
      var inside = 0, named = query && group.head && folded(group.head.textContent).indexOf(query) >= 0;
      group.rows.forEach(function (row) {
        if (query && row.words === undefined) { row.words = folded(row.textContent); }
        var fits = !query || named || row.words.indexOf(query) >= 0;
        inside += fits;
        row.classList.toggle("folded", !(fits && (query || group.open)));
      });
      group.body.classList.toggle("folded", !inside);
      if (group.button) { group.button.setAttribute("aria-expanded", String(Boolean(group.open || query))); }
      shown += inside;
    });
    var number = new Intl.NumberFormat(language);
    var told = this.words.count.replace("{shown}", number.format(shown)).replace("{all}", number.format(this.count));
    this.status.textContent = shown ? told : this.words.none;
    if (this.all) {
      var shut = this.groups.some(function (group) { return !group.open; });
      this.all.textContent = shut ? this.words.open : this.words.shut;
    }
  };

  document.querySelectorAll(".table[data-find]").forEach(function (box) { new Finder(box); });

  // A table that fits needs no stop of the keyboard; one that does not says so.
  function measure(scroller) {
    var hidden = scroller.scrollWidth > scroller.clientWidth + 1;
    if (hidden) { scroller.setAttribute("tabindex", "0"); } else { scroller.removeAttribute("tabindex"); }
    if (!scroller.dataset.more) { return; }
    var hint = scroller.previousElementSibling;
    if (!hint || !hint.classList.contains("more-columns")) {
      if (!hidden) { return; }
      hint = scroller.parentNode.insertBefore(make("p", { "class": "note more-columns" }, scroller.dataset.more), scroller);
    }
    hint.hidden = !hidden;
  }
  if ("ResizeObserver" in window) {
    var observer = new ResizeObserver(function (seen) { seen.forEach(function (one) { measure(one.target); }); });
    document.querySelectorAll(".scroll").forEach(function (scroller) { observer.observe(scroller); });
  }
})();
