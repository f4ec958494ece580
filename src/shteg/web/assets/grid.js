(function () {
  "use strict";
  var by = Studio.by, word = Studio.word, make = Studio.make, clear = Studio.clear;
  var MOST = 50;
  var select = by("table-file"), table = null, rows = [], past = [], future = [], first = 0, found = [], timer = null,
    running = null, listing = null, keys = 0;

  // A row: base is its number in the file (-1: new), cells are its texts, gone says that it is removed.
  function filled(cells) { return cells.some(function (one) { return one.trim() !== ""; }); }
  function standing() { return rows.filter(function (row) { return !row.gone && (row.base >= 0 || filled(row.cells)) && !(row.base >= 0 && !filled(row.cells)); }); }
  function edits() {
    var told = { file: table.file, mark: table.mark, cells: [], removed: [], added: [] }, last = -1;
    rows.forEach(function (row) {
      if (row.base >= 0) {
        last = row.base;
        if (row.gone || !filled(row.cells)) { told.removed.push(row.base); return; }
        row.cells.forEach(function (text, column) {
          if (text !== table.rows[row.base][column]) { told.cells.push([row.base, column, text]); }
        });
      } else if (!row.gone && filled(row.cells)) {
        told.added.push([last, row.cells]);
      }
    });
    return told;
  }
  function dirty() {
    if (!table) { return false; }
    var told = edits();
    return told.cells.length + told.removed.length + told.added.length > 0;
  }
  Studio.unsaved(dirty);

  function copy() { return rows.map(function (row) { return { key: row.key, base: row.base, cells: row.cells.slice(), gone: row.gone }; }); }
  function step(change) { past.push(copy()); future = []; change(); after(); }
  function after() { show(); window.clearTimeout(timer); timer = window.setTimeout(check, 350); }
  function back(from, to) {
    if (!from.length) { return; }
    to.push(copy()); rows = from.pop(); draw(); after();
  }

  function show() {
    var changed = dirty(), locked = table && table.locked, bad = found.length > 0 && changed;
    by("table-state").textContent = table ? word(changed ? "unsaved" : "same") : "";
    by("table-save").disabled = !changed || Boolean(locked);
    by("table-save").textContent = word(bad ? "save.anyway" : "save");
    by("table-discard").disabled = !changed;
    by("table-undo").disabled = !past.length;
    by("table-redo").disabled = !future.length;
    by("table-add").disabled = Boolean(locked);
  }
  function check() {
    if (!table) { return; }
    if (running) { running.abort(); }
    running = new AbortController();
    if (!dirty()) { mark(table.problems, []); return; }
    Studio.ask("/studio/table/check", edits(), running.signal).then(function (told) {
      clear(by("table-told"));
      mark(told.problems, told.elsewhere);
    }).catch(function (error) { Studio.refusal(error, by("table-told"), reload); });
  }
  function mark(problems, elsewhere) {
    found = problems;
    var order = standing();
    order.forEach(function (row) { row.problems = []; });
    rows.forEach(function (row) { row.problems = []; });
    problems.forEach(function (one) { if (one.row >= 0 && order[one.row]) { order[one.row].problems.push(one); } });
    var list = clear(by("table-problems"));
    problems.forEach(function (one) {
      var column = one.column >= 0 ? table.columns[one.column].name : "";
      var place = (one.line ? word("line", { line: String(one.line) }) : table.file) + (column ? ", " + column : "");
      var button = make("button", { type: "button", className: "place", text: place });
      button.addEventListener("click", function () { if (order[one.row]) { jump(order[one.row].key, Math.max(one.column, 0)); } });
      list.appendChild(make("li", {}, [button, make("span", { text: one.problem }), make("small", { text: one.hint })]));
    });
    var outside = by("table-outside"), inside = clear(outside.querySelector("ul"));
    outside.hidden = !elsewhere.length;
    elsewhere.forEach(function (one) { inside.appendChild(Studio.problemItem(one, function () {})); });
    decorate(); show();
  }
  function line(row) { return row.base >= 0 ? String(table.lines[row.base]) : word("grid.new"); }

  function chosen() {
    var wanted = by("table-filter").value.trim().toLowerCase();
    return rows.filter(function (row) {
      return !row.gone && (!wanted || row.base < 0 || row.cells.some(function (one) { return one.toLowerCase().indexOf(wanted) >= 0; }));
    });
  }
  function field(row, at) {
    var column = table.columns[at], value = row.cells[at], one;
    var name = word("grid.cell", { column: column.name, line: line(row) });
    if (column.only && !table.locked) {
      one = make("select", {});
      if (!column.required || column.choices.indexOf("") >= 0 || value === "") { one.appendChild(make("option", { value: "", text: "" })); }
      if (value !== "" && column.choices.indexOf(value) < 0) {
        one.appendChild(make("option", { value: value, text: word("grid.invalid", { value: value }) }));
      }
      column.choices.forEach(function (each) { if (each !== "") { one.appendChild(make("option", { value: each, text: each })); } });
      one.value = value;
    } else if (value.indexOf("\n") >= 0 || value.length > 60) {
      one = make("textarea", { rows: 2, value: value, readOnly: Boolean(table.locked) });
    } else {
      one = make("input", { type: "text", value: value, readOnly: Boolean(table.locked), autocomplete: "off" });
      if (column.choices.length) { one.setAttribute("list", "choices-" + at); }
    }
    one.setAttribute("aria-label", name);
    one.setAttribute("data-key", row.key); one.setAttribute("data-at", at);
    one.addEventListener("change", function () { set(row.key, at, one.value); });
    one.addEventListener("keydown", function (event) { moved(event, row.key, at, one); });
    return one;
  }
  function set(key, at, value) {
    var row = rows.filter(function (each) { return each.key === key; })[0];
    if (!row || row.cells[at] === value) { return; }
    step(function () { row = rows.filter(function (each) { return each.key === key; })[0]; row.cells[at] = value; });
  }
  function moved(event, key, at, one) {
    var down = event.key === "ArrowDown" || (event.key === "Enter" && one.tagName === "INPUT"), up = event.key === "ArrowUp";
    if (one.tagName === "INPUT" && (down || up)) {
      var to = place(neighbour(key, down ? 1 : -1), at);
      if (to) { event.preventDefault(); to.focus(); if (to.select) { to.select(); } }
    }
    if ((event.ctrlKey || event.metaKey) && event.key === "s") {
      event.preventDefault(); set(key, at, one.value); by("table-save").click();
    }
    if ((event.ctrlKey || event.metaKey) && event.key === "z" && one.tagName !== "TEXTAREA") {
      var row = rows.filter(function (each) { return each.key === key; })[0];
      if (row && row.cells[at] === one.value && past.length) { event.preventDefault(); back(past, future); focus(key, at); }
    }
  }
  function neighbour(key, by_) {
    var all = chosen().slice(first, first + MOST), at = all.map(function (row) { return row.key; }).indexOf(key);
    return all[at + by_] ? all[at + by_].key : null;
  }
  function place(key, at) { return by("grid").querySelector('[data-key="' + key + '"][data-at="' + at + '"]'); }
  function focus(key, at) { var one = place(key, at); if (one) { one.focus(); } }
  function jump(key, at) {
    var all = chosen().map(function (row) { return row.key; }), number = all.indexOf(key);
    if (number < 0) { by("table-filter").value = ""; number = chosen().map(function (row) { return row.key; }).indexOf(key); }
    first = Math.floor(number / MOST) * MOST;
    draw(); focus(key, at);
  }
  function act(text, symbol, run) {
    var button = make("button", { type: "button", text: symbol, title: text, disabled: Boolean(table.locked) });
    button.setAttribute("aria-label", text);
    button.addEventListener("click", run);
    return button;
  }
  function insert(after_) {
    var key = keys += 1;
    step(function () {
      var at = after_ === null ? rows.length : rows.map(function (row) { return row.key; }).indexOf(after_) + 1;
      rows.splice(at, 0, { key: key, base: -1, cells: table.columns.map(function () { return ""; }), gone: false, problems: [] });
    });
    draw(); jump(key, 0);
  }
  function remove(key) {
    var next = neighbour(key, 1) || neighbour(key, -1);
    step(function () { rows.forEach(function (row) { if (row.key === key) { row.gone = true; } }); });
    draw();
    if (next !== null) { focus(next, 0); } else { by("grid").focus(); }
  }
  function draw() {
    var grid = clear(by("grid")), all = chosen();
    first = Math.max(0, Math.min(first, Math.floor(Math.max(0, all.length - 1) / MOST) * MOST));
    var part = all.slice(first, first + MOST);
    by("table-range").textContent = word("grid.rows", { first: String(all.length ? first + 1 : 0), last: String(first + part.length), count: String(all.length) });
    by("table-back").hidden = by("table-on").hidden = all.length <= MOST;
    by("table-back").disabled = first === 0;
    by("table-on").disabled = first + MOST >= all.length;
    var head = make("tr", {}, [make("th", { scope: "col", text: "" + word("grid.actions") })]);
    table.columns.forEach(function (column, at) {
      var form = word("form." + column.form) + (column.required ? ", " + word("grid.required") : "");
      head.appendChild(make("th", { scope: "col", title: column.meaning }, [make("span", { text: column.name }), make("small", { text: form })]));
      if (!column.only && column.choices.length) {
        grid.appendChild(make("datalist", { id: "choices-" + at }, column.choices.map(function (each) { return make("option", { value: each }); })));
      }
    });
    var body = make("tbody", {}, part.map(function (row) {
      var told = line(row);
      var cells = [make("th", { scope: "row" }, [
        make("span", { text: told }),
        act(word("grid.below", { line: told }), "+", function () { insert(row.key); }),
        act(word("grid.remove", { line: told }), "×", function () { remove(row.key); })
      ])];
      table.columns.forEach(function (column, at) {
        var cell = make("td", { "data-label": column.name }, [field(row, at)]);
        cell.className = row.cells[at].length > 28 ? "long" : row.cells[at].length > 12 ? "middle" : "";
        cells.push(cell);
      });
      return make("tr", { "data-row": row.key }, cells);
    }));
    grid.appendChild(make("table", {}, [make("thead", {}, [head]), body]));
    decorate();
  }
  function decorate() {
    by("grid").querySelectorAll("[data-at]").forEach(function (one) {
      var key = Number(one.getAttribute("data-key")), at = Number(one.getAttribute("data-at"));
      var row = rows.filter(function (each) { return each.key === key; })[0];
      var wrong = row && (row.problems || []).filter(function (each) { return each.column === at || (each.column < 0 && at === 0); });
      var cell = one.parentNode, note = cell.querySelector(".wrong");
      if (note) { cell.removeChild(note); }
      one.removeAttribute("aria-invalid"); one.removeAttribute("aria-describedby");
      var before = row && row.base >= 0 ? table.rows[row.base][at] : "";
      cell.classList.toggle("changed", Boolean(row) && row.cells[at] !== before);
      if (wrong && wrong.length) {
        var id = "wrong-" + key + "-" + at;
        one.setAttribute("aria-invalid", "true"); one.setAttribute("aria-describedby", id);
        cell.appendChild(make("p", { id: id, className: "wrong", lang: "en",
          text: wrong.map(function (each) { return each.problem + " — " + each.hint; }).join("; ") }));
      }
    });
  }
  function take(told) {
    table = told; past = []; future = [];
    rows = told.rows.map(function (cells, at) { keys += 1; return { key: keys, base: at, cells: cells.slice(), gone: false, problems: [] }; });
    by("table-work").hidden = false;
    by("grid").setAttribute("aria-label", word("grid", { file: told.file }));
    clear(by("table-told"));
    if (told.locked) { by("table-told").appendChild(make("p", { className: "warning", lang: "en", text: told.locked })); }
    draw(); mark(told.problems, []);
  }
  function fetchTable(name) { return Studio.ask("/studio/table?file=" + encodeURIComponent(name)); }
  function load(name, at, column) {
    if (dirty() && table.file !== name && !window.confirm(word("discard") + "?")) { select.value = table.file; return; }
    if (dirty() && table.file === name) { return; }
    fetchTable(name).then(function (told) {
      by("table-filter").value = ""; first = 0;
      take(told);
      if (at) { var number = told.lines.indexOf(at); if (number >= 0) { jump(rows[number].key, Math.max((column || 1) - 1, 0)); } }
    }).catch(function (error) {
      by("table-work").hidden = false; table = null; rows = []; clear(by("grid")); Studio.refusal(error, by("table-told"));
    });
  }
  function reload() { var name = table.file; table = null; rows = []; load(name); }

  by("table-save").addEventListener("click", function () {
    window.clearTimeout(timer);
    Studio.ask("/studio/table/save", edits()).then(function (told) {
      take(told);
      Studio.say(word("saved", { file: told.file }));
      by("table-told").appendChild(make("details", {}, [make("summary", { text: word("written") }), make("pre", { text: told.difference, tabIndex: 0 })]));
    }).catch(function (error) { Studio.refusal(error, by("table-told"), reload); });
  });
  by("table-add").addEventListener("click", function () { insert(null); });
  by("table-undo").addEventListener("click", function () { back(past, future); });
  by("table-redo").addEventListener("click", function () { back(future, past); });
  by("table-discard").addEventListener("click", function () { window.clearTimeout(timer); take(table); });
  by("table-filter").addEventListener("input", function () { first = 0; draw(); });
  by("table-back").addEventListener("click", function () { first -= MOST; draw(); });
  by("table-on").addEventListener("click", function () { first += MOST; draw(); });
  select.addEventListener("change", function () { if (select.value) { load(select.value); } });
  function list() {
    return Studio.ask("/studio/files").then(function (told) {
      told.files.forEach(function (one) { if (one.kind === "table") { select.appendChild(make("option", { value: one.file, text: one.file })); } });
    }).catch(function (error) { listing = null; by("table-work").hidden = false; Studio.refusal(error, by("table-told")); });
  }
  function listed() { // once, however often it is asked for while the answer is on its way
    if (!listing) { listing = list(); }
    return listing;
  }
  Studio.add({
    part: "tables",
    opened: function () { listed(); },
    open: function (name, at, column) {
      listed().then(function () { select.value = name; load(name, at, column); });
    },
    undone: function (name) { if (table && table.file === name && !dirty()) { reload(); } },
    news: function (now, before) {
      if (!table || !before || now.building || !before.building || dirty()) { return; }
      fetchTable(table.file).then(function (told) {
        if (!table || told.file !== table.file || dirty()) { return; }
        if (told.mark !== table.mark) { take(told); } else { table.problems = told.problems; mark(told.problems, []); }
      }).catch(function () {});
    }
  });
})();
