"use strict";
// Random numbers of the engine (shteg/randomness.py), bit for bit: 64-bit words in two halves, as JavaScript has none.
window.SHTEG_EXPLORER = (function () {
  const GOLDEN_HIGH = 0x9E3779B9 | 0, GOLDEN_LOW = 0x7F4A7C15 | 0;
  let high = 0, low = 0; // the word at hand

  function multiply(ah, al, bh, bl) {
    const a0 = al & 0xffff, a1 = al >>> 16, b0 = bl & 0xffff, b1 = bl >>> 16;
    const first = Math.imul(a0, b0) >>> 0;
    const second = (Math.imul(a1, b0) + (first >>> 16)) >>> 0;
    const third = (Math.imul(a0, b1) + (second & 0xffff)) >>> 0;
    const carried = (Math.imul(a1, b1) + (second >>> 16) + (third >>> 16)) | 0;
    high = (carried + Math.imul(ah, bl) + Math.imul(al, bh)) | 0;
    low = ((third << 16) | (first & 0xffff)) | 0;
  }

  function add(ah, al, bh, bl) {
    const sum = (al >>> 0) + (bl >>> 0);
    low = sum | 0;
    high = (ah + bh + (sum > 0xffffffff ? 1 : 0)) | 0;
  }

  // the finaliser of SplitMix64 on the word at hand
  function mix() {
    multiply(high ^ (high >>> 30), low ^ ((low >>> 30) | (high << 2)), 0xBF58476D | 0, 0x1CE4E5B9 | 0);
    multiply(high ^ (high >>> 27), low ^ ((low >>> 27) | (high << 5)), 0x94D049BB | 0, 0x133111EB | 0);
    const top = high;
    high = top ^ (top >>> 31);
    low = low ^ ((low >>> 31) | (top << 1));
  }

  // word number `counter` (below 2^31) of the stream of a key
  function fold(keyHigh, keyLow, counter) {
    multiply(0, (counter + 1) | 0, GOLDEN_HIGH, GOLDEN_LOW);
    add(keyHigh, keyLow, high, low);
    mix();
    return [high, low];
  }

  // the number in (0, 1) that belongs to a key and a purpose; `times` for the i-th of one purpose
  function uniform(keyHigh, keyLow, purposeHigh, purposeLow, times) {
    if (times > 0) {
      multiply(0, times | 0, GOLDEN_HIGH, GOLDEN_LOW);
      add(purposeHigh, purposeLow, high, low);
      add(keyHigh, keyLow, high, low);
    } else {
      add(keyHigh, keyLow, purposeHigh, purposeLow);
    }
    mix();
    return ((high >>> 0) * 1048576 + (low >>> 12) + 0.5) * 2.220446049250313e-16;
  }

  const parseKey = text => [parseInt(text.slice(0, 8), 16) | 0, parseInt(text.slice(8), 16) | 0];

  // Wichura (1988), algorithm AS 241, as in the engine
  function normalQuantile(share) {
    const centred = share - 0.5;
    let r, upper, lower;
    if (Math.abs(centred) <= 0.425) {
      r = 0.180625 - centred * centred;
      upper = (((((((2509.0809287301226727 * r + 33430.575583588128105) * r + 67265.770927008700853) * r
        + 45921.953931549871457) * r + 13731.693765509461125) * r + 1971.5909503065514427) * r
        + 133.14166789178437745) * r + 3.387132872796366608);
      lower = (((((((5226.495278852545925 * r + 28729.085735721942674) * r + 39307.89580009271061) * r
        + 21213.794301586595867) * r + 5394.1960214247511077) * r + 687.1870074920579083) * r
        + 42.313330701600911252) * r + 1.0);
      return centred * upper / lower;
    }
    r = Math.sqrt(-Math.log(centred < 0 ? share : 1 - share));
    if (r <= 5) {
      r -= 1.6;
      upper = (((((((7.7454501427834140764e-4 * r + 0.0227238449892691845833) * r + 0.24178072517745061177) * r
        + 1.27045825245236838258) * r + 3.64784832476320460504) * r + 5.7694972214606914055) * r
        + 4.6303378461565452959) * r + 1.42343711074968357734);
      lower = (((((((1.05075007164441684324e-9 * r + 5.475938084995344946e-4) * r + 0.0151986665636164571966) * r
        + 0.14810397642748007459) * r + 0.68976733498510000455) * r + 1.6763848301838038494) * r
        + 2.05319162663775882187) * r + 1.0);
    } else {
      r -= 5;
      upper = (((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 0.0012426609473880784386) * r
        + 0.026532189526576123093) * r + 0.29656057182850489123) * r + 1.7848265399172913358) * r
        + 5.4637849111641143699) * r + 6.6579046435011037772);
      lower = (((((((2.04426310338993978564e-15 * r + 1.4215117583164458887e-7) * r + 1.8463183175100546818e-5) * r
        + 7.868691311456132591e-4) * r + 0.0148753612908506148525) * r + 0.13692988092273580531) * r
        + 0.59983220655588793769) * r + 1.0);
    }
    return centred < 0 ? -upper / lower : upper / lower;
  }

  return { NEVER: 1e18, fold, uniform, parseKey, normalQuantile };
})();
