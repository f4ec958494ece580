"use strict";
// The state of the switches, as a reader's address holds it: readable, with the edition and the form that it was made for.
(function (X) {
  const FORM = "1";
  const RULES = ["case", "all", "three_quarters", "two_thirds", "majority"], SETTLED = ["estimated", "never", "now"];
  const STATES = ["always", "never"], MOST = 2, LEAST = 0.25;

  // `order` names what differs from the base in the order in which it was set
  const fresh = first => ({
    step: first.step, year: first.year, rule: "case", ratification: "case", settlement: "estimated", measures: {}, members: {}, order: [],
  });

  function valueOf(state, name) {
    const [kind, id] = [name.split(".")[0], name.slice(name.indexOf(".") + 1)];
    if (kind === "measure") return state.measures[id] || 0;
    if (kind === "member") return state.members[id] || "estimated";
    return state[kind];
  }

  const isBase = value => value === 0 || value === "estimated" || value === "case";

  // the same state with one switch set; `order` keeps where it stood
  function withSwitch(state, name, value) {
    const next = { ...state, measures: { ...state.measures }, members: { ...state.members }, order: state.order.slice() };
    const [kind, id] = [name.split(".")[0], name.slice(name.indexOf(".") + 1)];
    if (kind === "measure" || kind === "member") {
      const all = next[kind + "s"];
      if (isBase(value)) delete all[id];
      else all[id] = value;
    } else {
      next[kind] = value;
    }
    if (isBase(value)) next.order = next.order.filter(one => one !== name);
    else if (!next.order.includes(name)) next.order.push(name);
    return next;
  }

  // the setting after the first switches only
  function upTo(state, count) {
    let found = { ...state, rule: "case", ratification: "case", settlement: "estimated", measures: {}, members: {}, order: [] };
    for (const name of state.order.slice(0, count)) found = withSwitch(found, name, valueOf(state, name));
    return found;
  }

  function toFragment(state, edition) {
    const parts = [["v", FORM], ["edition", edition], ["step", state.step], ["year", state.year]];
    for (const name of state.order) parts.push([name, valueOf(state, name)]);
    return "#" + parts.map(([name, value]) => encodeURIComponent(name) + "=" + encodeURIComponent(value)).join("&");
  }

  // what a fragment says; null where it is no state. `ignored` lists what this edition does not know
  function fromFragment(fragment, known) {
    const parts = fragment.replace(/^#/, "").split("&").map(one => one.split("="));
    let pairs;
    try {
      pairs = parts.map(([name, value]) => [decodeURIComponent(name), decodeURIComponent(value || "")]);
    } catch (error) {
      return null; // not written by this page
    }
    const given = new Map(pairs);
    if (!given.has("v")) return null;
    const ignored = [], found = { state: fresh(known.first), ignored, edition: given.get("edition") || "", form: given.get("v") };
    if (found.form !== FORM) return found;
    const year = Number(given.get("year"));
    if (known.steps.includes(given.get("step"))) found.state.step = given.get("step");
    else if (given.has("step")) ignored.push("step=" + given.get("step"));
    if (known.years.includes(year)) found.state.year = year;
    else if (given.has("year")) ignored.push("year=" + given.get("year"));
    for (const [name, value] of pairs) {
      if (["v", "edition", "step", "year"].includes(name)) continue;
      const wanted = parse(name, value, known);
      if (wanted === null) ignored.push(name + "=" + value);
      else found.state = withSwitch(found.state, name, wanted);
    }
    return found;
  }

  function parse(name, value, known) {
    const [kind, id] = [name.split(".")[0], name.slice(name.indexOf(".") + 1)];
    if (name === "rule" || (name === "ratification" && known.ratified)) return RULES.includes(value) ? value : null;
    if (name === "settlement") return known.settled && SETTLED.includes(value) ? value : null;
    if (kind === "member" && known.members.includes(id)) return STATES.includes(value) ? value : null;
    if (kind === "measure" && known.measures.includes(id)) {
      const intensity = Number(value);
      return intensity >= LEAST && intensity <= MOST && Number.isInteger(intensity * 4) ? intensity : null;
    }
    return null;
  }

  X.state = { fresh, valueOf, withSwitch, upTo, toFragment, fromFragment, RULES, SETTLED };
})(window.SHTEG_EXPLORER);
