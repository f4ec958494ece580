"use strict";
// From a setting to the parameters of every draw and epoch, as in shteg/pathways/engine/build_parameters.py. They come in
// blocks that are moved together; a block has epochs of its own, which begin where a measure that moves it begins.
(function (X) {
  const LARGEST = 300, LOG_2 = Math.log(2), KEPT = 6;
  const SETTLED = { never: 0, now: 100 };
  const bounded = (value, most) => Math.min(Math.max(value, -most), most);
  const begins = (name, prefixes) => prefixes.some(one => name.startsWith(one));
  const EPISODES = ["consent.episodes.", "withdrawal."];
  const CONCERNS = {
    consents: name => begins(name, ["consent.", "settlement."]) && !begins(name, EPISODES),
    episodes: name => begins(name, EPISODES),
    areas: name => begins(name, ["area."]),
    shocks: name => begins(name, ["shock."]),
    hazards: name => begins(name, ["step."]),
    lapses: name => begins(name, ["reversal."]),
  };

  function makeParameters(model) {
    const n = model.draws.length, J = model.members.length, K = model.steps.length, S = J + 1;
    const exps = name => model.columns.get(name).map(one => Math.exp(bounded(one, LARGEST)));
    const rates = model.vetoes && model.objections
      ? model.members.map(one => ({ onset: exps("onset/" + one.id), end: exps("end/" + one.id) })) : [];
    const zero = new Float64Array(n), kept = new Map();

    // what moves a parameter under a setting, and where the epochs of a block begin
    function movesOf(block, setting) {
      const active = model.measures.filter(one => setting.measures[one.id] > 0 && one.start < model.horizon
        && one.effects.some(effect => CONCERNS[block](effect.target)));
      const starts = Float64Array.from([...new Set([0, ...active.map(one => one.start)])].sort((a, b) => a - b));
      const by = new Map();
      for (const measure of active) {
        for (const effect of measure.effects) {
          if (!by.has(effect.target)) by.set(effect.target, []);
          by.get(effect.target).push([effect, starts.indexOf(measure.start), setting.measures[measure.id]]);
        }
      }
      const settled = block === "consents" ? setting.settlement : "estimated";
      const mark = block + JSON.stringify([active.map(one => [one.id, setting.measures[one.id]]), settled]);
      return { by, starts, E: starts.length, settled, mark };
    }

    // (draw, epoch): factors before sums; of a logarithm, factors are added as logarithms
    function move(moves, target, base, log) {
      const E = moves.E, values = new Float64Array(n * E);
      for (let i = 0; i < n; i += 1) values.fill(base[i], i * E, i * E + E);
      for (const operation of ["multiply", "add"]) {
        for (const [effect, at, intensity] of moves.by.get(target) || []) {
          if (effect.operation !== operation) continue;
          for (let i = 0; i < n; i += 1) {
            const size = effect.sizes[i];
            const moved = operation === "add" ? size * intensity : log ? Math.log(size) * intensity
              : intensity === 1 ? size : Math.pow(size, intensity);
            for (let e = at; e < E; e += 1) {
              if (operation === "add" || log) values[i * E + e] += moved;
              else values[i * E + e] *= moved;
            }
          }
        }
      }
      return values;
    }

    function named(moves, name) {
      if (!model.named.has(name)) return new Float64Array(n * moves.E);
      const { domain, drawn } = model.named.get(name);
      const fixed = name === "settlement.rate" ? SETTLED[moves.settled] : undefined;
      const values = move(moves, name, fixed === undefined ? drawn : new Float64Array(n).fill(fixed), false);
      for (let i = 0; i < values.length; i += 1) values[i] = X.clip(values[i], domain);
      return values;
    }

    function table(moves, columns) {
      const size = columns.length, values = new Float64Array(n * moves.E * size);
      columns.forEach((column, at) => {
        for (let i = 0; i < n * moves.E; i += 1) values[i * size + at] = column[i];
      });
      return values;
    }

    const makers = {
      consents(moves) {
        const E = moves.E, keep = named(moves, "consent.defection").map(one => 1 - one);
        const intercept = named(moves, "consent.intercept"), slope = named(moves, "consent.slope");
        const statehood = named(moves, "consent.statehood");
        const thetas = model.members.map(one => model.columns.get("theta/" + one.id) || null);
        const shifts = model.members.map(one => moves.by.has("consent.member." + one.id)
          ? move(moves, "consent.member." + one.id, zero, false) : null);
        const doubt = new Float64Array(n * E * J), weight = new Float64Array(n * E * K), heaviest = new Float64Array(n);
        for (let i = 0; i < n; i += 1) {
          for (let e = 0; e < E; e += 1) {
            const at = i * E + e, same = e > 0 && intercept[at] === intercept[at - 1] && slope[at] === slope[at - 1];
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
        return {
          doubt, weight, heaviest, keep, common: named(moves, "consent.common_factor"),
          change: named(moves, "consent.change_rate"), settle: named(moves, "settlement.rate"),
          follow: named(moves, "settlement.follow"),
        };
      },
      areas: moves => ({
        pace: table(moves, model.areas.map(one => named(moves, "area." + one.id + ".median_years").map(years => 1 / years))),
      }),
      shocks: moves => ({ rate: table(moves, model.shocks.map(one => named(moves, "shock." + one.id + ".rate"))) }),
      lapses: moves => ({ rate: table(moves, model.steps.map(one => named(moves, "reversal." + one.id))) }),
      hazards: moves => ({
        rate: table(moves, model.steps.map(step => {
          if (step.ratified) return new Float64Array(n * moves.E);
          const base = step.rate.startsWith("procedure.")
            ? model.named.get(step.rate).drawn.map(one => Math.log(LOG_2 / one))
            : model.columns.get("log_rate/" + step.rate.slice("log_rate.".length));
          const found = move(moves, "step." + step.id + ".log_rate", base, true);
          for (let i = 0; i < found.length; i += 1) found[i] = Math.exp(bounded(found[i], LARGEST));
          return found;
        })),
      }),
      episodes,
    };

    // yearly rates at which members begin and cease to block and, last, the aspirant ceases and begins again to seek
    function episodes(moves) {
      const E = moves.E, onset = new Float64Array(n * E * S), release = new Float64Array(n * E * S);
      const onShare = new Float64Array(n * S);
      if (model.vetoes && model.objections) {
        model.members.forEach((member, j) => {
          for (const [kind, all] of [["onset", onset], ["end", release]]) {
            const moved = move(moves, "consent.episodes." + kind, rates[j][kind], false);
            for (let i = 0; i < n * E; i += 1) all[i * S + j] = Math.max(moved[i], 0);
          }
          for (let i = 0; i < n; i += 1) onShare[i * S + j] = member.begun ? 1 : 0;
        });
      } else if (model.vetoes) {
        const base = kind => model.named.has("consent.episodes." + kind) ? model.named.get("consent.episodes." + kind).drawn
          : model.columns.get("veto/" + kind).map(Math.exp);
        const first = base("onset"), end = base("end"), lean = model.named.get("consent.episodes.stance").drawn;
        const moved = named(moves, "consent.episodes.stance");
        const onsets = move(moves, "consent.episodes.onset", first, false), ends = move(moves, "consent.episodes.end", end, false);
        model.members.forEach((member, j) => {
          const theta = model.columns.get("theta/" + member.id);
          for (let i = 0; i < n; i += 1) {
            const stance = theta ? theta[i] : 0;
            for (let e = 0; e < E; e += 1) {
              onset[(i * E + e) * S + j] = Math.max(onsets[i * E + e], 0) * Math.exp(bounded(moved[i * E + e] * stance, 30));
              release[(i * E + e) * S + j] = Math.max(ends[i * E + e], 0);
            }
            const begin = first[i] * Math.exp(bounded(lean[i] * stance, 30)), total = begin + end[i];
            onShare[i * S + j] = total > 0 ? begin / total : 0;
          }
        });
      }
      if (model.withdraws) {
        const away = named(moves, "withdrawal.rate"), back = named(moves, "withdrawal.return_rate");
        for (let i = 0; i < n * E; i += 1) {
          onset[i * S + J] = away[i];
          release[i * S + J] = back[i];
        }
      }
      return { onset, release, onShare };
    }

    // the blocks of a setting; those of the last settings are kept, that of the base always
    return function build(setting) {
      const found = {};
      for (const block of Object.keys(CONCERNS)) {
        const moves = movesOf(block, setting);
        if (!kept.has(block)) kept.set(block, new Map());
        const own = kept.get(block);
        if (!own.has(moves.mark)) {
          if (own.size > KEPT) own.delete([...own.keys()][1]);
          own.set(moves.mark, { ...makers[block](moves), E: moves.E, starts: moves.starts, mark: moves.mark });
        }
        found[block] = own.get(moves.mark);
      }
      return found;
    };
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

  Object.assign(X, { makeParameters, votesOf });
})(window.SHTEG_EXPLORER);
