(function () {
  "use strict";
  // values of charts: each mark names its row of the table below it (data-row), and the row says what it is
  var NEAR = 26, serial = 0;

  function text(cell) { return cell.textContent.replace(/\s+/g, " ").trim(); }

  function leading(link) {
    var copy = document.createElement("a");
    copy.href = link.getAttribute("href");
    copy.tabIndex = -1; // reached from the chart by Enter, and from the table below it
    return copy;
  }

  function away(box, x, y) {
    var across = Math.max(box.left - x, 0, x - box.right), down = Math.max(box.top - y, 0, y - box.bottom);
    return Math.sqrt(across * across + down * down);
  }

  function prepare(plot) {
    var figure = plot.closest("figure"), table = figure && figure.querySelector("details.figures table");
    if (!table || !plot.querySelector("[data-row]")) { return; }
    var heads = Array.prototype.map.call(table.querySelectorAll("thead th"), text);
    var rows = Array.prototype.slice.call(table.querySelectorAll("tbody tr")); // as they came: a reader may sort them
    var panel = document.createElement("div"), spoken = document.createElement("p"), shown = -1;
    panel.className = "told";
    panel.id = "told-" + (serial += 1);
    panel.hidden = true;
    spoken.className = "unseen";
    spoken.setAttribute("aria-live", "polite");
    plot.appendChild(panel);
    figure.appendChild(spoken);

    function marks() {
      return Array.prototype.filter.call(plot.querySelectorAll("[data-row]"), function (mark) {
        return mark.getClientRects().length > 0 && rows[Number(mark.getAttribute("data-row"))];
      });
    }
    function numbers() {
      var found = {};
      marks().forEach(function (mark) { found[mark.getAttribute("data-row")] = true; });
      return Object.keys(found).map(Number).sort(function (one, two) { return one - two; });
    }
    function clear() {
      Array.prototype.forEach.call(plot.querySelectorAll(".asked"), function (mark) { mark.classList.remove("asked"); });
    }
    function hide() {
      clear();
      panel.hidden = true;
      shown = -1;
    }
    function write(row, how) {
      panel.textContent = "";
      Array.prototype.forEach.call(row.cells, function (cell, place) {
        var line = document.createElement(place ? "span" : "strong"), words = text(cell);
        var link = place ? null : cell.querySelector("a[href]");
        (link ? line.appendChild(leading(link)) : line).textContent = place ? heads[place] + ": " + words : words;
        if (words) { panel.appendChild(line); }
      });
      if (how) {
        var hint = document.createElement("span");
        hint.className = "how";
        hint.textContent = how;
        panel.appendChild(hint);
      }
    }
    function show(number, aloud) {
      var ours = marks().filter(function (mark) { return Number(mark.getAttribute("data-row")) === number; });
      if (!ours.length) { return; }
      if (number !== shown || panel.hidden) {
        clear();
        ours.forEach(function (mark) { mark.classList.add("asked"); });
        write(rows[number], aloud === "first" ? plot.getAttribute("data-how") : "");
        shown = number;
      }
      panel.hidden = false;
      if (aloud) { spoken.textContent = Array.prototype.map.call(panel.children, text).join(". "); }
      var frame = plot.getBoundingClientRect(), box = ours[ours.length - 1].getBoundingClientRect();
      var left = (box.left + box.right) / 2 - frame.left - panel.offsetWidth / 2;
      var above = box.top - frame.top - panel.offsetHeight - 10;
      panel.style.left = Math.max(0, Math.min(left, frame.width - panel.offsetWidth)) + "px";
      panel.style.top = (box.top - panel.offsetHeight - 10 > 0 ? above : box.bottom - frame.top + 10) + "px";
    }
    function nearest(x, y) {
      var best = null, least = NEAR;
      marks().forEach(function (mark) {
        var box = mark.getBoundingClientRect(), off = away(box, x, y);
        if (off < least || (off === least && best && box.width * box.height < best.size)) {
          least = off;
          best = {number: Number(mark.getAttribute("data-row")), size: box.width * box.height};
        }
      });
      return best ? best.number : -1;
    }
    function ask(event) {
      if (panel.contains(event.target)) { return; } // on the way to a link in it
      var hit = event.target.closest("[data-row]"); // a country is no rectangle: the one under the pointer goes first
      var own = hit ? Number(hit.getAttribute("data-row")) : -1;
      var number = rows[own] ? own : nearest(event.clientX, event.clientY);
      if (number < 0) { hide(); } else { show(number, false); }
    }
    plot.addEventListener("pointermove", function (event) { if (event.pointerType !== "touch") { ask(event); } });
    plot.addEventListener("pointerleave", function (event) { if (event.pointerType !== "touch") { hide(); } });
    plot.addEventListener("click", ask);
    document.addEventListener("click", function (event) { if (!plot.contains(event.target)) { hide(); } });
    plot.addEventListener("focus", function () {
      if (plot.matches(":focus-visible") && shown < 0) { show(numbers()[0], "first"); }
    });
    plot.addEventListener("blur", function (event) { if (!panel.contains(event.relatedTarget)) { hide(); } });
    plot.addEventListener("keydown", function (event) {
      var all = numbers(), place = all.indexOf(shown), keys = {
        ArrowRight: place + 1, ArrowDown: place + 1, ArrowLeft: place - 1, ArrowUp: place - 1, Home: 0, End: all.length - 1
      };
      if (event.key === "Escape") { hide(); return; }
      var link = shown < 0 ? null : rows[shown].cells[0].querySelector("a[href]");
      if (event.key === "Enter" && link && event.target === plot) { link.click(); return; }
      if (!(event.key in keys) || event.ctrlKey || event.metaKey || event.altKey) { return; }
      event.preventDefault();
      show(all[Math.max(0, Math.min(keys[event.key], all.length - 1))], "next");
    });
    window.addEventListener("resize", hide);
  }
  document.querySelectorAll(".figure .plot").forEach(prepare);
})();
