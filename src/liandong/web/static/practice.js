/* The practice mode: side, item and danger by keys; the clock that is shown (the one that counts runs on the node). */
(function () {
  "use strict";
  const form = document.querySelector("[data-practice]");
  function sideNow() { const chosen = form.querySelector("input[name=side]:checked"); return chosen ? chosen.value : ""; }
  function showItems() {
    const side = sideNow();
    form.querySelectorAll("[data-items]").forEach(function (group) {
      const on = side === "joint" || side === group.dataset.items || (side === "" && group.dataset.items === "");
      group.hidden = !on;
      if (!on) group.querySelectorAll("input:checked").forEach(function (each) { each.checked = false; });
    });
  }
  function itemKey(key) {
    // Of a joint matter police act first: their items have the keys, the hotline's are clicked or reached by Tab.
    const group = form.querySelector('[data-items="' + (sideNow() === "hotline" ? "hotline" : "police") + '"]');
    const spot = group && !group.hidden ? group.querySelector('[data-item-key="' + key + '"]') : null;
    if (spot) spot.checked = true;
  }
  function tick() {
    let left = Number(form.dataset.left);
    const shown = form.querySelector("[data-clock]");
    const timer = setInterval(function () {
      left -= 1;
      shown.querySelector("b").textContent = String(Math.max(left, 0));
      shown.classList.toggle("late", left <= 5);
      if (left <= 0) clearInterval(timer);
    }, 1000);
  }
  document.addEventListener("keydown", function (pressed) {
    if (pressed.ctrlKey || pressed.altKey || pressed.metaKey || pressed.isComposing) return;
    if (!form) return;
    if (/^[1-9]$/.test(pressed.key)) {
      pressed.preventDefault();
      if (!sideNow()) { const side = form.querySelector('[data-side-key="' + pressed.key + '"]'); if (side) { side.checked = true; showItems(); } } else itemKey(pressed.key);
    }
    if (pressed.key === "Backspace") { pressed.preventDefault(); form.querySelectorAll("input[type=radio]").forEach(function (each) { each.checked = false; }); showItems(); }
    if (pressed.key === "u" || pressed.key === "U") { pressed.preventDefault(); form.elements.urgent.checked = !form.elements.urgent.checked; }
    if (pressed.key === "Enter" && document.activeElement.tagName !== "BUTTON") { pressed.preventDefault(); form.requestSubmit(); }
  }, true);
  if (form) { form.addEventListener("change", function (changed) { if (changed.target.name === "side") showItems(); }); showItems(); tick(); }
  const next = document.querySelector("[data-practice-key=Enter]");
  if (next) next.focus();
})();
