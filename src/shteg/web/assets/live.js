(function () {
  "use strict";
  // In the frame of the studio the studio itself loads the page again; a page on its own listens for news.
  if (window.parent !== window) { return; }
  var version = null, source = null;
  function listen() {
    if (source || document.hidden) { return; }
    source = new EventSource("/studio/events");
    source.onmessage = function (event) {
      var state = JSON.parse(event.data);
      if (version !== null && state.version !== version) { window.location.reload(); return; }
      if (version === null && document.body.classList.contains("notice") && state.pages && state.version !== 0) {
        if (!window.sessionStorage.getItem("seen-" + state.version)) {
          window.sessionStorage.setItem("seen-" + state.version, "1");
          window.location.reload();
        }
      }
      version = state.version;
    };
  }
  function rest() { if (source) { source.close(); source = null; } }
  document.addEventListener("visibilitychange", function () { if (document.hidden) { rest(); } else { listen(); } });
  window.addEventListener("pagehide", rest);
  listen();
})();
