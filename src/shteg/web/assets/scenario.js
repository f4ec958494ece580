(function () {
  "use strict";
  var by = Studio.by, word = Studio.word, make = Studio.make, clear = Studio.clear;
  var choices = null, settings = {}, timer = null, waiting = false, mine = null;

  function boxes() { return Array.prototype.slice.call(by("measures").querySelectorAll("input")); }
  function asked() {
    return {
      language: Studio.told.language, scenario: by("scenario-name").value, settings: settings,
      measures: boxes().filter(function (one) { return one.checked; }).map(function (one) { return one.value; })
    };
  }
  function plain() { var now = asked(); return !now.scenario && !now.measures.length && !Object.keys(now.settings).length; }
  function later() { window.clearTimeout(timer); timer = window.setTimeout(start, 300); }
  function start() {
    if (plain()) { reset(); return; }
    var ask = asked();
    Studio.ask("/studio/scenario", ask).then(function (told) { waiting = false; mine = told.number; }).catch(function (error) {
      if (error.status === 409) { waiting = true; by("scenario-state").textContent = word("scenario.waiting"); return; }
      Studio.refusal(error, by("scenario-state"));
    });
  }
  function reset() {
    window.clearTimeout(timer);
    by("scenario-state").textContent = ""; by("scenario-result").hidden = true; clear(by("scenario-notes")); waiting = false; mine = null;
    Studio.ask("/studio/scenario/cancel", {}).catch(function () {});
  }
  function range() {
    var one = choices.parameters.filter(function (each) { return each.name === by("parameter").value; })[0];
    by("parameter-range").textContent = one ? word("scenario.range", { value: format(one.value), low: format(one.low), high: format(one.high) }) : "";
    by("parameter-value").value = one ? one.value : "";
  }
  function format(number) { return Number(number).toLocaleString(document.documentElement.lang, { maximumSignificantDigits: 6 }); }
  function list() {
    var place = clear(by("settings"));
    Object.keys(settings).forEach(function (name) {
      var one = choices.parameters.filter(function (each) { return each.name === name; })[0];
      var button = make("button", { type: "button", text: "×" });
      button.setAttribute("aria-label", word("scenario.unset", { name: one ? one.title : name }));
      button.addEventListener("click", function () { delete settings[name]; list(); later(); by("parameter").focus(); });
      place.appendChild(make("li", {}, [make("span", { text: (one ? one.title : name) + " = " + format(settings[name]) + " " }), button]));
    });
  }
  function open() {
    Studio.ask("/studio/choices?language=" + encodeURIComponent(Studio.told.language)).then(function (told) {
      choices = told;
      var place = clear(by("measures"));
      told.areas.forEach(function (area) {
        var own = told.measures.filter(function (one) { return one.area === area.id; });
        if (!own.length) { return; }
        place.appendChild(make("p", { className: "label", text: area.title }));
        own.forEach(function (one) {
          var box = make("input", { type: "checkbox", value: one.id });
          box.addEventListener("change", later);
          place.appendChild(make("label", { className: "check" }, [box, make("span", { text: one.title })]));
        });
      });
      told.scenarios.forEach(function (one) { by("scenario-name").appendChild(make("option", { value: one.id, text: one.title })); });
      told.parameters.forEach(function (one) { by("parameter").appendChild(make("option", { value: one.name, text: one.title })); });
      range();
    }).catch(function (error) { Studio.refusal(error, by("scenario-state")); });
  }
  function result(told) {
    var head = make("tr", {}, [make("th", { scope: "col", text: word("scenario.step") })].concat(told.years.map(function (year) {
      return make("th", { scope: "col", text: year });
    })));
    var body = told.rows.map(function (row) {
      return make("tr", {}, [make("th", { scope: "row" }, [make("span", { text: row.step }), make("small", { text: row.label })])].concat(
        row.cells.map(function (cell, at) {
          var moved = cell.share - cell.share_before;
          return make("td", { className: moved > 0.005 ? "up" : moved < -0.005 ? "down" : "", "data-label": told.years[at] }, [
            make("span", { text: cell.before + " → " }), make("strong", { text: cell.now }), make("small", { text: cell.interval })]);
        })));
    });
    var place = clear(by("scenario-result"));
    place.hidden = false;
    place.appendChild(make("table", { className: "result" }, [make("caption", { text: word("scenario.result") }), make("thead", {}, [head]), make("tbody", {}, body)]));
    var notes = clear(by("scenario-notes"));
    [Studio.told.reading].concat(told.sentences).forEach(function (one) { notes.appendChild(make("p", { className: "soft", text: one })); });
  }
  by("scenario").addEventListener("submit", function (event) { event.preventDefault(); });
  by("scenario-name").addEventListener("change", later);
  by("parameter").addEventListener("change", range);
  by("scenario-all").addEventListener("click", function () { boxes().forEach(function (one) { one.checked = true; }); later(); });
  by("scenario-none").addEventListener("click", function () { boxes().forEach(function (one) { one.checked = false; }); later(); });
  by("parameter-set").addEventListener("click", function () {
    var number = by("parameter-value").valueAsNumber;
    if (by("parameter").value && isFinite(number)) { settings[by("parameter").value] = number; list(); later(); }
  });
  by("parameter-value").addEventListener("keydown", function (event) {
    if (event.key === "Enter") { event.preventDefault(); by("parameter-set").click(); }
  });
  by("scenario-reset").addEventListener("click", function () {
    boxes().forEach(function (one) { one.checked = false; });
    by("scenario-name").value = ""; settings = {}; list(); reset();
  });
  by("scenario-cancel").addEventListener("click", function () {
    window.clearTimeout(timer); waiting = false;
    Studio.ask("/studio/scenario/cancel", {}).catch(function () {});
  });
  Studio.add({
    part: "scenario",
    opened: function () { if (choices === null && Studio.state() && Studio.state().pages) { open(); } },
    open: function () {},
    news: function (now, before) {
      if (choices === null && now.pages && !by("panel-scenario").hidden) { choices = undefined; open(); }
      if (waiting && !now.building) { waiting = false; start(); }
      if (!waiting && before && before.pages && now.edition !== before.edition && choices && !plain()) { later(); }
      var one = now.scenario;
      by("scenario-cancel").disabled = one.state !== "running";
      if (mine === null || one.number !== mine) { return; }
      if (before && JSON.stringify(before.scenario) === JSON.stringify(one)) { return; }
      if (one.state === "running") { by("scenario-state").textContent = word("scenario.running", { done: String(one.done), total: String(one.total) }); }
      if (one.state === "cancelled") { by("scenario-state").textContent = word("scenario.cancelled"); }
      if (one.state === "failed") { by("scenario-state").textContent = one.problem + (one.hint ? " — " + one.hint : ""); }
      if (one.state === "done") { by("scenario-state").textContent = ""; result(one); }
    }
  });
})();
