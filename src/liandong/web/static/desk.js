/* The sheet of a call: nothing typed is lost, the verdict lives, the keyboard is enough. */
(function () {
  "use strict";
  const form = document.getElementById("call");
  if (!form) return;
  const body = document.body;
  const text = document.getElementById("text");
  const back = document.getElementById("back");
  const saved = document.getElementById("saved");
  const oneKey = document.getElementById("one-key");
  const outcome = document.getElementById("outcome");
  const person = body.dataset.person;
  const slot = form.dataset.slot;
  const place = "liandong:" + person + ":";
  const here = place + slot;
  let version = form.dataset.version;
  let gone = false;
  let stopped = false;

  // --- what is in the form ------------------------------------------------------------------------------------------
  function fields() {
    const found = {};
    new FormData(form).forEach(function (value, name) { if (name !== "csrfmiddlewaretoken" && value) found[name] = value; });
    return found;
  }
  function fill(given) {
    Array.from(form.elements).forEach(function (each) {
      if (!each.name || each.name === "csrfmiddlewaretoken") return;
      const value = given[each.name];
      if (each.type === "radio") each.checked = each.value === (value || "auto");
      else if (each.type === "checkbox") each.checked = Boolean(value);
      else if (each.tagName === "SELECT") { if (value || each.name.indexOf("said_") === 0) each.value = value || ""; } else if (each.type !== "button" && each.type !== "submit") each.value = value || "";
    });
    grow();
    course();
  }
  function empty(given) { return !["text", "phone", "place", "citizen", "demand"].some(function (name) { return given[name]; }); }
  function read(key) { try { return JSON.parse(localStorage.getItem(key)); } catch (ignored) { return null; } }
  function write(key, value) { try { localStorage.setItem(key, JSON.stringify(value)); } catch (ignored) { /* full or forbidden: the node keeps the draft */ } }
  function forget(key) { try { localStorage.removeItem(key); } catch (ignored) { /* nothing to forget */ } }

  // --- two copies: this browser's at every letter, the node's at every pause ----------------------------------------
  let timer = 0;
  let sending = false;
  let again = false;
  let pause = 500;
  function typed() {
    if (gone) return;
    form.elements.typed_at.value = String(Date.now());
    write(here, { fields: fields(), base: version, dirty: true, at: Date.now() });
    clearTimeout(timer);
    timer = setTimeout(save, pause);
  }
  function say(words) { saved.textContent = words; }
  function save(leaving) {
    clearTimeout(timer);
    if (gone || stopped) return;
    if (sending && !leaving) { again = true; return; }
    const given = fields();
    if (empty(given) && !version) return;
    sending = true;
    say(form.dataset.wordsSaving);
    fetch(form.dataset.draftUrl, {
      method: "POST", credentials: "same-origin", keepalive: Boolean(leaving) && JSON.stringify(given).length < 20000,
      headers: { "Content-Type": "application/json", "X-CSRFToken": screens.token(), "X-Requested-With": "desk" }, body: JSON.stringify(given)
    }).then(function (answer) {
      sending = false;
      if (answer.status === 401 || answer.status === 403) { stopped = true; say(form.dataset.wordsLocal); screens.signedOut(); return null; }
      if (answer.status >= 500) throw new Error("unreached");
      return answer.json().then(function (told) {
        if (!answer.ok) { say(form.dataset.wordsLocal); screens.notice("draft", "bad", told.sentence || ""); return; }
        screens.unnotice("draft");
        screens.reached();
        pause = 500;
        if (told.placed) { gone = true; forget(here); return; }
        version = told.version;
        const now = fields();
        const same = JSON.stringify(now) === JSON.stringify(given);
        write(here, { fields: now, base: version, dirty: !same, at: Date.now() });
        say(form.dataset.wordsSaved);
        if (again || !same) { again = false; timer = setTimeout(save, pause); }
      });
    }).catch(function () {
      sending = false;
      say(form.dataset.wordsLocal);
      screens.unreached();
      pause = Math.min(pause * 2, 5000);
      timer = setTimeout(save, pause);
    });
  }
  document.addEventListener("visibilitychange", function () { if (document.visibilityState === "hidden" && !empty(fields())) save(true); });
  body.addEventListener("reached", function () { pause = 500; if (!gone && !empty(fields())) save(); });
  document.querySelectorAll("[data-sign-out]").forEach(function (each) {
    each.addEventListener("submit", function (leaving) {
      if (each.dataset.ready || empty(fields()) || gone) { clean(); return; }
      leaving.preventDefault();
      each.dataset.ready = "1";
      save(true);
      setTimeout(function () { each.requestSubmit(); }, 400);
    });
  });
  function clean() {
    // What the node has is taken off this browser when its person leaves; what it has not got stays.
    Object.keys(localStorage).forEach(function (key) {
      if (key.indexOf(place) !== 0) return;
      const kept = read(key);
      if (kept && !kept.dirty) forget(key);
    });
  }

  function reconcile() {
    const kept = read(here);
    if (!kept || !kept.fields) return;
    if (!kept.dirty || empty(kept.fields)) return;
    const server = fields();
    if (JSON.stringify(server) === JSON.stringify(kept.fields)) return;
    if (kept.base === version || empty(server)) { fill(kept.fields); resumed(); save(); return; }
    // Both went on since they parted: the later words stand, the others are one press away.
    const serverAt = Number(server.typed_at || 0);
    const later = kept.at >= serverAt ? kept.fields : server;
    const other = later === server ? kept.fields : server;
    fill(later);
    save();
    screens.notice("other", "plain", form.dataset.wordsOther, { text: form.dataset.wordsSwap, press: function () { fill(other); typed(); judgeSoon(0); screens.unnotice("other"); } });
  }
  function resumed() {
    screens.notice("resumed", "good", form.dataset.wordsResumed);
    setTimeout(function () { screens.unnotice("resumed"); }, 6000);
  }
  function others() {
    // Calls that were typed while the node could not be reached and never got there.
    const strip = document.getElementById("local-tabs");
    Object.keys(localStorage).forEach(function (key) {
      if (key.indexOf(place) !== 0 || key === here) return;
      const kept = read(key);
      if (!kept || !kept.dirty || empty(kept.fields)) return;
      const link = document.createElement("a");
      link.className = "call-tab local";
      link.href = form.dataset.sheetUrl.replace("SLOT", key.slice(place.length));
      link.textContent = (kept.fields.text || kept.fields.phone || kept.fields.place || "").slice(0, 12);
      strip.append(link);
    });
  }

  // --- the verdict --------------------------------------------------------------------------------------------------
  let judging = 0;
  // From a letter until the verdict on it is drawn, in milliseconds: what the screen's own speed is judged by.
  let lastLetter = 0;
  let askedFor = 0;
  const drawn = window.liandongDrawn = [];
  let marks = [];
  // Milliseconds without a letter that count as a pause.
  const PAUSE = 120;
  function judgeSoon(after) {
    clearTimeout(judging);
    judging = setTimeout(function () { askedFor = lastLetter; lastLetter = 0; htmx.trigger(form, "judge"); }, after === undefined ? PAUSE : after);
  }
  function paint() {
    back.replaceChildren();
    const said = text.value;
    const spots = [];
    marks.forEach(function (word) {
      let at = word ? said.indexOf(word) : -1;
      while (at >= 0 && spots.length < 60) {
        const end = at + word.length;
        spots.push([at, end]);
        at = said.indexOf(word, end);
      }
    });
    spots.sort(function (a, b) { return a[0] - b[0]; });
    let from = 0;
    spots.forEach(function (spot) {
      if (spot[0] < from) spot[0] = from;
      if (spot[1] <= spot[0]) return;
      back.append(said.slice(from, spot[0]));
      const mark = document.createElement("mark");
      mark.textContent = said.slice(spot[0], spot[1]);
      back.append(mark);
      from = spot[1];
    });
    back.append(said.slice(from) + "\n");
    back.scrollTop = text.scrollTop;
  }
  function grow() {
    text.style.height = "auto";
    text.style.height = Math.min(Math.max(text.scrollHeight + 2, 176), 420) + "px";
  }
  // --- what a recogniser hears is added behind what is typed, never over it ------------------------------------------
  let hearing = false;
  let hearAgain = false;
  function hearNew() {
    if (gone) return;
    if (hearing) { hearAgain = true; return; }
    hearing = true;
    fetch(form.dataset.transcriptUrl + "?after=" + (form.elements.heard.value || "0"), { credentials: "same-origin", headers: { "X-Requested-With": "desk" } })
      .then(function (answer) { return answer.ok ? answer.json() : { pieces: [] }; })
      .then(function (told) {
        hearing = false;
        const since = Number(form.elements.heard.value || 0);
        const fresh = told.pieces.filter(function (piece) { return piece.seq > since; });
        if (fresh.length) {
          const spot = [text.selectionStart, text.selectionEnd];
          text.value += fresh.map(function (piece) { return piece.words; }).join("");
          text.setSelectionRange(spot[0], spot[1]);
          form.elements.heard.value = String(fresh[fresh.length - 1].seq);
          typed();
          paint();
          grow();
          judgeSoon(0);
        }
        if (hearAgain) { hearAgain = false; hearNew(); }
      }).catch(function () { hearing = false; });
  }
  body.addEventListener("live-transcript", function (heard) { if (heard.detail === slot) hearNew(); });
  body.addEventListener("live-back", hearNew);

  // --- a repeat: one key links it, another lets it join the open case ------------------------------------------------
  function candidates() { return Array.from(document.querySelectorAll("#verdict [data-candidate]")); }
  function link(id) {
    const field = form.elements.linked;
    field.value = field.value === id ? "" : id;
    if (!field.value && form.elements.course.value === "join") form.elements.course.value = "auto";
    showLink();
    typed();
    course();
  }
  function showLink() {
    const id = form.elements.linked.value;
    let chosen = null;
    candidates().forEach(function (each) {
      const on = Boolean(id) && each.dataset.candidate === id;
      each.classList.toggle("chosen", on);
      each.querySelector("[data-link]").setAttribute("aria-pressed", String(on));
      if (on) chosen = each;
    });
    const line = document.getElementById("linked-to");
    line.hidden = !id;
    if (id && chosen) line.textContent = line.dataset.words + " " + chosen.dataset.number;
    document.getElementById("course-join").hidden = !id || Boolean(chosen && !chosen.dataset.open);
  }
  function nextLink() {
    const ids = candidates().map(function (each) { return each.dataset.candidate; });
    if (!ids.length) return;
    const at = ids.indexOf(form.elements.linked.value);
    if (at === ids.length - 1) link(ids[at]); else link(ids[at + 1]);
  }
  document.getElementById("verdict").addEventListener("click", function (pressed) {
    const button = pressed.target.closest("[data-link]");
    if (button) link(button.closest("[data-candidate]").dataset.candidate);
  });
  let proposal = "auto";
  let heard = {};
  function course() {
    const chosen = form.elements.course.value || "auto";
    const label = oneKey.querySelector("span");
    const shown = chosen === "auto" && proposal !== "auto" ? proposal : chosen;
    label.textContent = oneKey.dataset[shown] || oneKey.dataset.auto;
    oneKey.classList.toggle("btn-danger", Boolean(document.querySelector("#verdict .is-urgent")));
    oneKey.classList.toggle("btn-primary", !document.querySelector("#verdict .is-urgent"));
    document.getElementById("course-reason").hidden = chosen === "auto";
    document.getElementById("guide-door").hidden = shown !== "guide";
  }
  body.addEventListener("htmx:afterSwap", function (happened) {
    if (happened.detail.target.id === "verdict") {
      const card = document.querySelector("#verdict .verdict");
      marks = card && card.dataset.marks ? JSON.parse(card.dataset.marks) : [];
      heard = card && card.dataset.read ? JSON.parse(card.dataset.read) : {};
      proposal = (card && card.dataset.course) || "auto";
      if (card && card.dataset.urgent && proposal === "hand_over") proposal = "share";
      paint();
      if (askedFor) { drawn.push(Math.round(performance.now() - askedFor)); drawn.splice(0, drawn.length - 200); askedFor = 0; }
      showLink();
      document.getElementById("course-transfer").hidden = !document.querySelector("#verdict [data-belongs]") && form.elements.course.value !== "transfer";
      course();
    }
    if (happened.detail.target.id === "advice") outdated(false);
    if (happened.detail.target === outcome) afterKey();
  });
  function fillHeard() {
    const into = { phone: "phone", place: "place", time: "happened" };
    Object.keys(into).forEach(function (name) {
      const field = form.elements[into[name]];
      if (heard[name] && field && !field.value) { field.value = heard[name]; field.classList.add("filled"); setTimeout(function () { field.classList.remove("filled"); }, 1200); }
    });
    typed();
    judgeSoon(0);
  }

  function outdated(now) {
    // What the adviser said was about the words as they stood when it was asked.
    const place = document.querySelector(".advice-place");
    if (place) place.classList.toggle("advice-stale", now);
  }

  // --- the verdict is wrong: one key says the next likeliest side or item -------------------------------------------
  function card() { return document.querySelector("#verdict .verdict"); }
  function saidSides() {
    const judged = card() && card().dataset.side;
    const order = document.body.classList.contains("side-hotline") ? ["police", "hotline", "joint", "neither"] : ["hotline", "police", "joint", "neither"];
    return order.filter(function (each) { return each !== judged; });
  }
  let saidOrder = [];
  function saidItems() {
    // The order stays while the key is pressed again, although the verdict is judged anew in between.
    if (!form.elements.said_item.value) saidOrder = ((card() && card().dataset.candidates) || "").split(" ").filter(Boolean);
    return saidOrder;
  }
  function nextSaid(name, order) {
    if (gone) return;
    const field = form.elements[name];
    const at = order.indexOf(field.value);
    field.value = order[at + 1] || "";
    typed();
    judgeSoon(0);
  }

  // --- the key, the call, the end -----------------------------------------------------------------------------------
  function afterKey() {
    const calling = outcome.querySelector("[data-calling]");
    const finished = outcome.querySelector("[data-finished]");
    const refused = outcome.querySelector(".refusal");
    oneKey.hidden = Boolean(calling || finished);
    if (calling) { const first = calling.querySelector("[data-outcome]"); if (first) first.focus(); }
    if (finished) {
      gone = true;
      forget(here);
      Array.from(form.elements).forEach(function (each) { if (each.type !== "hidden" && !outcome.contains(each)) each.disabled = true; });
      const next = outcome.querySelector("[data-next]");
      if (next) next.focus();
    }
    if (refused) {
      const names = JSON.parse(refused.dataset.names || "[]");
      const field = names.map(function (name) { return form.elements[name]; }).find(Boolean) || text;
      if (names.indexOf("reason") >= 0) document.getElementById("course-reason").hidden = false;
      field.focus();
    }
  }
  function press(outcomeName) {
    const calling = outcome.querySelector("[data-calling]");
    if (!calling || calling.dataset.pressed) return;
    calling.dataset.pressed = "1";
    // Not the form's request: the form drops what comes while its own is being shown, and a quick hand would press in vain.
    htmx.ajax("POST", calling.dataset.finishUrl, { target: "#outcome", swap: "innerHTML", source: outcome, values: { outcome: outcomeName, words: calling.querySelector("input[name=words]").value } })
      .then(function () { delete calling.dataset.pressed; }, function () { delete calling.dataset.pressed; });
  }
  outcome.addEventListener("click", function (pressed) {
    const button = pressed.target.closest("[data-outcome]");
    if (button) press(button.dataset.outcome);
    const after = pressed.target.closest("[data-post]");
    if (!after || after.disabled) return;
    outcome.querySelectorAll("[data-post]").forEach(function (each) { each.disabled = true; });
    const values = {};
    if (after.dataset.name) values[after.dataset.name] = after.dataset.correct;
    const again = function () { outcome.querySelectorAll("[data-post]").forEach(function (each) { each.disabled = false; }); };
    htmx.ajax("POST", after.dataset.post, { target: "#outcome", swap: "innerHTML", source: outcome, values: values }).then(again, again);
  });
  body.addEventListener("placed", function () { gone = true; forget(here); });
  form.addEventListener("htmx:beforeRequest", function () { outcome.querySelectorAll(".refusal").forEach(function (each) { each.remove(); }); });
  body.addEventListener("htmx:sendError", function (happened) { if (happened.detail.elt === form) say(form.dataset.wordsLocal); });

  document.addEventListener("keydown", function (pressed) {
    if (pressed.isComposing) return;
    if ((pressed.ctrlKey || pressed.metaKey) && pressed.key === "Enter") {
      pressed.preventDefault();
      if (!oneKey.hidden && !oneKey.disabled) form.requestSubmit();
      return;
    }
    if (pressed.altKey && !pressed.ctrlKey) {
      const spot = { KeyT: text, KeyP: form.elements.phone, KeyL: form.elements.place }[pressed.code];
      if (spot) { pressed.preventDefault(); spot.focus(); return; }
      if (pressed.code === "KeyF") { pressed.preventDefault(); fillHeard(); }
      if (pressed.code === "KeyM") {
        pressed.preventDefault();
        form.elements.abusive.checked = !form.elements.abusive.checked;
        document.querySelector(".more-fields").open = true;
        typed();
      }
      if (pressed.code === "KeyG") { pressed.preventDefault(); nextSaid("said_side", saidSides()); }
      if (pressed.code === "KeyS") { pressed.preventDefault(); nextSaid("said_item", saidItems()); }
      if (pressed.code === "KeyK") { pressed.preventDefault(); nextLink(); }
      return;
    }
    const digit = outcome.querySelector('[data-digit="' + pressed.key + '"]');
    const inWords = document.activeElement && document.activeElement.name === "words";
    if (digit && !inWords) { pressed.preventDefault(); digit.click(); }
  }, true);

  form.addEventListener("input", function (changed) {
    typed();
    if (changed.target === text) { lastLetter = performance.now(); paint(); grow(); outdated(true); }
    if (!changed.isComposing && /^(text|phone|place)$/.test(changed.target.name || "")) judgeSoon();
  });
  text.addEventListener("compositionend", function () { judgeSoon(); });
  text.addEventListener("scroll", function () { back.scrollTop = text.scrollTop; });
  form.addEventListener("change", function (changed) { if (changed.target.name === "course") { course(); typed(); } if (/^said_/.test(changed.target.name || "")) { typed(); judgeSoon(0); } });

  reconcile();
  hearNew();
  others();
  grow();
  paint();
  course();
  if (outcome.querySelector("[data-calling]")) afterKey();
  else { text.focus(); text.setSelectionRange(text.value.length, text.value.length); }
  if (text.value.trim() || form.elements.phone.value || form.elements.place.value) judgeSoon(0);
})();
