(function () {
  "use strict";
  try {
    var kept = window.localStorage.getItem("shteg-theme");
    if (kept === "light" || kept === "dark") { document.documentElement.setAttribute("data-theme", kept); }
  } catch (error) { /* storage is closed: the system's choice holds */ }
})();
