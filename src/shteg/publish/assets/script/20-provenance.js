(function () {
  "use strict";
  // provenance
  var book = window.SHTEG_VALUES, panel = document.getElementById("provenance");
  if (!book || !panel || typeof panel.showModal !== "function") { return; }
  var body = panel.querySelector(".content");

  function element(tag, text, className) {
    var node = document.createElement(tag);
    if (text) { node.textContent = text; }
    if (className) { node.className = className; }
    return node;
  }
  function row(list, term, content) {
    if (!content) { return; }
    list.appendChild(element("dt", term));
    var cell = element("dd");
    (Array.isArray(content) ? content : [content]).forEach(function (part) {
      cell.appendChild(typeof part === "string" ? document.createTextNode(part) : part);
    });
    list.appendChild(cell);
  }
  function listOf(places) {
    var list = element("ul");
    places.forEach(function (place) {
      var source = book.sources[place], item = element("li"), link = element("a", source[1]);
      link.href = "sources.html#source-" + source[0];
      item.appendChild(link);
      item.appendChild(document.createTextNode(" — " + source[2] + " (" + source[3] + ")"));
      list.appendChild(item);
    });
    return list;
  }
  function sourceList(places) {
    if (places.length <= 5) { return listOf(places); }
    var fold = element("details");
    fold.appendChild(element("summary", book.words.all_sources.replace("#", places.length)));
    fold.appendChild(listOf(places.slice(4)));
    return [listOf(places.slice(0, 4)), fold];
  }
  function fill(id, value, address) {
    var words = book.words;
    body.textContent = "";
    var head = element("h2", value.w);
    head.id = "provenance-title";
    body.appendChild(head);
    body.appendChild(element("p", value.n, "exact"));
    var list = element("dl", "", "facts");
    row(list, words.interval, value.i);
    var tag = element("span", book.labels[value.l][0], "tag " + value.l);
    row(list, words.label, [tag, document.createTextNode(" " + book.labels[value.l][1])]);
    (value.d || []).forEach(function (pair) { row(list, pair[0], pair[1]); });
    row(list, words.sources, sourceList(book.sets[value.s]));
    var method = element("a", value.m[0]);
    method.href = value.m[1];
    row(list, words.method, method);
    var key = element("a", id);
    key.href = address;
    row(list, words.key, key);
    var message = words.message.replace("\u27e8id\u27e9", id).replace("\u27e8printed\u27e9", value.n), report = [];
    if (words.contact) {
      var send = element("a", words.contact.replace("mailto:", ""));
      send.href = words.contact.indexOf("mailto:") === 0 ? words.contact + "?body=" + encodeURIComponent(message) : words.contact;
      report.push(send, " ");
    }
    report.push(element("q", message));
    row(list, words.report, report);
    body.appendChild(list);
    if (value.u) { body.appendChild(element("p", words.unverified, "warning")); }
  }
  function open(event, link) {
    var id = link.querySelector("data").getAttribute("data-id"), value = book.values[id];
    if (!value) { return; }
    event.preventDefault();
    fill(id, value, link.getAttribute("href"));
    panel.showModal();
  }
  document.querySelectorAll("a.v").forEach(function (link) {
    link.setAttribute("role", "button");
    link.setAttribute("aria-haspopup", "dialog");
    link.addEventListener("click", function (event) {
      if (!(event.metaKey || event.ctrlKey || event.shiftKey)) { open(event, link); }
    });
    link.addEventListener("keydown", function (event) { if (event.key === " ") { open(event, link); } });
  });
  panel.querySelector(".shut").addEventListener("click", function () { panel.close(); });
  panel.addEventListener("click", function (event) {
    if (event.target === panel) { panel.close(); }
    if (event.target.tagName === "A") { panel.close(); }
  });
})();
