/* Tries again by itself until the node answers. */
(function () {
  "use strict";
  function tryAgain() {
    fetch("/health", { cache: "no-store" }).then(function (answer) { if (answer.ok) location.reload(); }).catch(function () { /* still away */ });
  }
  if (location.pathname !== "/offline/") setInterval(tryAgain, 2000);
  const again = document.querySelector("[data-again]");
  if (again) again.addEventListener("click", function (pressed) { pressed.preventDefault(); if (location.pathname === "/offline/") location.href = "/"; else location.reload(); });
})();
