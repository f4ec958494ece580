(function () {
  "use strict";
  var root = document.documentElement;
  function dark() {
    var chosen = root.getAttribute("data-theme");
    return chosen ? chosen === "dark" : window.matchMedia("(prefers-color-scheme: dark)").matches;
  }

  // light and dark
  var toggle = document.getElementById("theme");
  if (toggle) {
    var name = function () { toggle.textContent = toggle.getAttribute(dark() ? "data-light" : "data-dark"); };
    toggle.hidden = false;
    name();
    toggle.addEventListener("click", function () {
      var theme = dark() ? "light" : "dark";
      root.setAttribute("data-theme", theme);
      try { window.localStorage.setItem("shteg-theme", theme); } catch (error) { /* not remembered, still switched */ }
      name();
    });
  }

  // the language switch keeps the place
  var links = document.querySelectorAll("a[data-language]");
  function keepPlace() {
    links.forEach(function (link) { link.hash = window.location.hash; });
  }
  window.addEventListener("hashchange", keepPlace);
  keepPlace();

  // the first page proposes a language, and leaves the choice
  document.querySelectorAll("li[data-choice]").forEach(function (item) {
    var wished = (navigator.language || "").toLowerCase().split("-")[0];
    if (item.getAttribute("data-choice") === wished) { item.classList.add("suggested"); }
  });
})();
