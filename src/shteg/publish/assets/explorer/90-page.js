"use strict";
// The page: switches, the answer beside them, what differs from the base, and what can be taken along.
(function (X) {
  const root = document.getElementById("explorer"), book = window.SHTEG_EXPLORER_PACKAGE, texts = window.SHTEG_EXPLORER_WORDS;
  if (!root || !book || !texts) return;
  const place = name => document.getElementById("explorer-" + name);
  const words = X.makeWords(texts), say = words.say, MOST_BARS = 12;
  const explorer = X.makeExplorer(book), model = explorer.model, steps = model.steps.map(one => one.id);
  const reportYears = model.reportYears;
  const known = {
    steps: texts.ahead, years: reportYears, members: model.members.map(one => one.id), measures: model.measures.map(one => one.id),
    settled: model.settled, ratified: model.steps.some(one => one.ratified), first: texts.first,
  };
  let state = X.state.fresh(texts.first), asked = 0, cancel = null, pending = 0, speaking = 0;
  let answered = null, base = null;
  const shares = new Map(); // of settings that a waterfall goes through

  function el(tag, attributes, ...children) {
    const found = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (name.startsWith("on")) found.addEventListener(name.slice(2), value);
      else if (value === true) found.setAttribute(name, "");
      else if (value !== false && value !== undefined && value !== null) found.setAttribute(name, value);
    }
    found.append(...children.filter(one => one !== null && one !== undefined));
    return found;
  }
  const fill = (node, ...children) => node.replaceChildren(...children.filter(one => one !== null && one !== undefined));
  const target = () => steps.indexOf(state.step), yearAt = () => model.years.indexOf(state.year);
  const shareAt = (found, k, year) => found.reached[k * model.years.length + model.years.indexOf(year)];

  // --- what a switch is called -----------------------------------------------------------------------------------------
  function nameOf(name) {
    const id = name.slice(name.indexOf(".") + 1), value = X.state.valueOf(state, name);
    if (name === "rule" || name === "ratification") return say(name) + ": " + say("rule." + value);
    if (name === "settlement") return say("settlement") + ": " + say("settlement." + value);
    if (name.startsWith("member.")) return say("member." + value, { member: texts.members[id] });
    return texts.measures[id].title + (value === 1 ? "" : " (" + say("intensity.of", { intensity: words.number(value, value % 1 === 0 ? 0 : value * 2 % 1 === 0 ? 1 : 2) }) + ")");
  }

  // --- controls --------------------------------------------------------------------------------------------------------
  function choose(id, label, options, get, set) {
    const select = el("select", { id, onchange: () => set(select.value) },
      ...options.map(([value, text]) => el("option", { value }, text)));
    select.refresh = () => { select.value = get(); };
    controls.push(select);
    return el("p", { class: "ex-choice" }, el("label", { for: id }, label), select);
  }
  const controls = [];

  function setSwitch(name, value) {
    state = X.state.withSwitch(state, name, value);
    changed();
  }

  function makeQuestion() {
    fill(place("question"),
      choose("ex-step", say("step"), texts.ahead.map(id => [id, texts.steps[id]]), () => state.step, value => {
        state = { ...state, step: value };
        changed();
      }),
      choose("ex-year", say("year"), reportYears.map(year => [year, String(year)]), () => state.year, value => {
        state = { ...state, year: Number(value) };
        changed();
      }));
  }

  function radios(name, legend, options) {
    const inputs = options.map(([value, text], at) => {
      const id = "ex-" + name.replace(/\W/g, "-") + "-" + at;
      const input = el("input", { type: "radio", id, name: "ex-" + name, value, onchange: () => setSwitch(name, value) });
      controls.push(Object.assign(input, { refresh: () => { input.checked = X.state.valueOf(state, name) === value; } }));
      return [input, el("label", { for: id }, text)];
    });
    return el("fieldset", { class: "ex-radios" }, el("legend", {}, legend), el("span", { class: "ex-options" }, ...inputs.flat()));
  }

  function makeRules() {
    const rules = X.state.RULES.map(rule => [rule, say("rule." + rule)]);
    fill(place("rules"),
      choose("ex-rule", say("rule"), rules, () => state.rule, value => setSwitch("rule", value)),
      known.ratified ? choose("ex-ratification", say("ratification"), rules, () => state.ratification, value => setSwitch("ratification", value)) : null,
      known.settled ? radios("settlement", say("settlement"), X.state.SETTLED.map(one => [one, say("settlement." + one)])) : null);
  }

  function makeMeasures() {
    fill(place("measures"), ...model.measures.map(one => {
      const name = "measure." + one.id, id = "ex-measure-" + one.id, about = texts.measures[one.id];
      const box = el("input", { type: "checkbox", id, onchange: () => setSwitch(name, box.checked ? 1 : 0) });
      const range = el("input", {
        type: "range", min: 0.25, max: 2, step: 0.25, id: id + "-intensity", oninput: () => setSwitch(name, Number(range.value)),
      });
      const told = el("output", { for: id + "-intensity" });
      const much = el("p", { class: "ex-intensity" }, el("label", { for: id + "-intensity" }, say("intensity")), range, told);
      controls.push({
        refresh() {
          const value = state.measures[one.id] || 0;
          box.checked = value > 0;
          much.hidden = !box.checked;
          range.value = value || 1;
          const spoken = say("intensity.of", { intensity: words.number(value || 1, 2).replace(/0$/, "").replace(/\D0?$/, "") });
          told.textContent = spoken;
          range.setAttribute("aria-valuetext", about.title + ": " + spoken);
        },
      });
      return el("li", {}, el("span", { class: "ex-check" }, box, el("label", { for: id }, about.title)), el("p", { class: "note" }, about.note), much);
    }));
  }

  function makeMembers() {
    const options = ["estimated", "always", "never"].map(one => [one, say("state." + one)]);
    fill(place("members"), ...texts.memberOrder.map(id => radios("member." + id, texts.members[id], options)));
    fill(place("all-members"),
      el("button", { type: "button", onclick: () => setAll("always") }, say("members.always")),
      el("button", { type: "button", onclick: () => setAll("estimated") }, say("members.estimated")));
  }

  function setAll(value) {
    for (const id of texts.memberOrder) state = X.state.withSwitch(state, "member." + id, value);
    changed();
  }

  // --- the answer ------------------------------------------------------------------------------------------------------
  function changed(quiet) {
    for (const one of controls) one.refresh();
    if (!quiet) {
      history.replaceState(null, "", X.state.toFragment(state, texts.edition));
      window.dispatchEvent(new Event("hashchange")); // the links to the other languages keep the state
    }
    cancelAnimationFrame(pending);
    pending = requestAnimationFrame(show);
  }

  function show() {
    const begun = performance.now(), number = asked += 1;
    if (cancel) cancel();
    cancel = null;
    if (!base || base.target !== target() || base.year !== yearAt()) {
      base = explorer.answer(X.state.upTo(state, 0), target(), yearAt());
      shares.clear();
    }
    answered = state.order.length === 0 ? base : explorer.answer(state, target(), yearAt());
    root.dataset.milliseconds = (performance.now() - begun).toFixed(1);
    showAnswer();
    showDifferences();
    showBlockers();
    showTable();
    fill(place("sets"), el("p", {}, say("busy")));
    showWaterfall(number);
    root.dataset.asked = number;
    setTimeout(() => { if (number === asked) showSets(number); }, 60);
  }

  function headline() {
    const found = words.frequency(answered.share, answered.count, answered.worlds);
    return say("headline", { step: texts.steps[state.step], year: state.year, frequency: found });
  }

  function showAnswer() {
    const difference = state.order.length ? explorer.differenceOf(answered, base) : null;
    const change = difference ? words.change(difference) : say("change.base");
    fill(place("headline"), headline());
    fill(place("noise"), words.noise(answered.share, answered.error, answered.count, answered.worlds) + " " + change);
    fill(place("pooled"), ...pooled());
    fill(place("bar"), el("strong", {}, words.short(answered.share, answered.count, answered.worlds)), " ",
      say("bar", { step: texts.steps[state.step], year: state.year }), " ", el("span", { class: "note" }, say("bar.base", { base: words.short(base.share, base.count, base.worlds) })));
    clearTimeout(speaking);
    speaking = setTimeout(() => { place("said").textContent = headline() + " " + change; }, 500);
    const line = (found, label, kind) => {
      const last = shareAt(found, target(), model.years[model.years.length - 1]);
      return { label: say(label), told: words.short(last / found.worlds, last, found.worlds), shares: curve(found), kind };
    };
    const lines = [line(answered, "line.now", "ex-now")];
    if (state.order.length) lines.unshift(line(base, "line.base", "ex-base"));
    const title = say("curve.title", { step: texts.steps[state.step] });
    fill(place("curve"), X.drawings.curves(lines, model.years, yearAt(), window.innerWidth < 620 ? 350 : 640, title));
  }

  const curve = found => model.years.map(year => shareAt(found, target(), year) / found.worlds);

  // a figure of the edition as the page printed it, with its link
  function printed(id) {
    const found = document.querySelector('#explorer-base [data-id="' + CSS.escape(id) + '"]');
    if (!found) return null;
    const link = found.closest("a") || found, shown = link.cloneNode(true);
    shown.addEventListener("click", event => {
      event.preventDefault();
      link.click(); // opens where it comes from
    });
    shown.addEventListener("keydown", event => {
      if (event.key !== " ") return;
      event.preventDefault();
      link.click();
    });
    return shown;
  }

  // the published mixture with the simulated part moved; other parts stay, a later step is never likelier than an earlier
  function mixed(found, id) {
    if (!(id in texts.parts)) return 1; // taken already
    const k = steps.indexOf(id);
    let sum = 0;
    for (const [weight, probability] of texts.parts[id][state.year]) {
      sum += weight * (probability === null ? shareAt(found, k, state.year) / found.worlds : probability);
    }
    return Math.min(sum, ...model.steps[k].prerequisites.map(one => mixed(found, steps[one])));
  }

  function pooled() {
    const published = printed("forecast." + state.step + "." + state.year), weight = printed("pool.weight.pathways." + state.step);
    const simulated = printed("forecast.pathways." + state.step + "." + state.year);
    const sentence = (key, args, nodes) => say(key, args).split(/(\[\w+\])/).map(part => {
      const name = /^\[(\w+)\]$/.exec(part);
      return name ? nodes[name[1]] || "" : part;
    });
    const parts = texts.parts[state.step][state.year], nodes = { published, weight, simulated };
    const first = sentence("published", { year: state.year }, nodes);
    if (parts.length === 1) return [...first, " ", ...sentence("pool.alone", {}, nodes)];
    const before = mixed(base, state.step), now = mixed(answered, state.step), of = words.scale(Math.max(before, now));
    const args = { before: words.number(before * of, 0), now: words.number(now * of, 0), of: words.number(of) };
    return [...first, " ", ...sentence(state.order.length ? "pool.moved" : "pool.base", args, nodes)];
  }

  // --- what differs ----------------------------------------------------------------------------------------------------
  function showDifferences() {
    fill(place("differences"), state.order.length === 0 ? el("p", {}, say("differs.none")) : el("ol", { class: "ex-differs" },
      ...state.order.map(name => el("li", {}, nameOf(name), " ",
        el("button", { type: "button", "aria-label": say("undo.of", { name: nameOf(name) }), onclick: () => undo(name) }, say("undo"))))));
    place("reset").disabled = state.order.length === 0;
  }

  function undo(name) {
    const value = name.startsWith("measure.") ? 0 : name.startsWith("member.") || name === "settlement" ? "estimated" : "case";
    setSwitch(name, value);
    place("differences-heading").focus();
  }

  function shareOfFirst(count) {
    if (count === 0) return base.count;
    if (count === state.order.length) return answered.count;
    const setting = X.state.upTo(state, count), key = X.state.toFragment(setting, "");
    return shares.has(key) ? shares.get(key) : null;
  }

  // the places in the order of setting after which a bar ends: one for each switch, the last many together
  function ends() {
    const all = state.order.length, single = all > MOST_BARS ? MOST_BARS - 1 : all;
    const found = [];
    for (let at = 1; at <= single; at += 1) found.push(at);
    if (all > single) found.push(all);
    return found;
  }

  function showWaterfall(number) {
    const box = place("waterfall");
    if (state.order.length === 0) {
      fill(box);
      return;
    }
    const missing = ends().find(at => shareOfFirst(at) === null);
    if (missing !== undefined) {
      fill(box, el("p", {}, say("busy")));
      setTimeout(() => {
        if (number !== asked) return;
        const setting = X.state.upTo(state, missing);
        shares.set(X.state.toFragment(setting, ""), explorer.answer(setting, target(), yearAt()).count);
        showWaterfall(number);
      }, 0);
      return;
    }
    const bars = waterfallBars();
    const table = el("table", {}, el("caption", { class: "unseen" }, say("waterfall.title")),
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, say("column.switch")), el("th", { scope: "col", class: "num" }, say("column.change")), el("th", { scope: "col", class: "num" }, say("column.after")))),
      el("tbody", {}, ...bars.map(one => el("tr", {}, el("th", { scope: "row" }, one.label), el("td", { class: "num" }, one.ground ? "" : one.told), el("td", { class: "num" }, one.after)))));
    fill(box, X.drawings.waterfall(bars, window.innerWidth < 620 ? 350 : 640, say("waterfall.title")), el("p", { class: "note" }, say("waterfall.order")),
      el("details", {}, el("summary", {}, say("waterfall.table")), table));
    root.dataset.waterfall = number;
  }

  function waterfallBars() {
    const N = explorer.worlds, of = words.scale(Math.max(answered.share, base.share));
    const after = count => words.short(count / N, count, N, of);
    const bars = [{ label: say("line.base"), from: 0, to: base.share, told: after(base.count), after: after(base.count), ground: true }];
    let before = base.count, from = 0;
    for (const at of ends()) {
      const count = shareOfFirst(at), moved = (count - before) / N * of, decimals = Math.abs(moved) < 9.5 && of === 100 ? 1 : 0;
      const label = at - from === 1 ? nameOf(state.order[at - 1]) : say("waterfall.rest", { count: words.number(at - from) });
      bars.push({ label, from: before / N, to: count / N, told: (moved >= 0 ? "+" : "") + words.number(moved, decimals), after: after(count) });
      before = count;
      from = at;
    }
    bars.push({ label: say("line.now"), from: 0, to: answered.share, told: after(answered.count), after: after(answered.count), ground: true });
    return bars;
  }

  // --- who stands in the way -------------------------------------------------------------------------------------------
  function showBlockers() {
    const N = answered.worlds, missed = N - answered.count, rows = [], conditions = X.CONDITIONS.length;
    const stops = Array.from(answered.stops, (count, at) => ({ count, step: Math.floor(at / conditions), condition: X.CONDITIONS[at % conditions] }))
      .filter(one => one.count > 0).sort((a, b) => b.count - a.count);
    const reasons = stops.slice(0, 6).map(one => el("li", {}, say("stop", {
      frequency: words.frequency(one.count / N, one.count, N), what: say("stop." + one.condition), step: texts.steps[steps[one.step]],
    })));
    const order = model.members.map((one, j) => j).filter(j => answered.holds[j] > 0).sort((a, b) => answered.holds[b] - answered.holds[a] || a - b);
    for (const j of order.slice(0, 12)) {
      const id = model.members[j].id, name = texts.members[id];
      rows.push(el("tr", {}, el("th", { scope: "row" }, name),
        el("td", { class: "num" }, words.short(answered.holds[j] / N, answered.holds[j], N)),
        el("td", { class: "num" }, words.short(answered.alone[j] / N, answered.alone[j], N)),
        el("td", {}, state.members[id] ? say("state." + state.members[id]) : el("button", {
          type: "button", "aria-label": say("let.of", { member: name }), onclick: () => setSwitch("member." + id, "always") }, say("let")))));
    }
    const head = ["member", "holds", "alone", "switch"].map((one, at) => el("th", { scope: "col", class: at === 1 || at === 2 ? "num" : null }, say("column." + one)));
    fill(place("blockers"),
      missed === 0 ? el("p", {}, say("stop.none")) : el("p", {}, say("stop.text", { year: state.year })), el("ul", {}, ...reasons),
      rows.length ? el("div", { class: "scroll" }, el("table", {}, el("caption", {}, say("blockers.title")), el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...rows))) : null,
      order.length > 12 ? el("p", { class: "note" }, say("blockers.more", { count: words.number(order.length - 12) })) : null);
  }

  function showSets(number) {
    cancel = explorer.searchSets(state, answered, go => setTimeout(go, 0), found => {
      if (number !== asked) return;
      cancel = null;
      const N = explorer.worlds, names = one => one.members.map(j => texts.members[model.members[j].id]).join(", ");
      const told = count => words.short(count / N, count, N);
      const nodes = [el("p", {}, say("sets.text", { nobody: told(found.nobody), everyone: told(found.everyone), needed: told(Math.ceil(found.needed)) }))];
      if (found.everyone <= found.nobody || found.pool.length === 0) nodes.splice(0, 1, el("p", {}, say("sets.nothing")));
      else if (found.smallest.length === 0) nodes.push(el("p", {}, say("sets.none", { size: words.number(Math.min(5, found.pool.length)) })));
      else nodes.push(el("p", {}, say("sets.smallest", { size: words.number(found.smallest[0].size) })), el("ul", {},
        ...found.smallest.slice(0, 5).map(one => el("li", {}, names(one) + ": " + told(one.count) + " ", el("button", {
          type: "button", "aria-label": say("let.of", { member: names(one) }), onclick: () => one.members.forEach(j => setSwitch("member." + model.members[j].id, "always")) }, say("let"))))));
      if (found.smallest.length > 5) nodes.push(el("p", { class: "note" }, say("sets.more", { count: words.number(found.smallest.length - 5) })));
      if (found.pool.length && found.everyone > found.nobody) {
        nodes.push(el("details", {}, el("summary", {}, say("sets.best")), el("ol", {}, ...found.best.map(one => el("li", {}, names(one) + ": " + told(one.count))))),
          el("p", { class: "note" }, say("sets.searched", { searched: words.number(found.pool.length), outside: words.number(found.outside) })));
      }
      fill(place("sets"), ...nodes);
      root.dataset.sets = number;
    });
  }

  function showTable() {
    const N = answered.worlds, cell = (found, k, year) => words.short(shareAt(found, k, year) / N, shareAt(found, k, year), N);
    const rows = texts.ahead.map(id => {
      const k = steps.indexOf(id);
      return el("tr", {}, el("th", { scope: "row" }, texts.steps[id]), ...reportYears.map(year => el("td", { class: "num" }, cell(answered, k, year),
        state.order.length ? el("span", { class: "note" }, el("br"), say("bar.base", { base: cell(base, k, year) })) : null)));
    });
    fill(place("table"), el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": say("table.title") }, el("table", {}, el("caption", { class: "unseen" }, say("table.title")),
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, say("step")), ...reportYears.map(year => el("th", { scope: "col", class: "num" }, String(year))))), el("tbody", {}, ...rows))));
  }

  // --- to take along ---------------------------------------------------------------------------------------------------
  function tell(key, args) {
    place("done").textContent = say(key, args);
  }

  function copyLink() {
    const link = location.href.split("#")[0] + X.state.toFragment(state, texts.edition), field = place("link");
    const byHand = () => {
      field.hidden = false;
      field.value = link;
      field.select();
      tell("link.hand");
    };
    if (!navigator.clipboard) byHand();
    else navigator.clipboard.writeText(link).then(() => tell("link.copied"), byHand);
  }

  function takePicture() {
    const lines = [
      { text: texts.site, size: 20, soft: true, gap: 8 },
      { text: headline(), size: 38, bold: true, gap: 14 },
      { text: words.noise(answered.share, answered.error, answered.count, answered.worlds), size: 21, soft: true, gap: 14 },
      ...(state.order.length === 0 ? [{ text: say("differs.none"), size: 21, gap: 8 }] : []),
      { text: say("picture.foot", { walked: words.number(explorer.worlds), edition: texts.edition }), size: 18, soft: true, foot: true, gap: 4 },
      { text: texts.citation, size: 18, soft: true, foot: true },
    ];
    const whole = state.order.length > 0 && ends().every(at => shareOfFirst(at) !== null);
    X.drawings.picture(lines, whole ? waterfallBars() : []).toBlob(blob => {
      const link = el("a", { href: URL.createObjectURL(blob), download: "explorer-" + state.step + "-" + state.year + ".png" });
      document.body.append(link);
      link.click();
      link.remove();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
      tell("picture.done");
    }, "image/png");
  }

  // --- begin -----------------------------------------------------------------------------------------------------------
  function open() {
    const found = X.state.fromFragment(location.hash, known);
    if (found === null) return false;
    state = found.state;
    const notes = [];
    if (found.form !== "1") notes.push(say("opened.form"));
    else if (found.edition && found.edition !== texts.edition) notes.push(say("opened.edition", { edition: found.edition, own: texts.edition }));
    if (found.ignored.length) notes.push(say("opened.ignored", { names: found.ignored.join(", ") }));
    fill(place("opened"), ...notes.map(one => el("p", { class: "warning" }, one)));
    return true;
  }

  // the same counts as the engine's, which the edition holds: else this browser must not answer
  function agrees() {
    const found = explorer.answer(X.state.fresh(texts.first), steps.indexOf(texts.first.step), model.years.length - 1);
    return book.base.every((row, k) => row.every((count, y) => found.reached[k * model.years.length + y] === count));
  }

  explorer.prepare(go => setTimeout(go, 0), () => {
    if (!agrees()) {
      place("wait").textContent = say("disagrees");
      root.dataset.ready = "no";
      return;
    }
    makeQuestion();
    makeRules();
    makeMeasures();
    makeMembers();
    place("reset").addEventListener("click", () => {
      state = { ...X.state.fresh(texts.first), step: state.step, year: state.year };
      changed();
      place("differences-heading").focus();
    });
    place("copy").addEventListener("click", copyLink);
    place("picture").addEventListener("click", takePicture);
    window.addEventListener("hashchange", event => { if (event instanceof HashChangeEvent && open()) changed(true); });
    window.addEventListener("resize", () => { if (answered) { showAnswer(); if (root.dataset.waterfall) showWaterfall(asked); } });
    open();
    place("wait").hidden = true;
    for (const one of document.querySelectorAll(".ex-live")) one.hidden = false;
    root.dataset.ready = "yes";
    changed(true);
  });
})(window.SHTEG_EXPLORER);
