"use strict";
// Drawings: the effect as a waterfall, the way over the years, and the picture that a reader takes along.
(function (X) {
  const NAMESPACE = "http://www.w3.org/2000/svg";

  function svg(tag, attributes, text) {
    const found = document.createElementNS(NAMESPACE, tag);
    for (const [name, value] of Object.entries(attributes || {})) found.setAttribute(name, value);
    if (text !== undefined) found.textContent = text;
    return found;
  }

  // a text in lines of about so many letters
  function linesOf(text, letters) {
    const found = [""];
    for (const word of text.split(" ")) {
      const last = found[found.length - 1];
      if (last && last.length + word.length >= letters) found.push(word);
      else found[found.length - 1] = last ? last + " " + word : word;
    }
    return found;
  }

  // steps: [{ label, from, to, told }] of shares; the first and the last stand on the ground
  function waterfall(steps, width, title) {
    const labels = steps.map(one => linesOf(one.label, Math.floor(width / 7.4))), tops = [0];
    for (const label of labels) tops.push(tops[tops.length - 1] + 29 + 17 * label.length);
    const height = tops[steps.length] + 4, most = Math.max(0.01, ...steps.map(one => Math.max(one.from, one.to))) * 1.02;
    const room = width - 78, x = share => 4 + share / most * room;
    const found = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": title, class: "ex-waterfall" });
    steps.forEach((one, at) => {
      const low = Math.min(one.from, one.to), high = Math.max(one.from, one.to), y = tops[at] + 17 * (labels[at].length - 1);
      labels[at].forEach((line, place) => found.append(svg("text", { x: 4, y: tops[at] + 15 + 17 * place, class: "ex-label" }, line)));
      found.append(svg("rect", {
        x: x(low), y: y + 21, width: Math.max(1.5, x(high) - x(low)), height: 15, class: one.ground ? "ex-ground" : one.to >= one.from ? "ex-up" : "ex-down",
      }));
      found.append(svg("text", { x: x(high) + 6, y: y + 33, class: "ex-number" }, one.told));
      if (at + 1 < steps.length) found.append(svg("line", { x1: x(one.to), x2: x(one.to), y1: y + 36, y2: tops[at + 2] - 25, class: "ex-thread" }));
    });
    return found;
  }

  // lines: [{ label, told, shares, kind }] by year; the end of each line is told
  function curves(lines, years, chosen, width, title) {
    const height = 200, left = 8, right = 120, top = 14, bottom = 28;
    const most = Math.max(0.02, ...lines.flatMap(one => Array.from(one.shares))) * 1.08;
    const x = at => left + at / (years.length - 1) * (width - left - right), y = share => height - bottom - share / most * (height - top - bottom);
    const found = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": title, class: "ex-curves" });
    found.append(svg("line", { x1: left, x2: width - right, y1: y(0), y2: y(0), class: "ex-axis" }));
    found.append(svg("line", { x1: x(chosen), x2: x(chosen), y1: top, y2: y(0), class: "ex-thread" }));
    const shown = new Set([0, years.length - 1]);
    if (chosen > 3 && chosen < years.length - 4) shown.add(chosen);
    for (const at of shown) {
      const anchor = at === 0 ? "start" : at === years.length - 1 ? "end" : "middle";
      found.append(svg("text", { x: x(at), y: height - 9, "text-anchor": anchor, class: "ex-label" }, years[at]));
    }
    const ends = lines.map(one => y(one.shares[years.length - 1])), apart = 36;
    if (ends.length === 2 && Math.abs(ends[0] - ends[1]) < apart) {
      const upper = ends[0] <= ends[1] ? 0 : 1, middle = Math.min(Math.max((ends[0] + ends[1]) / 2, top + apart / 2), y(0) - apart / 2);
      ends[upper] = middle - apart / 2;
      ends[1 - upper] = middle + apart / 2;
    }
    lines.forEach((one, which) => {
      const points = years.map((year, at) => x(at).toFixed(1) + "," + y(one.shares[at]).toFixed(1)).join(" ");
      found.append(svg("polyline", { points, class: one.kind }));
      for (const [at, text] of [[0, one.label], [16, one.told]]) {
        found.append(svg("text", { x: x(years.length - 1) + 6, y: ends[which] + at, class: "ex-number " + one.kind + "-name" }, text));
      }
    });
    return found;
  }

  // lines: [{ text, size, bold, soft, gap }]; bars as of the waterfall. Words and rectangles only, so that it works from a disk
  function picture(lines, bars) {
    const width = 1200, margin = 56, inner = width - 2 * margin, canvas = document.createElement("canvas"), pen = canvas.getContext("2d");
    const style = getComputedStyle(document.documentElement), colour = name => style.getPropertyValue(name).trim();
    const font = one => `${one.bold ? "600 " : ""}${one.size}px ${colour("--sans") || "sans-serif"}`;
    const wrapped = [];
    for (const one of lines) {
      pen.font = font(one);
      let row = "";
      for (const word of one.text.split(" ")) {
        const longer = row ? row + " " + word : word;
        if (row && pen.measureText(longer).width > inner) {
          wrapped.push({ ...one, text: row, gap: 0 });
          row = word;
        } else {
          row = longer;
        }
      }
      wrapped.push({ ...one, text: row });
    }
    const tall = wrapped.reduce((sum, one) => sum + one.size * 1.4 + (one.gap || 0), 0), barRow = 58;
    canvas.width = width;
    canvas.height = Math.ceil(2 * margin + tall + bars.length * barRow + 20);
    pen.fillStyle = colour("--paper");
    pen.fillRect(0, 0, width, canvas.height);
    pen.fillStyle = colour("--accent");
    pen.fillRect(0, 0, width, 10);
    let y = margin;
    const write = one => {
      pen.font = font(one);
      pen.fillStyle = colour(one.soft ? "--soft" : "--ink");
      pen.fillText(one.text, margin, y + one.size);
      y += one.size * 1.4 + (one.gap || 0);
    };
    const foot = wrapped.filter(one => one.foot);
    wrapped.filter(one => !one.foot).forEach(write);
    const most = Math.max(0.01, ...bars.map(one => Math.max(one.from, one.to)));
    for (const one of bars) {
      const low = Math.min(one.from, one.to) / most * (inner - 130), high = Math.max(one.from, one.to) / most * (inner - 130);
      pen.font = font({ size: 19 });
      pen.fillStyle = colour("--ink");
      pen.fillText(one.label, margin, y + 19, inner);
      pen.fillStyle = colour(one.ground ? "--c-muted" : one.to >= one.from ? "--c-1" : "--c-2");
      pen.fillRect(margin + low, y + 27, Math.max(2, high - low), 18);
      pen.fillStyle = colour("--ink");
      pen.fillText(one.told, margin + high + 10, y + 42);
      y += barRow;
    }
    y += 10;
    foot.forEach(write);
    return canvas;
  }

  X.drawings = { waterfall, curves, picture };
})(window.SHTEG_EXPLORER);
