"use strict";
// Answers to a setting from all worlds: how often each step is reached, who stands in the way, which members would do.
(function (X) {
  const POOL = 8, LARGEST_SET = 5, PART = 0.5;

  const BASE = Object.freeze({ measures: {}, rule: "case", ratification: "case", settlement: "estimated", members: {} });

  function makeExplorer(book) {
    const model = X.readPackage(book), worlds = X.makeWorlds(model), walker = X.makeWalker(model, worlds);
    const { N, W, n, K, J } = worlds, Y = model.yearTimes.length;
    const parametersOf = X.makeParameters(model);

    function forcedOf(setting, always) {
      return Int8Array.from(model.members, one => {
        if (always && always.has(one.id)) return 1;
        return { always: 1, never: -1 }[setting.members[one.id]] || 0;
      });
    }

    const begin = setting => walker.begin(parametersOf(setting), X.votesOf(model, setting), forcedOf(setting));

    // the share of worlds, and the standard error that comes from so few of them (draws are independent, worlds of one are not)
    function shareOf(byDraw) {
      let sum = 0, squares = 0;
      for (let i = 0; i < n; i += 1) sum += byDraw[i];
      const mean = sum / N;
      for (let i = 0; i < n; i += 1) squares += (byDraw[i] / W - mean) * (byDraw[i] / W - mean);
      return { count: sum, share: mean, error: n > 1 ? Math.sqrt(squares / (n - 1) / n) : 0 };
    }

    // target: number of a step; year: number of a calendar year
    function answer(setting, target, year) {
      begin(setting);
      const by = model.yearTimes[year], reached = new Int32Array(K * Y), byDraw = new Float64Array(n), there = new Uint8Array(N);
      const stops = new Int32Array(K * X.CONDITIONS.length), holds = new Int32Array(J), alone = new Int32Array(J), list = new Int32Array(2 * J);
      for (let w = 0; w < N; w += 1) {
        const times = walker.walk(w);
        for (let k = 0; k < K; k += 1) {
          if (times[k] > model.horizon) continue;
          let y = 0;
          while (times[k] > model.yearTimes[y]) y += 1;
          reached[k * Y + y] += 1;
        }
        if (times[target] <= by) {
          there[w] = 1;
          byDraw[Math.floor(w / W)] += 1;
          continue;
        }
        const why = walker.explain(target, by);
        stops[why.step * X.CONDITIONS.length + why.condition] += 1;
        if (why.condition === 0 || why.condition === 3) {
          walker.look(why.step);
          const count = walker.withholding(why.step, by, list);
          for (let at = 0; at < count; at += 1) holds[list[at]] += 1;
          if (count === 1) alone[list[0]] += 1;
        }
      }
      for (let k = 0; k < K; k += 1) for (let y = 1; y < Y; y += 1) reached[k * Y + y] += reached[k * Y + y - 1];
      return { ...shareOf(byDraw), reached, byDraw, there, stops, holds, alone, worlds: N, draws: n, target, year };
    }

    // the difference of two answers on the same worlds
    function differenceOf(one, other) {
      const byDraw = one.byDraw.map((count, i) => count - other.byDraw[i]), found = shareOf(byDraw);
      let gained = 0, lost = 0;
      for (let w = 0; w < N; w += 1) {
        if (one.there[w] && !other.there[w]) gained += 1;
        if (!one.there[w] && other.there[w]) lost += 1;
      }
      return { share: found.share, error: found.error, gained, lost };
    }

    // years until each step, (world, step): what the engine's own answer is compared with
    function paths(setting) {
      begin(setting);
      const found = new Float64Array(N * K);
      for (let w = 0; w < N; w += 1) found.set(walker.walk(w), w * K);
      return found;
    }

    // in how many worlds each member withholds its consent to a step at the end of a year; of a ratification, once it has begun
    function withheld(setting, k, year) {
      begin(setting);
      const counts = new Int32Array(J), list = new Int32Array(2 * J), by = model.yearTimes[year];
      for (let w = 0; w < N; w += 1) {
        walker.walk(w);
        if (walker.look(k) > by && model.steps[k].ratified) continue;
        const count = walker.withholding(k, by, list);
        for (let at = 0; at < count; at += 1) counts[list[at]] += 1;
      }
      return counts;
    }

    // a step is rested on by ratifications: then every member that ratifies takes its time
    function ratifies(k) {
      return model.steps[k].ratified || model.steps[k].prerequisites.some(ratifies);
    }

    // the smallest sets of members whose lasting consent would give half of what everyone's would: world by world, in slices
    function searchSets(setting, found, pause, done) {
      const { target, year } = found, by = model.yearTimes[year];
      const free = model.members.map((one, j) => j).filter(j => !setting.members[model.members[j].id]);
      const ranked = free.filter(j => found.holds[j] > 0).sort((a, b) => found.holds[b] - found.holds[a] || a - b);
      const pool = ranked.slice(0, POOL), masks = 1 << pool.length, counts = new Int32Array(masks), all = ratifies(target);
      const forced = forcedOf(setting), everyone = forcedOf(setting, new Set(free.map(j => model.members[j].id)));
      const reachable = new Uint8Array(masks);
      let everyoneCount = 0, w = 0, stopped = false;
      begin(setting);

      function reachedWith(members) {
        walker.force(members);
        return walker.walk(w)[target] <= by;
      }
      function tryWorld() {
        if (found.there[w]) {
          everyoneCount += 1;
          for (let mask = 0; mask < masks; mask += 1) counts[mask] += 1;
          return;
        }
        if (!reachedWith(everyone)) return;
        everyoneCount += 1;
        walker.force(forced);
        walker.walk(w);
        let relevant = 0;
        for (let at = 0; at < pool.length; at += 1) if (all || walker.matters(pool[at])) relevant |= 1 << at;
        const members = Int8Array.from(forced);
        const tried = mask => {
          for (let at = 0; at < pool.length; at += 1) members[pool[at]] = mask >> at & 1 ? 1 : forced[pool[at]];
          return reachedWith(members);
        };
        if (!tried(relevant)) return;
        for (let mask = 0; mask <= relevant; mask += 1) {
          if ((mask & relevant) === mask) reachable[mask] = mask === 0 ? 0 : mask === relevant || tried(mask) ? 1 : 0;
        }
        for (let mask = 0; mask < masks; mask += 1) counts[mask] += reachable[mask & relevant];
      }
      function lay() {
        const nobody = counts[0], needed = nobody + PART * (everyoneCount - nobody), sets = [];
        const size = mask => mask.toString(2).split("1").length - 1;
        for (let mask = 1; mask < masks; mask += 1) if (size(mask) <= LARGEST_SET) sets.push({ mask, size: size(mask), count: counts[mask] });
        const enough = everyoneCount > nobody ? sets.filter(one => one.count >= needed) : [];
        const least = Math.min(...enough.map(one => one.size));
        const names = one => ({ ...one, members: pool.filter((j, at) => one.mask >> at & 1) });
        const best = [];
        for (let many = 1; many <= Math.min(LARGEST_SET, pool.length); many += 1) {
          best.push(names(sets.filter(one => one.size === many).reduce((a, b) => b.count > a.count ? b : a)));
        }
        const smallest = enough.filter(one => one.size === least).sort((a, b) => b.count - a.count || a.mask - b.mask).map(names);
        return { nobody, everyone: everyoneCount, needed, smallest, best, pool, outside: ranked.length - pool.length, counts };
      }
      function slice() {
        if (stopped) return;
        begin(setting);
        const until = performance.now() + 12;
        do {
          for (const end = Math.min(w + 16, N); w < end; w += 1) tryWorld();
        } while (w < N && (!pause || performance.now() < until));
        if (w < N) pause(slice);
        else done(lay());
      }
      slice();
      return () => { stopped = true; };
    }

    // draw the random numbers of all worlds in slices
    function prepare(pause, done) {
      let w = 0;
      function slice() {
        const until = performance.now() + 12;
        do {
          for (const end = Math.min(w + 64, N); w < end; w += 1) worlds.fill(w);
        } while (w < N && (!pause || performance.now() < until));
        if (w < N) pause(slice);
        else done();
      }
      slice();
    }

    return { model, worlds: N, draws: n, prepare, answer, differenceOf, paths, withheld, searchSets, ratifies };
  }

  Object.assign(X, { makeExplorer, BASE });
})(window.SHTEG_EXPLORER);
