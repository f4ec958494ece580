"use strict";
// From a setting to the parameters of every draw and epoch, as in shteg/pathways/engine/build_parameters.py.
(function (X) {
  const LARGEST = 300, LOG_2 = Math.log(2);
  const SETTLED = { never: 0, now: 100 };
  const bounded = (value, most) => Math.min(Math.max(value, -most), most);
  const CONSENTS = ["consent.", "settlement."], EPISODES = ["consent.episodes.", "withdrawal."];

  // the measures of a setting that can change anything before the horizon
  function acting(model, setting) {
    return model.measures.filter(one => setting.measures[one.id] > 0 && one.start < model.horizon);
  }

  // what a setting changes among the parameters with these beginnings: equal means equal numbers
  function markOf(model, setting, prefixes, without) {
    const concerned = name => prefixes.some(one => name.startsWith(one)) && !(without || []).some(one => name.startsWith(one));
    const moved = acting(model, setting).filter(one => one.effects.some(effect => concerned(effect.target)));
    const fixed = concerned("settlement.rate") ? setting.settlement : "";
    return JSON.stringify([moved.map(one => [one.id, setting.measures[one.id]]), fixed]);
  }

  function build(model, setting) {
    const n = model.draws.length, active = acting(model, setting);
    const starts = Float64Array.from([...new Set([0, ...active.map(one => one.start)])].sort((a, b) => a - b));
    const E = starts.length, J = model.members.length, K = model.steps.length;
    const moves = new Map();
    for (const measure of active) {
      for (const effect of measure.effects) {
        if (!moves.has(effect.target)) moves.set(effect.target, []);
        moves.get(effect.target).push([effect, starts.indexOf(measure.start), setting.measures[measure.id]]);
      }
    }

    // (draw, epoch): factors before sums; of a logarithm, factors are added as logarithms
    function move(target, base, log) {
      const values = new Float64Array(n * E);
      for (let i = 0; i < n; i += 1) values.fill(base[i], i * E, i * E + E);
      for (const operation of ["multiply", "add"]) {
        for (const [effect, at, intensity] of moves.get(target) || []) {
          if (effect.operation !== operation) continue;
          for (let i = 0; i < n; i += 1) {
            const size = effect.sizes[i];
            for (let e = at; e < E; e += 1) {
              if (operation === "add") values[i * E + e] += size * intensity;
              else if (log) values[i * E + e] += Math.log(size) * intensity;
              else values[i * E + e] *= intensity === 1 ? size : Math.pow(size, intensity);
            }
          }
        }
      }
      return values;
    }

    const zero = new Float64Array(n);
    function drawn(name) {
      if (name === "settlement.rate" && SETTLED[setting.settlement] !== undefined) {
        return new Float64Array(n).fill(SETTLED[setting.settlement]);
      }
      return model.named.get(name).drawn;
    }
    function named(name) {
      if (!model.named.has(name)) return new Float64Array(n * E);
      const domain = model.named.get(name).domain;
      return move(name, drawn(name), false).map(one => X.clip(one, domain));
    }
    const table = (columns, size) => {
      const values = new Float64Array(n * E * size);
      columns.forEach((column, at) => {
        for (let i = 0; i < n * E; i += 1) values[i * size + at] = column[i];
      });
      return values;
    };

    const common = named("consent.common_factor"), keep = named("consent.defection").map(one => 1 - one);
    const intercept = named("consent.intercept"), slope = named("consent.slope"), statehood = named("consent.statehood");
    const thetas = model.members.map(one => model.columns.get("theta/" + one.id) || null);
    const doubt = new Float64Array(n * E * J), weight = new Float64Array(n * E * K), heaviest = new Float64Array(n);
    const shifts = model.members.map(one => moves.has("consent.member." + one.id) ? move("consent.member." + one.id, zero, false) : null);
    for (let i = 0; i < n; i += 1) {
      for (let e = 0; e < E; e += 1) {
        const at = i * E + e;
        const same = e > 0 && intercept[at] === intercept[at - 1] && slope[at] === slope[at - 1];
        for (let j = 0; j < J; j += 1) {
          const shift = shifts[j] === null ? 0 : shifts[j][at];
          if (same && (shifts[j] === null || shift === shifts[j][at - 1])) {
            doubt[at * J + j] = doubt[(at - 1) * J + j];
            continue;
          }
          let eta = intercept[at] + shift;
          if (thetas[j] !== null) eta += slope[at] * thetas[j][i];
          doubt[at * J + j] = Math.exp(-bounded(eta, LARGEST));
        }
        for (let k = 0; k < K; k += 1) {
          weight[at * K + k] = Math.exp(bounded(statehood[at] * model.steps[k].content, LARGEST));
          if (e === 0 && !model.steps[k].ratified) heaviest[i] = Math.max(heaviest[i], weight[at * K + k]);
        }
      }
    }

    const hazard = table(model.steps.map(step => {
      if (step.ratified) return new Float64Array(n * E);
      const base = step.rate.startsWith("procedure.")
        ? Float64Array.from(model.named.get(step.rate).drawn, one => Math.log(LOG_2 / one))
        : model.columns.get("log_rate/" + step.rate.slice("log_rate.".length));
      return move("step." + step.id + ".log_rate", base, true).map(one => Math.exp(bounded(one, LARGEST)));
    }), K);

    return {
      n, E, starts, common, keep, doubt, weight, heaviest, hazard,
      change: named("consent.change_rate"),
      settle: named("settlement.rate"),
      follow: named("settlement.follow"),
      pace: table(model.areas.map(one => named("area." + one.id + ".median_years").map(years => 1 / years)), model.areas.length),
      shockRate: table(model.shocks.map(one => named("shock." + one.id + ".rate")), model.shocks.length),
      lapse: table(model.steps.map(one => named("reversal." + one.id)), K),
      ...episodes(model, n, E, move, named),
      marks: {
        consents: markOf(model, setting, CONSENTS, EPISODES),
        areas: markOf(model, setting, ["area."]),
        shocks: markOf(model, setting, ["shock."]),
        episodes: markOf(model, setting, EPISODES),
      },
    };
  }

  // yearly rates at which members begin and cease to block and, last, the aspirant ceases and begins again to seek
  function episodes(model, n, E, move, named) {
    const J = model.members.length, S = J + 1;
    const onset = new Float64Array(n * E * S), release = new Float64Array(n * E * S), onShare = new Float64Array(n * S);
    if (model.vetoes && model.objections) {
      model.members.forEach((member, j) => {
        for (const [kind, rates] of [["onset", onset], ["end", release]]) {
          const column = model.columns.get(kind + "/" + member.id);
          const moved = move("consent.episodes." + kind, column.map(one => Math.exp(bounded(one, LARGEST))), false);
          for (let i = 0; i < n * E; i += 1) rates[i * S + j] = Math.max(moved[i], 0);
        }
        for (let i = 0; i < n; i += 1) onShare[i * S + j] = member.begun ? 1 : 0;
      });
    } else if (model.vetoes) {
      const base = kind => model.named.has("consent.episodes." + kind) ? model.named.get("consent.episodes." + kind).drawn
        : model.columns.get("veto/" + kind).map(Math.exp);
      const first = base("onset"), end = base("end"), lean = model.named.get("consent.episodes.stance").drawn;
      const moved = named("consent.episodes.stance");
      const begins = move("consent.episodes.onset", first, false), ends = move("consent.episodes.end", end, false);
      model.members.forEach((member, j) => {
        const theta = model.columns.get("theta/" + member.id);
        for (let i = 0; i < n; i += 1) {
          const stance = theta ? theta[i] : 0;
          for (let e = 0; e < E; e += 1) {
            onset[(i * E + e) * S + j] = Math.max(begins[i * E + e], 0) * Math.exp(bounded(moved[i * E + e] * stance, 30));
            release[(i * E + e) * S + j] = Math.max(ends[i * E + e], 0);
          }
          const begin = first[i] * Math.exp(bounded(lean[i] * stance, 30)), total = begin + end[i];
          onShare[i * S + j] = total > 0 ? begin / total : 0;
        }
      });
    }
    if (model.withdraws) {
      const away = named("withdrawal.rate"), back = named("withdrawal.return_rate");
      for (let i = 0; i < n * E; i += 1) {
        onset[i * S + J] = away[i];
        release[i * S + J] = back[i];
      }
    }
    return { onset, release, onShare };
  }

  // how many votes each step needs under the rules of a setting
  function votesOf(model, setting) {
    const needed = {
      all: count => count,
      three_quarters: count => Math.ceil(3 * count / 4),
      two_thirds: count => Math.ceil(2 * count / 3),
      majority: count => Math.floor(count / 2) + 1,
    };
    return Int32Array.from(model.steps, step => {
      const wanted = step.ratified ? setting.ratification : setting.rule;
      const byAll = ["all", "two_thirds", "majority"].includes(step.rule);
      return wanted !== "case" && byAll ? needed[wanted](step.electors) : step.votes;
    });
  }

  Object.assign(X, { buildParameters: build, votesOf });
})(window.SHTEG_EXPLORER);
