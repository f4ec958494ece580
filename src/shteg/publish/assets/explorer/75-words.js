"use strict";
// How the page says counts: as frequencies in a hundred, or in a thousand below ten in a hundred: value and bounds alike.
(function (X) {
  const OF = "\u00a0/\u00a0", NORMAL_90 = 1.6448536269514722;

  function makeWords(book) {
    const say = (key, args) => book.words[key].replace(/\{(\w+)\}/g, (whole, name) => args && name in args ? args[name] : whole);

    function number(value, decimals) {
      const [whole, part] = Math.abs(value).toFixed(decimals || 0).split(".");
      const grouped = whole.replace(/\B(?=(\d{3})+$)/g, book.group);
      const negative = value < 0 && /[1-9]/.test(whole + (part || ""));
      return (negative ? "\u2212" : "") + grouped + (part ? book.decimal + part : "");
    }

    // of how many a share is told
    const scale = share => share > 0 && share < 0.0945 ? 1000 : 100;
    const times = (share, of) => number(Math.round(share * of));

    function frequency(share, count, walked) {
      if (count === 0) return say("none", { walked: number(walked) });
      if (count === walked) return say("every", { walked: number(walked) });
      const of = scale(share);
      if (share * of < 0.95) return say("fewer", { of: number(of) });
      return say("times", { times: times(share, of), of: number(of) });
    }

    // a short form for tables and bars
    function short(share, count, walked, common) {
      if (count === 0) return "0";
      const of = common || scale(share);
      if (count === walked) return number(of) + OF + number(of);
      return (share * of < 0.95 ? "<\u00a01" : times(share, of)) + OF + number(of);
    }

    // what counting so few futures leaves open
    function noise(share, error, count, walked) {
      if (count === 0) return say("noise.none", { of: number(Math.floor(walked / 3)) });
      const of = scale(share), low = Math.max(0, share - NORMAL_90 * error), high = Math.min(1, share + NORMAL_90 * error);
      return say("noise", { low: number(low * of), high: number(high * of), of: number(of) });
    }

    function change(found) {
      const half = NORMAL_90 * found.error, most = Math.max(Math.abs(found.share), half);
      if (found.gained === 0 && found.lost === 0) return say("change.none");
      const of = scale(most);
      const args = {
        change: number(Math.abs(found.share) * of), of: number(of),
        low: number((found.share - half) * of), high: number((found.share + half) * of),
      };
      const sure = Math.abs(found.share) > half;
      return say(found.share >= 0 ? "change.more" : "change.fewer", args) + (sure ? "" : " " + say("change.unsure"));
    }

    return { say, number, scale, frequency, short, noise, change };
  }

  X.makeWords = makeWords;
})(window.SHTEG_EXPLORER);
