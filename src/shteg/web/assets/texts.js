(function () {
  "use strict";
  var by = Studio.by, word = Studio.word, make = Studio.make, clear = Studio.clear;
  var select = by("text-file"), area = by("text"), file = null, timer = null, running = null, listing = null;

  function dirty() { return file !== null && area.value !== file.text; }
  Studio.unsaved(dirty);
  function show() {
    by("text-state").textContent = file === null ? "" : word(dirty() ? "unsaved" : "same");
    by("text-save").disabled = !dirty() || Boolean(file.locked);
    by("text-discard").disabled = !dirty();
  }
  function problems(found) {
    var list = clear(by("text-problems"));
    found.forEach(function (one) { list.appendChild(Studio.problemItem(one, function (each) {
      if (file && each.file === file.file) { jump(each.line); } else { select.value = each.file; load(each.file, each.line); }
    })); });
  }
  function jump(line) {
    if (!line) { return; }
    var lines = area.value.split("\n"), at = 0, i;
    for (i = 0; i < Math.min(line - 1, lines.length); i += 1) { at += lines[i].length + 1; }
    area.focus();
    area.setSelectionRange(at, at + (lines[line - 1] || "").length);
    area.scrollTop = Math.max(0, (line - 4) * parseFloat(window.getComputedStyle(area).lineHeight));
  }
  function load(name, line) {
    if (dirty() && !window.confirm(word("discard") + "?")) { select.value = file.file; return; }
    var before = file && dirty() ? file.file : null;
    if (before) { drop(before); }
    Studio.ask("/studio/text?file=" + encodeURIComponent(name)).then(function (found) {
      file = found;
      area.value = found.draft !== null ? found.draft : found.text;
      area.readOnly = Boolean(found.locked);
      area.setAttribute("aria-label", word("editor", { file: name }));
      by("text-work").hidden = false;
      clear(by("text-told"));
      if (found.locked) { by("text-told").appendChild(make("p", { className: "warning", lang: "en", text: found.locked })); }
      problems(found.problems);
      show();
      if (line) { jump(line); }
      if (Studio.told.texts[name]) { Studio.go(Studio.told.texts[name]); }
    }).catch(function (error) { by("text-work").hidden = false; Studio.refusal(error, by("text-told")); });
  }
  function drop(name) { return Studio.ask("/studio/text/drop", { file: name }).catch(function () {}); }
  function check() {
    if (running) { running.abort(); }
    running = new AbortController();
    var asked = file.file;
    Studio.ask("/studio/text/check", { file: asked, mark: file.mark, text: area.value }, running.signal).then(function (found) {
      if (file && file.file === asked) { problems(found.problems); }
    }).catch(function (error) { Studio.refusal(error, by("text-told"), function () { reload(); }); });
  }
  function reload() { var name = file.file; file = null; drop(name).then(function () { load(name); }); }
  area.addEventListener("input", function () {
    show();
    window.clearTimeout(timer);
    timer = window.setTimeout(check, 250);
  });
  area.addEventListener("keydown", function (event) {
    if ((event.ctrlKey || event.metaKey) && event.key === "s") { event.preventDefault(); by("text-save").click(); }
  });
  by("text-save").addEventListener("click", function () {
    window.clearTimeout(timer);
    Studio.ask("/studio/text/save", { file: file.file, mark: file.mark, text: area.value }).then(function (found) {
      file.mark = found.mark; file.text = found.text;
      clear(by("text-told"));
      Studio.say(word("saved", { file: file.file }));
      show();
    }).catch(function (error) { Studio.refusal(error, by("text-told"), reload); });
  });
  by("text-discard").addEventListener("click", function () {
    window.clearTimeout(timer);
    area.value = file.text; drop(file.file); show(); clear(by("text-told"));
  });
  select.addEventListener("change", function () { if (select.value) { load(select.value); } });
  function list() {
    return Studio.ask("/studio/files").then(function (found) {
      var groups = {};
      found.files.filter(function (one) { return one.kind !== "table"; }).forEach(function (one) {
        var group = one.kind === "text" ? one.file.split("/")[1] : "TOML";
        (groups[group] = groups[group] || []).push(one.file);
      });
      Object.keys(groups).sort(function (a, b) { return (b === Studio.told.language) - (a === Studio.told.language); }).forEach(function (name) {
        var group = make("optgroup", { label: name });
        groups[name].forEach(function (one) { group.appendChild(make("option", { value: one, text: one })); });
        select.appendChild(group);
      });
    }).catch(function (error) { listing = null; by("text-work").hidden = false; Studio.refusal(error, by("text-told")); });
  }
  function listed() { // once, however often it is asked for while the answer is on its way
    if (!listing) { listing = list(); }
    return listing;
  }
  Studio.add({
    part: "texts",
    opened: function () { listed(); },
    open: function (name, line) {
      listed().then(function () { select.value = name; load(name, line); });
    },
    undone: function (name) { if (file && file.file === name && !dirty()) { load(name); } },
    news: function (now, before) {
      // Another program wrote the file: take it over if nothing of ours would be lost.
      if (!file || !before || now.building || !before.building || dirty()) { return; }
      Studio.ask("/studio/text?file=" + encodeURIComponent(file.file)).then(function (found) {
        if (file && found.file === file.file && !dirty()) {
          if (found.mark !== file.mark) { file = found; area.value = found.text; }
          problems(found.problems); show();
        }
      }).catch(function () {});
    }
  });
})();
