"use strict";
// One world under one setting: consents, windows, procedures, ratifications, as in shteg/pathways/engine.
(function (X) {
  const NEVER = X.NEVER, waiting = X.waiting;
  const CONSENT = 0, READINESS = 1, PROCEDURE = 2, RATIFICATION = 3, WITHDRAWAL = 4;

  function makeWalker(model, worlds) {
    const { W, J, K, A, S, horizon, uniforms, turn, follow, factor, settle, procedure, moves, ratified } = worlds;
    const { vetoes, withdraws, lapses } = model;
    const steps = model.steps, order = Int32Array.from(model.order);
    const electors = Int32Array.from(steps, one => one.electors), isRatified = Uint8Array.from(steps, one => one.ratified ? 1 : 0);
    const isReached = Uint8Array.from(steps, one => one.reached ? 1 : 0), elapsed = Float64Array.from(steps, one => one.elapsed);
    const eligible = new Uint8Array(K * J), voters = steps.map(one => {
      const list = [];
      for (let j = 0; j < J; j += 1) if (one.eligible[j] === "1") list.push(j);
      return Int32Array.from(list);
    });
    voters.forEach((list, k) => list.forEach(j => { eligible[k * J + j] = 1; }));
    const rests = new Uint8Array(K * K), needs = new Uint8Array(K * A); // on which step, of which area
    steps.forEach((one, k) => {
      one.prerequisites.forEach(other => { rests[k * K + other] = 1; });
      one.areas.forEach(a => { needs[k * A + a] = 1; });
    });
    const mayLapse = Uint8Array.from(worlds.mayLapse, one => one ? 1 : 0);
    const place = Int32Array.from(steps, (one, k) => ratified.indexOf(k));
    const C = Math.max(0, ...steps.map(one => one.cuts.length));
    const cutYears = new Float64Array(K * C).fill(NEVER), cutFactor = new Float64Array(worlds.n * K * C).fill(1);
    steps.forEach((one, k) => one.cuts.forEach(([years, unit], c) => {
      cutYears[k * C + c] = years;
      const levels = model.columns.get("duration/" + unit);
      for (let i = 0; i < worlds.n; i += 1) cutFactor[(i * K + k) * C + c] = Math.exp(Math.min(Math.max(levels[i], -300), 300));
    }));

    const lateTime = new Float64Array(K * J), lateMember = new Int32Array(K * J), lateCount = new Int32Array(K);
    const consent = new Float64Array(K), wait = new Float64Array(K), floors = new Float64Array(K), befores = new Float64Array(K);
    const times = new Float64Array(K), heldUntil = new Float64Array(J), spareTime = new Float64Array(J), spareMember = new Int32Array(J);
    const held = new Uint8Array(K), nextTime = new Float64Array(K), attempts = new Int32Array(K), lost = new Int32Array(K);
    const lift = new Float64Array(64);
    let lapseE, lapseStarts, lapseRate, P, Q, votes, forced, shocks, episodes, ready, watched; // of the setting
    let w = 0, i = 0; // the world and its draw
    let windowBegin = 0, windowClose = 0, toggle = 0, left = 0, root = 0;

    function begin(parameters, needed, members) {
      P = parameters.consents;
      Q = parameters;
      votes = needed;
      forced = members;
      shocks = worlds.shocks(Q.shocks);
      episodes = worlds.episodes(Q.episodes);
      ready = worlds.areas(Q.areas);
      lapseE = Q.lapses.E;
      lapseStarts = Q.lapses.starts;
      lapseRate = Q.lapses.rate;
      watched = Uint8Array.from(steps, (one, k) => vetoes && votes[k] > 0 && !isRatified[k] ? 1 : 0);
    }

    // --- consents -----------------------------------------------------------------------------------------------------
    function turnTime(j) {
      let time = waiting(0, turn[w * J + j], P.change, i * P.E, 1, P.starts, P.E);
      if (moves[j]) {
        const settled = waiting(0, settle[w], P.settle, i * P.E, 1, P.starts, P.E);
        if (settled < time) {
          let e = 0;
          while (e + 1 < P.E && P.starts[e + 1] <= settled) e += 1;
          if (follow[w * J + j] < P.follow[i * P.E + e]) time = settled;
        }
      }
      return time;
    }

    function fileLate(k, j, time) {
      const at = k * J + lateCount[k];
      lateTime[at] = time;
      lateMember[at] = j;
      lateCount[k] += 1;
    }

    // the time at which enough of those late are there; sorts them where not all are needed
    function rank(listTime, listMember, start, count, all, needed) {
      const wanted = needed - (all - count);
      if (wanted === count) {
        let last = 0;
        for (let at = start; at < start + count; at += 1) if (listTime[at] > last) last = listTime[at];
        return last;
      }
      if (wanted <= 0) return 0;
      for (let a = 1; a < count; a += 1) {
        const time = listTime[start + a], member = listMember[start + a];
        let at = a;
        while (at > 0 && listTime[start + at - 1] > time) {
          listTime[start + at] = listTime[start + at - 1];
          listMember[start + at] = listMember[start + at - 1];
          at -= 1;
        }
        listTime[start + at] = time;
        listMember[start + at] = member;
      }
      return listTime[start + wanted - 1];
    }

    function runConsents() {
      const E = P.E, keep = P.keep[i * E];
      for (let e = 0; e < E; e += 1) lift[e] = Math.exp(-P.common[i * E + e] * factor[w]);
      const scale = P.heaviest[i] * lift[0];
      for (let k = 0; k < K; k += 1) lateCount[k] = 0;
      for (let j = 0; j < J; j += 1) {
        if (forced[j] !== 0) {
          if (forced[j] < 0) for (let k = 0; k < K; k += 1) if (eligible[k * J + j] && !isRatified[k]) fileLate(k, j, NEVER);
          continue;
        }
        const share = uniforms[w * J + j];
        if (share * (1 + P.doubt[i * E * J + j] * scale) < keep) continue;
        const turned = turnTime(j);
        for (let k = 0; k < K; k += 1) {
          if (!eligible[k * J + j] || isRatified[k]) continue;
          let time = turned;
          for (let e = 0; e < E; e += 1) {
            if (P.starts[e] >= time) break;
            const odds = P.doubt[(i * E + e) * J + j] * P.weight[(i * E + e) * K + k] * lift[e];
            if (share * (1 + odds) < P.keep[i * E + e]) {
              time = P.starts[e];
              break;
            }
          }
          if (time > 0) fileLate(k, j, time);
        }
      }
      for (let k = 0; k < K; k += 1) {
        if (!isRatified[k] && votes[k] > 0) consent[k] = rank(lateTime, lateMember, k * J, lateCount[k], electors[k], votes[k]);
        wait[k] = -1;
      }
    }

    // --- windows ------------------------------------------------------------------------------------------------------
    function isOn(j, time) {
      const from = episodes.at[w * S + j], to = episodes.at[w * S + j + 1];
      let at = from;
      while (at < to && episodes.time[at] <= time) at += 1;
      toggle = at < to ? episodes.time[at] : NEVER;
      return (episodes.on[w * S + j] ^ ((at - from) & 1)) === 1;
    }

    function openWindow(k, start) {
      let time = start;
      const list = voters[k], slack = electors[k] - votes[k], watch = watched[k], active = episodes.active, own = w * S;
      while (time <= horizon) {
        let close = NEVER, release = NEVER, blocking = 0, last = time;
        for (let at = 0; at < (watch ? list.length : 0); at += 1) {
          const j = list[at];
          if (forced[j] > 0) continue;
          let until = slack > 0 ? heldUntil[j] : 0;
          if (until <= time) {
            if (active[own + j] === 0) continue;
            if (!isOn(j, time)) {
              if (toggle < close) close = toggle;
              continue;
            }
            until = toggle;
          }
          blocking += 1;
          if (until < release) release = until;
          if (until > last) last = until;
        }
        let later = time;
        if (blocking > slack) later = slack === 0 ? last : release;
        if (withdraws) {
          if (isOn(J, time)) later = Math.max(later, toggle);
          else if (toggle < close) close = toggle;
        }
        if (later === time) {
          windowBegin = time;
          windowClose = close;
          return;
        }
        time = later;
      }
      windowBegin = NEVER;
      windowClose = NEVER;
    }

    function holdBack(k, clear) {
      for (let at = k * J; at < k * J + lateCount[k]; at += 1) heldUntil[lateMember[at]] = clear ? 0 : lateTime[at];
    }

    // --- procedures ---------------------------------------------------------------------------------------------------
    function addUp(k, clock, from, close, unit) {
      const { E, starts, rate: hazards } = Q.hazards, first = shocks.at[w], segments = shocks.at[w + 1] - first;
      let time = from, s = 0, e = 0, c = 0;
      while (e + 1 < E && starts[e + 1] <= from) e += 1;
      while (s + 1 < segments && shocks.start[first + s + 1] <= from) s += 1;
      while (c < C && clock + cutYears[k * C + c] <= from) c += 1;
      for (;;) {
        const hazard = hazards[(i * E + e) * K + k];
        while (e + 1 < E && hazards[(i * E + e + 1) * K + k] === hazard) e += 1;
        const epochStop = e + 1 < E ? starts[e + 1] : NEVER, segmentStop = s + 1 < segments ? shocks.start[first + s + 1] : NEVER;
        const cutStop = c < C ? clock + cutYears[k * C + c] : NEVER;
        const stop = Math.min(Math.min(epochStop, segmentStop), Math.min(cutStop, close));
        let rate = hazard * shocks.factor[first + s];
        if (c > 0) rate *= cutFactor[(i * K + k) * C + c - 1];
        if (rate * (stop - time) >= unit) {
          const end = time + unit / rate;
          left = 0;
          return end <= horizon ? end : NEVER;
        }
        unit -= rate * (stop - time);
        if (stop >= horizon || stop === close) {
          left = unit;
          return NEVER;
        }
        time = stop;
        if (segmentStop === stop) s += 1;
        if (epochStop === stop) e += 1;
        if (cutStop === stop) c += 1;
      }
    }

    function procedureEnd(k, since, start, attempt) {
      if (start > horizon) return NEVER;
      let unit = attempt > 0 ? worlds.procedureAgain(w, k, attempt) : procedure[w * K + k];
      const clock = since === 0 ? since - elapsed[k] : since;
      if (!(withdraws || (vetoes && votes[k] > 0))) return addUp(k, clock, start, NEVER, unit);
      const quorum = votes[k] < electors[k];
      if (quorum) holdBack(k, false);
      let time = start, end = NEVER;
      for (;;) {
        openWindow(k, time);
        const from = windowBegin, close = windowClose;
        if (from > horizon) break;
        end = addUp(k, clock, from, close, unit);
        unit = left;
        if (end < NEVER || close > horizon) break;
        time = close;
      }
      if (quorum) holdBack(k, true);
      return end;
    }

    function ratificationEnd(k, start, years) {
      if (!withdraws) {
        const end = start + years;
        return end <= horizon ? end : NEVER;
      }
      let time = start;
      while (time <= horizon && years < NEVER) {
        openWindow(k, time);
        if (windowBegin + years <= Math.min(windowClose, horizon)) return windowBegin + years;
        if (windowBegin > horizon) break;
        years -= windowClose - windowBegin;
        time = windowClose;
      }
      return NEVER;
    }

    const forcedTime = (j, drawn) => forced[j] === 0 ? drawn : forced[j] > 0 ? 0 : NEVER;

    function ratify(k) {
      if (wait[k] >= 0) return wait[k];
      const first = worlds.ratifyFirst(w, place[k]);
      lateCount[k] = 0;
      const list = voters[k];
      for (let at = 0; at < list.length; at += 1) fileLate(k, list[at], forcedTime(list[at], first[w * J + list[at]]));
      wait[k] = rank(lateTime, lateMember, k * J, lateCount[k], lateCount[k], votes[k]);
      return wait[k];
    }

    function ratifyAgain(k, attempt) {
      const list = voters[k];
      for (let at = 0; at < list.length; at += 1) {
        spareTime[at] = forcedTime(list[at], worlds.ratifyYears(w, place[k], list[at], attempt));
        spareMember[at] = list[at];
      }
      return rank(spareTime, spareMember, 0, list.length, list.length, votes[k]);
    }

    // --- the way ------------------------------------------------------------------------------------------------------
    function look(k) {
      let since = 0, done = 0;
      root = k;
      for (let one = 0; one < K; one += 1) {
        if (rests[k * K + one] === 1 && times[one] > since) {
          since = times[one];
          root = one;
        }
      }
      for (let a = 0; a < A; a += 1) if (needs[k * A + a] === 1 && ready[w * A + a] > done) done = ready[w * A + a];
      befores[k] = since;
      floors[k] = Math.max(since, done);
      return floors[k];
    }

    function walkOnce() {
      for (let at = 0; at < K; at += 1) {
        const k = order[at];
        if (isReached[k]) {
          times[k] = 0;
          continue;
        }
        look(k);
        if (isRatified[k]) {
          times[k] = floors[k] <= horizon ? ratificationEnd(k, floors[k], ratify(k)) : NEVER;
          continue;
        }
        times[k] = procedureEnd(k, befores[k], votes[k] > 0 ? Math.max(floors[k], consent[k]) : floors[k], 0);
      }
    }

    // steps may be lost and walked again
    function schedule(k, now) {
      nextTime[k] = NEVER;
      if (held[k]) {
        if (mayLapse[k] === 0) return;
        for (let one = 0; one < K; one += 1) if (rests[one * K + k] === 1 && held[one] === 1) return;
        nextTime[k] = waiting(now, worlds.lapseUnit(w, k, lost[k]), lapseRate, i * lapseE * K + k, K, lapseStarts, lapseE);
        lost[k] += 1;
        return;
      }
      for (let one = 0; one < K; one += 1) if (rests[k * K + one] === 1 && held[one] === 0) return;
      let floor = now;
      for (let a = 0; a < A; a += 1) if (needs[k * A + a] === 1 && ready[w * A + a] > floor) floor = ready[w * A + a];
      const attempt = attempts[k];
      attempts[k] += 1;
      if (isRatified[k]) {
        if (floor <= horizon) nextTime[k] = ratificationEnd(k, floor, attempt === 0 ? ratify(k) : ratifyAgain(k, attempt));
        return;
      }
      if (votes[k] > 0) floor = Math.max(floor, consent[k]);
      nextTime[k] = procedureEnd(k, now, floor, attempt);
    }

    function walkWithLapses() {
      for (let k = 0; k < K; k += 1) {
        held[k] = isReached[k];
        times[k] = isReached[k] ? 0 : NEVER;
        attempts[k] = 0;
        lost[k] = 0;
      }
      let changed = -1, now = 0;
      for (;;) {
        for (let k = 0; k < K; k += 1) {
          if (changed < 0 || k === changed || rests[k * K + changed] || (rests[changed * K + k] && held[k])) schedule(k, now);
        }
        changed = 0;
        for (let k = 1; k < K; k += 1) if (nextTime[k] < nextTime[changed]) changed = k;
        now = nextTime[changed];
        if (now > horizon) return;
        held[changed] = 1 - held[changed];
        if (now < times[changed]) times[changed] = now;
      }
    }

    function walk(world) {
      w = world;
      i = Math.floor(world / W);
      runConsents();
      if (lapses) walkWithLapses();
      else walkOnce();
      return times;
    }

    // --- why not: of the world just walked ----------------------------------------------------------------------------
    const why = { step: 0, condition: 0 };

    // where, and for want of what, the way to a step stopped by a time at which it is not reached
    function explain(k, by) {
      look(k);
      if (befores[k] > by) return explain(root, by);
      const needed = votes[k] > 0 && !isRatified[k] ? consent[k] : 0;
      why.step = k;
      if (floors[k] > by && (isRatified[k] || floors[k] >= needed)) why.condition = READINESS;
      else if (needed > by) why.condition = CONSENT;
      else {
        why.condition = isRatified[k] ? RATIFICATION : PROCEDURE;
        if (withdraws && isOn(J, by)) why.condition = WITHDRAWAL;
        else if (watched[k]) {
          holdBack(k, false);
          openWindow(k, by);
          if (windowBegin > by) why.condition = CONSENT;
          holdBack(k, true);
        }
      }
      return why;
    }

    // the members that withhold their consent, or have not ratified, at a time; gives how many
    function withholding(k, by, list) {
      let count = 0;
      const origin = isRatified[k] ? floors[k] : 0;
      if (isRatified[k]) ratify(k);
      for (let at = k * J; at < k * J + lateCount[k]; at += 1) {
        if (origin + lateTime[at] > by) {
          list[count] = lateMember[at];
          count += 1;
        }
      }
      if (isRatified[k] || !vetoes) return count;
      holdBack(k, false);
      for (let at = 0; at < voters[k].length; at += 1) {
        const j = voters[k][at];
        if (forced[j] <= 0 && heldUntil[j] <= by && isOn(j, by)) {
          list[count] = j;
          count += 1;
        }
      }
      holdBack(k, true);
      return count;
    }

    // does it matter in the world just walked whether a member always consents?
    function matters(j) {
      for (let k = 0; k < K; k += 1) {
        for (let at = k * J; at < k * J + lateCount[k]; at += 1) if (lateMember[at] === j) return true;
      }
      return vetoes && (isOn(j, 0) || toggle <= horizon);
    }

    const force = members => { forced = members; };
    return { begin, walk, look, explain, withholding, matters, force, electors, isRatified };
  }

  Object.assign(X, { makeWalker, CONDITIONS: ["consent", "readiness", "procedure", "ratification", "withdrawal"] });
})(window.SHTEG_EXPLORER);
