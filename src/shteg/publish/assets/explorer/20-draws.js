"use strict";
// Posterior draws: what the package holds, and the ranges of the case drawn by the same counters as in the engine.
(function (X) {
  const NORMAL_95 = 1.6448536269514722, SMALLEST = 1e-6, GRID = 65535;

  function unpackColumn(low, high, text) {
    const bytes = atob(text), values = new Float64Array(bytes.length / 2), step = (high - low) / GRID;
    for (let i = 0; i < values.length; i += 1) {
      const place = bytes.charCodeAt(2 * i) + 256 * bytes.charCodeAt(2 * i + 1);
      values[i] = Math.min(low + place * step, high);
    }
    return values;
  }

  function clip(value, domain) {
    if (domain === "real") return value;
    if (domain === "probability") return Math.min(Math.max(value, 0), 1);
    return Math.max(value, domain === "positive" ? SMALLEST : 0);
  }

  const logit = share => Math.log(share / (1 - share));

  function twoSided(value, low, high, deviate) {
    return value + (deviate < 0 ? value - low : high - value) / NORMAL_95 * deviate;
  }

  // draws of a range: its value is the median, its ends the 5 % and 95 % quantiles
  function spread(range, domain, deviates) {
    const { value, low, high } = range;
    if (low === high) return deviates.map(() => value);
    if (domain === "probability" && low > 0 && high < 1) {
      const ends = [value, low, high].map(logit);
      return deviates.map(one => 1 / (1 + Math.exp(-twoSided(...ends, one))));
    }
    if ((domain === "positive" || domain === "nonnegative") && low > 0) {
      const ends = [value, low, high].map(Math.log);
      return deviates.map(one => Math.exp(twoSided(...ends, one)));
    }
    return deviates.map(one => clip(twoSided(value, low, high, one), domain));
  }

  // what the package says, with every column and range drawn
  function readPackage(book) {
    const model = Object.assign({}, book.parts, book.parts.worlds);
    const columns = new Map();
    for (const [names, low, high, text] of book.columns) {
      const values = unpackColumn(low, high, text);
      for (const name of names.split(" ")) columns.set(name, values);
    }
    const [seedHigh, seedLow] = X.parseKey(model.seed);
    const drawKeys = model.draws.map(draw => X.fold(seedHigh, seedLow, draw));
    const deviates = key => {
      const [high, low] = X.parseKey(key);
      return Float64Array.from(drawKeys, one => X.normalQuantile(X.uniform(one[0], one[1], high, low, 0)));
    };
    model.columns = columns;
    model.drawKeys = drawKeys;
    model.named = new Map(model.parameters.map(one => [one.name, {
      domain: one.domain,
      drawn: one.packed ? columns.get("named/" + one.name) : spread(one, one.domain, deviates(one.key)),
    }]));
    for (const measure of model.measures) {
      for (const effect of measure.effects) {
        effect.sizes = spread(effect, effect.operation === "multiply" ? "nonnegative" : "real", deviates(effect.key));
      }
    }
    model.settled = model.named.has("settlement.rate");
    return model;
  }

  Object.assign(X, { readPackage, clip });
})(window.SHTEG_EXPLORER);
