"use strict";
// What belongs to a world whatever is switched: its random numbers, and what is kept of a setting for the next one.
(function (X) {
  const NEVER = X.NEVER, LOG_2 = Math.log(2), DAYS_PER_YEAR = 365.25;

  function waiting(begin, unit, rates, offset, stride, starts, E) {
    let time = begin, e = 0;
    while (e + 1 < E && starts[e + 1] <= begin) e += 1;
    for (; e < E; e += 1) {
      const rate = rates[offset + e * stride];
      if (e + 1 < E && rates[offset + (e + 1) * stride] === rate) continue;
      const stop = e + 1 < E ? starts[e + 1] : NEVER;
      if (rate * (stop - time) >= unit) return Math.min(time + unit / rate, NEVER);
      unit -= rate * (stop - time);
      time = stop;
    }
    return NEVER;
  }

  // the same numbers with room for more
  function roomFor(values, size) {
    if (size <= values.length) return values;
    const more = new Float64Array(2 * size);
    more.set(values);
    return more;
  }

  function makeWorlds(model) {
    const n = model.draws.length, W = model.worlds, N = n * W, horizon = model.horizon;
    const J = model.members.length, K = model.steps.length, A = model.areas.length, H = model.shocks.length, S = J + 1;
    const high = new Int32Array(N), low = new Int32Array(N);
    for (let i = 0; i < n; i += 1) {
      for (let w = 0; w < W; w += 1) {
        const key = X.fold(model.drawKeys[i][0], model.drawKeys[i][1], w);
        high[i * W + w] = key[0];
        low[i * W + w] = key[1];
      }
    }
    const keysOf = names => {
      const found = new Int32Array(2 * names.length);
      names.forEach((name, at) => found.set(X.parseKey(name), 2 * at));
      return found;
    };
    const consentKey = keysOf(model.members.map(one => one.consent)), changeKey = keysOf(model.members.map(one => one.change));
    const followKey = keysOf(model.members.map(one => one.follow)), procedureKey = keysOf(model.steps.map(one => one.key));
    const episodeKey = keysOf([...model.members.map(one => one.episode), model.withdrawalKey]);
    const lapseKey = keysOf(model.steps.map(one => one.lapseKey)), areaKey = keysOf(model.areas.map(one => one.key));
    const shockKey = keysOf(model.shocks.map(one => one.key)), underWayKey = keysOf(model.shocks.map(one => one.underWayKey));
    const factorKey = X.parseKey(model.factorKey), settlementKey = X.parseKey(model.settlementKey);
    const drawn = (w, keys, at, times) => X.uniform(high[w], low[w], keys[2 * at], keys[2 * at + 1], times);
    const unit = (w, keys, at, times) => -Math.log(drawn(w, keys, at, times));

    const uniforms = new Float64Array(N * J), turn = new Float64Array(N * J), follow = new Float64Array(N * J);
    const factor = new Float64Array(N), settle = new Float64Array(N), procedure = new Float64Array(N * K), age = new Float64Array(N * A);
    const SHOCKS = 16, TOGGLES = 3; // so many units of each are drawn at once; more where a world asks for them
    const shockUnits = new Float64Array(N * H * SHOCKS), toggleUnits = new Float64Array(N * S * TOGGLES), firstOn = new Float64Array(N * S);
    const lapseUnits = new Float64Array(N * K), mayLapse = model.steps.map(one => model.named.has("reversal." + one.id));
    const moves = Uint8Array.from(model.members, one => one.moves ? 1 : 0);
    const medians = model.areas.map(one => model.named.get("area." + one.id + ".median_years").drawn);
    const shapes = model.areas.map(one => model.named.get("area." + one.id + ".shape").drawn);

    function fill(w) {
      const i = Math.floor(w / W);
      for (let j = 0; j < J; j += 1) {
        uniforms[w * J + j] = drawn(w, consentKey, j, 0);
        turn[w * J + j] = unit(w, changeKey, j, 0);
        if (moves[j]) follow[w * J + j] = drawn(w, followKey, j, 0);
      }
      factor[w] = X.normalQuantile(X.uniform(high[w], low[w], factorKey[0], factorKey[1], 0));
      settle[w] = -Math.log(X.uniform(high[w], low[w], settlementKey[0], settlementKey[1], 0));
      for (let k = 0; k < K; k += 1) procedure[w * K + k] = unit(w, procedureKey, k, 0);
      for (let k = 0; k < K; k += 1) if (mayLapse[k]) lapseUnits[w * K + k] = unit(w, lapseKey, k, 0);
      for (let h = 0; h < H; h += 1) for (let a = 0; a < SHOCKS; a += 1) shockUnits[(w * H + h) * SHOCKS + a] = unit(w, shockKey, h, a);
      for (let j = 0; j < S; j += 1) {
        if (!(j < J ? model.vetoes : model.withdraws)) continue;
        firstOn[w * S + j] = drawn(w, episodeKey, j, 0);
        for (let a = 0; a < TOGGLES; a += 1) toggleUnits[(w * S + j) * TOGGLES + a] = unit(w, episodeKey, j, a + 1);
      }
      for (let a = 0; a < A; a += 1) {
        const wait = unit(w, areaKey, a, 0) / LOG_2, shape = shapes[a][i], done = model.areas[a].elapsed / medians[a][i];
        age[w * A + a] = done > 0 ? Math.pow(wait + Math.pow(done, shape), 1 / shape) - done : Math.pow(wait, 1 / shape);
      }
    }

    // --- ratification: the years of each member, of an attempt ---------------------------------------------------------
    const ratified = model.steps.map((one, k) => one.ratified ? k : -1).filter(k => k >= 0);
    const ratifyKeys = model.ratification.map(step => keysOf(step.flat()));
    const first = ratified.map(() => new Float64Array(N * J)), known = ratified.map(() => new Uint8Array(N));
    const column = name => model.columns.get(name);
    const means = model.members.map(one => column("ratify_mean/" + one.id));
    const sds = [...model.columns.keys()].filter(one => one.startsWith("ratify_sd/")).map(column)[0];
    const shares = model.members.map(one => column("ratify_hold/share|" + one.id) || column("ratify_hold/share"));
    const holdMean = column("ratify_hold/log_extra_days"), holdSd = column("ratify_hold/sd");

    function ratifyYears(w, r, j, attempt) {
      const i = Math.floor(w / W), keys = ratifyKeys[r], at = 3 * j;
      let days = Math.exp(means[j][i] + sds[i] * X.normalQuantile(drawn(w, keys, at, attempt)));
      if (model.hold && shares[j][i] > 0 && drawn(w, keys, at + 1, attempt) < shares[j][i]) {
        days += Math.exp(holdMean[i] + holdSd[i] * X.normalQuantile(drawn(w, keys, at + 2, attempt)));
      }
      return days / DAYS_PER_YEAR;
    }

    function ratifyFirst(w, r) {
      if (!known[r][w]) {
        const eligible = model.steps[ratified[r]].eligible;
        for (let j = 0; j < J; j += 1) first[r][w * J + j] = eligible[j] === "1" ? ratifyYears(w, r, j, 0) : 0;
        known[r][w] = 1;
      }
      return first[r];
    }

    // --- shocks: segments of time with the factor of the hazard -------------------------------------------------------
    const years = model.shocks.map(one => model.named.get("shock." + one.id + ".duration_years").drawn);
    const effects = model.shocks.map(one => model.named.get("shock." + one.id + ".effect").drawn);

    const MOST_EVENTS = 512; // of a world at once; a rate of shocks above ten a year would ask for more
    const eventTime = new Float64Array(MOST_EVENTS), eventShock = new Int32Array(MOST_EVENTS), running = new Uint8Array(H);
    const underWay = Uint8Array.from(model.shocks, one => one.underWay ? 1 : 0);

    function drawShocks(P) {
      const { E, starts, rate } = P, at = new Int32Array(N + 1);
      let start = new Float64Array(N * 24), factors = new Float64Array(N * 24), size = 0;
      for (let w = 0; w < N; w += 1) {
        const i = Math.floor(w / W);
        let events = 0;
        for (let h = 0; h < H; h += 1) {
          const lasts = years[h][i], single = E === 1 ? rate[i * H + h] : -1;
          running[h] = 0;
          let until = -1, level = 0, episode = 0;
          if (underWay[h] === 1) {
            until = unit(w, underWayKey, h, 0) * lasts;
            eventTime[events] = 0;
            eventTime[events + 1] = until;
            eventShock[events] = eventShock[events + 1] = h;
            events += 2;
          }
          for (;;) {
            level += episode < SHOCKS ? shockUnits[(w * H + h) * SHOCKS + episode] : unit(w, shockKey, h, episode);
            episode += 1;
            const arrival = single > 0 ? level / single : waiting(0, level, rate, i * E * H + h, H, starts, E);
            if (arrival >= horizon || events + 2 > MOST_EVENTS) break;
            let stop = arrival + lasts;
            if (arrival <= until) {
              if (until > stop) stop = until;
              eventTime[events - 1] = stop;
            } else {
              eventTime[events] = arrival;
              eventTime[events + 1] = stop;
              eventShock[events] = eventShock[events + 1] = h;
              events += 2;
            }
            until = stop;
          }
        }
        for (let a = 1; a < events; a += 1) {
          const one = eventTime[a], of = eventShock[a];
          let place = a;
          while (place > 0 && eventTime[place - 1] > one) {
            eventTime[place] = eventTime[place - 1];
            eventShock[place] = eventShock[place - 1];
            place -= 1;
          }
          eventTime[place] = one;
          eventShock[place] = of;
        }
        start = roomFor(start, size + events + 1);
        factors = roomFor(factors, size + events + 1);
        start[size] = 0;
        factors[size] = 1;
        size += 1;
        for (let a = 0; a < events; a += 1) {
          running[eventShock[a]] = 1 - running[eventShock[a]];
          let effect = 0;
          for (let h = 0; h < H; h += 1) if (running[h] === 1) effect += effects[h][i];
          start[size] = eventTime[a];
          factors[size] = Math.exp(effect);
          size += 1;
        }
        at[w + 1] = size;
      }
      return { at, start, factor: factors };
    }

    // --- episodes: when each member, and last the aspirant, goes on and off, up to the first time beyond the horizon ---
    function drawEpisodes(P) {
      const { E, starts, onset, release, onShare } = P, at = new Int32Array(N * S + 1), on = new Uint8Array(N * S), active = new Uint8Array(N * S);
      let times = new Float64Array(N * S * 2), size = 0;
      for (let w = 0; w < N; w += 1) {
        const i = Math.floor(w / W);
        for (let j = 0; j < S; j += 1) {
          if (j < J ? model.vetoes : model.withdraws) {
            const first = i * E * S + j;
            let before = 0, state = firstOn[w * S + j] < onShare[i * S + j] ? 1 : 0, number = 0;
            on[w * S + j] = state;
            while (before <= horizon) {
              const wait = number < TOGGLES ? toggleUnits[(w * S + j) * TOGGLES + number] : unit(w, episodeKey, j, number + 1);
              if (number === 0) active[w * S + j] = state;
              before = waiting(before, wait, state === 1 ? release : onset, first, S, starts, E);
              if (size === times.length) times = roomFor(times, size + 1);
              times[size] = before;
              if (before <= horizon) active[w * S + j] = 1; // else it never changes before the horizon
              size += 1;
              state = 1 - state;
              number += 1;
            }
          }
          at[w * S + j + 1] = size;
        }
      }
      return { at, time: times, on, active };
    }

    function drawAreas(P) {
      const ready = new Float64Array(N * A);
      for (let w = 0; w < N; w += 1) {
        const i = Math.floor(w / W);
        for (let a = 0; a < A; a += 1) ready[w * A + a] = waiting(0, age[w * A + a], P.pace, i * P.E * A + a, A, P.starts, P.E);
      }
      return ready;
    }

    const kept = {};
    function once(kind, mark, make) {
      if (!kept[kind]) kept[kind] = new Map();
      const found = kept[kind];
      if (!found.has(mark)) {
        if (found.size > 3) found.delete([...found.keys()][1]); // the first one, of the base, stays
        found.set(mark, make());
      }
      return found.get(mark);
    }

    return {
      n, W, N, J, K, A, H, S, horizon, uniforms, turn, follow, factor, settle, procedure, moves, ratified,
      fill, waiting, ratifyFirst, ratifyYears,
      shocks: P => once("shocks", P.mark, () => drawShocks(P)),
      episodes: P => once("episodes", P.mark, () => drawEpisodes(P)),
      areas: P => once("areas", P.mark, () => drawAreas(P)),
      procedureAgain: (w, k, attempt) => unit(w, procedureKey, k, attempt),
      mayLapse,
      lapseUnit: (w, k, number) => number === 0 ? lapseUnits[w * K + k] : unit(w, lapseKey, k, number),
    };
  }

  Object.assign(X, { makeWorlds, waiting });
})(window.SHTEG_EXPLORER);
