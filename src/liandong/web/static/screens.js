/* Everything every screen shares: news as it happens, the keyboard, refusals, files' names. No library but htmx. */
(function () {
  "use strict";
  const body = document.body;
  const words = body.dataset;

  // --- notices ------------------------------------------------------------------------------------------------------
  const notices = document.getElementById("notices");
  function notice(id, kind, text, link) {
    let line = document.getElementById("notice-" + id);
    if (!line) {
      line = document.createElement("div");
      line.id = "notice-" + id;
      notices.append(line);
    }
    line.className = "notice notice-" + kind;
    line.setAttribute("role", "status");
    line.textContent = text;
    if (link) {
      const anchor = document.createElement(link.href ? "a" : "button");
      if (link.href) anchor.href = link.href; else { anchor.type = "button"; anchor.addEventListener("click", link.press); }
      anchor.className = "btn btn-sm";
      anchor.textContent = link.text;
      line.append(" ", anchor);
    }
    return line;
  }
  function unnotice(id) {
    const line = document.getElementById("notice-" + id);
    if (line) line.remove();
  }
  let lost = false;
  function reached() {
    if (!lost) return;
    lost = false;
    unnotice("lost");
    notice("back", "good", words.wordsBack);
    setTimeout(function () { unnotice("back"); }, 4000);
    body.dispatchEvent(new CustomEvent("reached"));
    // News may have come while nothing could be asked for.
    tell("live-back");
  }
  function unreached() {
    lost = true;
    notice("lost", "bad", words.wordsLost);
  }
  function signedOut() {
    notice("signed-out", "bad", words.wordsSignedOut, { href: words.signIn + "?next=" + encodeURIComponent(location.pathname + location.search), text: words.wordsSignIn });
  }
  function token() {
    const headers = body.getAttribute("hx-headers");
    return headers ? JSON.parse(headers)["X-CSRFToken"] : "";
  }
  window.screens = { notice: notice, unnotice: unnotice, reached: reached, unreached: unreached, signedOut: signedOut, token: token };

  body.addEventListener("htmx:sendError", unreached);
  body.addEventListener("htmx:timeout", unreached);
  body.addEventListener("htmx:afterOnLoad", function () { reached(); });
  body.addEventListener("htmx:responseError", function (happened) {
    const status = happened.detail.xhr.status;
    if (status === 401) signedOut();
    else if (status >= 502 && status <= 504) unreached();
    else notice("refused", "bad", words.wordsRefused);
  });
  body.addEventListener("htmx:afterSwap", function () { unnotice("refused"); });

  body.addEventListener("acted", function (done) {
    if (!done.detail || !done.detail.words) return;
    notice("done", "good", done.detail.words);
    clearTimeout(notices.doneTimer);
    notices.doneTimer = setTimeout(function () { unnotice("done"); }, 4000);
  });

  // --- nothing comes anew under a finger: a key renewed between its press and its release would lose the press ---------
  let pressed = null, waits = false;
  document.addEventListener("pointerdown", function (press) { pressed = press.target; }, true);
  ["pointerup", "pointercancel"].forEach(function (end) {
    // After the click that follows the release.
    document.addEventListener(end, function () { setTimeout(function () { pressed = null; if (waits) { waits = false; tell("live-back"); } }, 0); }, true);
  });
  body.addEventListener("htmx:beforeSwap", function (happened) {
    const detail = happened.detail;
    if (!pressed || !detail.target.contains(pressed) || detail.requestConfig.verb !== "get" || detail.requestConfig.elt !== detail.target) return;
    detail.shouldSwap = false;
    waits = true;
  });

  // --- who goes on at once: a place that only says that something is done is free for what is asked next, and stays for its answer --
  body.addEventListener("htmx:beforeRequest", function (asked) {
    const place = asked.detail.target;
    if (place && place.classList.contains("act-place")) place.querySelectorAll(".done").forEach(function (each) { each.remove(); });
  });

  // --- parts that come anew must not take away what somebody is typing ----------------------------------------------
  body.addEventListener("htmx:beforeSwap", function (happened) {
    const target = happened.detail.target;
    if (!target || !target.hasAttribute("data-guard-typing") || !happened.detail.shouldSwap) return;
    // The very places of forms are kept, so that focus, selection and half-typed words survive, and an answer that is still
    // on its way to a place arrives there. A place that only says that something is done begins anew.
    const active = document.activeElement;
    const spot = active && "selectionStart" in active ? [active.selectionStart, active.selectionEnd] : null;
    const places = Array.from(target.querySelectorAll(".act-place[id]")).filter(function (each) { return !each.querySelector(".done"); });
    const inside = places.some(function (each) { return each.contains(active); });
    places.forEach(function (each) { each.remove(); });
    target.keptPlaces = { places: places, active: inside ? active : null, spot: spot };
  });
  body.addEventListener("htmx:afterSwap", function (happened) {
    const target = happened.detail.target;
    if (target && target.keptPlaces) {
      const kept = target.keptPlaces;
      target.keptPlaces = null;
      kept.places.forEach(function (each) {
        const anew = document.getElementById(each.id);
        if (anew) anew.replaceWith(each);
        else if (each.querySelector("[data-act-form]")) target.prepend(each);
      });
      if (kept.active && kept.active.isConnected) {
        kept.active.focus({ preventScroll: true });
        if (kept.spot) { try { kept.active.setSelectionRange(kept.spot[0], kept.spot[1]); } catch (ignored) { /* a field without a caret */ } }
      }
      return;
    }
    const form = target && target.querySelector ? target.querySelector("[data-act-form]") : null;
    if (form && target.classList.contains("act-place")) {
      const first = form.querySelector(".is-invalid") || form.querySelector("select,textarea,input:not([type=hidden]):not([type=file]),button:not([data-cancel])");
      if (first) first.focus();
      form.scrollIntoView({ block: "nearest" });
    }
    if (target && target.id === "order") {
      document.querySelectorAll(".order-list .chosen").forEach(function (each) { each.classList.remove("chosen"); });
      const one = target.querySelector("[data-one]");
      const row = one && document.querySelector('.order-list [data-id="' + one.dataset.one + '"]');
      if (row) row.classList.add("chosen");
      // On a narrow screen the record stands below the list: go there, unless somebody is only moving through the list.
      if (target.getBoundingClientRect().top > window.innerHeight * 0.8) target.scrollIntoView({ block: "start" });
    }
  });

  // --- a list that comes anew keeps the row under the hand; where it went, the next one takes its place ---------------
  body.addEventListener("htmx:beforeSwap", function (happened) {
    const target = happened.detail.target;
    if (!target || !target.matches("#board, [data-keep-row]")) return;
    const rows = Array.from(target.querySelectorAll("a.row-link"));
    const at = rows.findIndex(function (each) { return each.closest("li").contains(document.activeElement); });
    const chosen = target.querySelector("a.chosen");
    target.keptRow = { id: at >= 0 ? rows[at].dataset.id : "", at: at, chosen: chosen ? chosen.dataset.id : "", scroll: target.scrollTop };
  });
  body.addEventListener("htmx:afterSettle", function (happened) {
    const target = happened.detail.target;
    if (!target || !target.keptRow) return;
    const kept = target.keptRow;
    target.keptRow = null;
    const rows = Array.from(target.querySelectorAll("a.row-link"));
    const chosen = rows.find(function (each) { return each.dataset.id === kept.chosen; });
    if (chosen) chosen.classList.add("chosen");
    const now = rows.find(function (each) { return each.dataset.id === kept.id; }) || (kept.at >= 0 ? rows[Math.min(kept.at, rows.length - 1)] : null);
    const free = !document.activeElement || document.activeElement === body;
    if (now && free) now.focus({ preventScroll: true });
    target.scrollTop = kept.scroll;
  });

  // --- news: one line a browser, shared by its tabs -----------------------------------------------------------------
  const mark = document.getElementById("live-mark");
  const last = {};
  function tell(name) {
    // At once, and once more after what came in between: never later than half a second, never more often than twice a second.
    const now = Date.now();
    const state = last[name] || (last[name] = { at: 0, timer: 0 });
    if (now - state.at > 500) {
      state.at = now;
      body.dispatchEvent(new CustomEvent(name));
    } else if (!state.timer) {
      state.timer = setTimeout(function () { state.timer = 0; state.at = Date.now(); body.dispatchEvent(new CustomEvent(name)); }, 500 - (now - state.at));
    }
  }
  // What happened before the line was open, or while it was lost, is told by nobody: then everything is asked anew, once.
  function catchUp(newest) {
    if (!words.heardUntil || !newest) return;
    if (newest !== words.heardUntil) tell("live-back");
    words.heardUntil = newest;
  }
  function hear(news) {
    if (news.kind === "hello") { catchUp(news.mark); return; }
    if (news.kind === "transcript") { body.dispatchEvent(new CustomEvent("live-transcript", { detail: news.id })); return; }
    if (news.kind === "missed") { tell("live-back"); return; }
    if (news.kind === "peer") { tell("live-peer"); return; }
    tell("live-soon");
    // Strips at the top of every page ask only after what they show: most of what happens in a city is neither alert nor meeting nor call.
    if (news.kind) tell("live-kind-" + news.kind);
    if (news.appeal) tell("live-appeal-" + news.appeal);
    if (news.id && news.id !== news.appeal) tell("live-appeal-" + news.id);
  }
  function showLine(on) {
    if (!mark) return;
    mark.classList.toggle("on", on);
    mark.querySelector("span").textContent = on ? mark.dataset.on : mark.dataset.off;
  }
  function openLine(share) {
    const source = new EventSource(words.live);
    source.onopen = function () {
      showLine(true);
      if (share) share.postMessage({ line: true });
      reached();
    };
    source.onerror = function () {
      showLine(false);
      if (share) share.postMessage({ line: false });
      // A refusal (signed out) ends the source for good; a lost line comes back by itself.
      if (source.readyState === EventSource.CLOSED) setTimeout(function () { source.close(); openLine(share); }, 3000);
    };
    source.onmessage = function (message) {
      const news = JSON.parse(message.data);
      hear(news);
      if (share) share.postMessage({ news: news });
    };
  }
  if (words.live && window.EventSource) {
    let joined = false;
    const share = window.BroadcastChannel ? new BroadcastChannel("liandong-live") : null;
    if (share && navigator.locks) {
      share.onmessage = function (message) {
        if (message.data.news) hear(message.data.news);
        if (message.data.asks && mark && mark.dataset.leads) share.postMessage({ line: mark.classList.contains("on") });
        if ("line" in message.data) {
          showLine(message.data.line);
          if (message.data.line && !joined) {
            joined = true;
            fetch(words.live + "mark/", { headers: { "X-Requested-With": "fetch" } }).then(function (answer) { return answer.ok ? answer.text() : ""; }).then(catchUp, function () { /* the next news tell */ });
          }
        }
      };
      navigator.locks.request("liandong-live", function () {
        if (mark) mark.dataset.leads = "1";
        openLine(share);
        return new Promise(function () { /* held until this tab closes */ });
      });
      share.postMessage({ asks: true });
    } else {
      openLine(null);
    }
  }
  window.addEventListener("pageshow", function (shown) { if (shown.persisted) tell("live-back"); });

  // --- small things by attribute ------------------------------------------------------------------------------------
  const help = document.getElementById("help");
  document.addEventListener("click", function (pressed) {
    const at = pressed.target.closest("[data-help],[data-close],[data-cancel],[data-back],tr.row-link");
    if (!at) return;
    if (at.matches("[data-help]")) help.showModal();
    else if (at.matches("[data-close]")) at.closest("dialog").close();
    else if (at.matches("[data-cancel]")) at.closest(".act-place").replaceChildren();
    else if (at.matches("[data-back]")) { pressed.preventDefault(); history.back(); }
    else if (!pressed.target.closest("a,button,input")) { const link = at.querySelector("a"); if (link) link.click(); }
  });
  // --- the units that are proposed: one press or one key chooses, the list below holds all others ---------------------
  function showPicked(list) {
    const field = document.getElementById(list.dataset.candidates);
    list.querySelectorAll("[data-pick]").forEach(function (each) { each.setAttribute("aria-pressed", String(each.dataset.pick === field.value)); });
  }
  document.addEventListener("click", function (pressed) {
    const button = pressed.target.closest("[data-pick]");
    if (!button) return;
    const list = button.closest("[data-candidates]");
    document.getElementById(list.dataset.candidates).value = button.dataset.pick;
    showPicked(list);
  });
  document.addEventListener("change", function (changed) {
    const list = changed.target.id && document.querySelector('[data-candidates="' + CSS.escape(changed.target.id) + '"]');
    if (list) showPicked(list);
  });
  // --- files: sent up in pieces, gone on with after a broken line; the form carries what the node answered -----------
  const PIECE = 1048576;
  function token() { return (document.querySelector("[name=csrfmiddlewaretoken]") || {}).value || ""; }
  async function ask(method, address, body, headers) {
    const answer = await fetch(address, { method: method, body: body, headers: Object.assign({ "X-CSRFToken": token() }, headers || {}), credentials: "same-origin" });
    const said = await answer.json();
    if (!answer.ok) throw new Error(said.detail || answer.status);
    return said;
  }
  async function sendFile(file, to, name, line) {
    if (!line.dataset.upload) {
      const type = /^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+$/.test(file.type) ? file.type : "application/octet-stream";
      const clean = file.name.replace(/[\/\\:*?"<>|\u0000-\u001f]/g, "_").slice(-200);
      const begun = await ask("POST", to, JSON.stringify({ name: clean, size: file.size, media_type: type }), { "Content-Type": "application/json" });
      line.dataset.upload = begun.upload;
    }
    let state = await ask("GET", to + line.dataset.upload + "/");
    while (!state.attachment) {
      state = await ask("PUT", to + line.dataset.upload + "/", file.slice(state.offset, state.offset + PIECE), { "Upload-Offset": String(state.offset), "Content-Type": "application/octet-stream" });
      line.querySelector("small").textContent = Math.floor((100 * state.offset) / Math.max(1, file.size)) + "%";
    }
    const hidden = document.createElement("input");
    hidden.type = "hidden";
    hidden.name = name;
    hidden.value = JSON.stringify(state.attachment);
    line.append(hidden);
    line.querySelector("small").textContent = "✓";
    line.classList.add("whole");
  }
  function startFile(file, input, list) {
    const line = document.createElement("li");
    line.append(document.createTextNode(file.name + " "), document.createElement("small"));
    list.append(line);
    const form = input.closest("form");
    const go = function () {
      form.dataset.sending = Number(form.dataset.sending || 0) + 1;
      line.onclick = null;
      sendFile(file, input.dataset.to, input.dataset.files, line)
        .catch(function () { line.querySelector("small").textContent = list.dataset.failed; line.onclick = go; })
        .finally(function () { form.dataset.sending = Number(form.dataset.sending) - 1; });
    };
    go();
  }
  document.addEventListener("change", function (changed) {
    const input = changed.target;
    if (!input.dataset || !input.dataset.files) return;
    const list = input.closest("form").querySelector(".sent-files");
    Array.from(input.files).forEach(function (file) { startFile(file, input, list); });
    input.value = "";
  });
  document.addEventListener("htmx:confirm", function (asked) {
    // A form whose files are still on their way waits for them.
    const form = asked.target.closest ? asked.target.closest("form") : null;
    if (!form || !Number(form.dataset.sending || 0)) return;
    asked.preventDefault();
    const wait = setInterval(function () { if (!Number(form.dataset.sending)) { clearInterval(wait); asked.detail.issueRequest(true); } }, 100);
  });

  // --- the keyboard -------------------------------------------------------------------------------------------------
  let prefix = 0;
  function typing() {
    const at = document.activeElement;
    return at && (at.matches("textarea,select,[contenteditable]") || (at.matches("input") && !/^(radio|checkbox|button|submit)$/.test(at.type)));
  }
  function move(step) {
    const links = Array.from(document.querySelectorAll(".row-link")).map(function (each) { return each.matches("a") ? each : each.querySelector("a"); }).filter(function (each) { return each && each.offsetParent; });
    if (!links.length) return;
    const here = links.indexOf(document.activeElement);
    const next = links[Math.max(0, Math.min(links.length - 1, here + step))] || links[0];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }
  function decide(key) {
    // Only the row that is chosen, so that no stray key decides about another one.
    const chosen = document.querySelector(".order-list .chosen");
    const row = (document.activeElement && document.activeElement.closest("[data-row]")) || (chosen && chosen.closest("[data-row]"));
    const button = row && row.querySelector(key === "y" ? "[data-yes]" : "[data-no]");
    if (!button) return false;
    button.click();
    return true;
  }
  // A button that does something here and then opens the page where it goes on. The answer is listened for itself: the list that holds
  // the form may come anew before it, and what stands on the page no more tells nobody.
  body.addEventListener("htmx:beforeRequest", function (begun) {
    // Only what the form itself sends: a list of calls that comes anew holds such buttons too, and must not open them.
    const button = begun.detail.elt.matches("form") && begun.detail.elt.querySelector("[data-opens]");
    if (!button) return;
    const answer = begun.detail.xhr, where = button.dataset.opens;
    answer.addEventListener("load", function () { if (answer.status >= 200 && answer.status < 300) location.assign(where); });
  });
  // Where somebody is: asked of the phone when they press, and again every few minutes while they can be sent.
  function stand(form, status) {
    const send = function (said) {
      if (said) { form.elements.longitude.value = String(said.coords.longitude); form.elements.latitude.value = String(said.coords.latitude); form.elements.accuracy_m.value = String(Math.min(99999, Math.round(said.coords.accuracy || 0))); }
      form.elements.status.value = status;
      form.requestSubmit();
    };
    // Who leaves need not say where they are, if the place is known from before.
    const silent = function () { if (status === "off" && form.elements.longitude.value) send(null); else form.querySelector(".where-said").textContent = form.dataset.refused; };
    if (navigator.geolocation) navigator.geolocation.getCurrentPosition(send, silent, { enableHighAccuracy: true, timeout: 10000, maximumAge: 60000 });
    else silent();
  }
  document.addEventListener("click", function (pressed) {
    const key = pressed.target.closest && pressed.target.closest("[data-stand]");
    if (key) stand(key.closest("form"), key.dataset.stand);
  });
  setInterval(function () {
    const form = document.getElementById("standing");
    if (form && !document.hidden && (form.dataset.standing === "available" || form.dataset.standing === "busy")) stand(form, form.dataset.standing);
  }, 240000);
  document.addEventListener("input", function (typed) {
    // A long list of units is sifted by a few characters; what is ticked stays in sight.
    if (!typed.target.matches || !typed.target.matches("[data-sift]")) return;
    const words = typed.target.value.trim();
    typed.target.closest("fieldset").querySelectorAll(".units-list label").forEach(function (each) { each.hidden = Boolean(words) && !each.textContent.includes(words) && !each.querySelector("input").checked; });
  });
  document.addEventListener("keydown", function (pressed) {
    if (pressed.isComposing) return;
    if (pressed.altKey && !pressed.ctrlKey && !pressed.metaKey) {
      const name = "alt+" + pressed.code.replace(/^(Key|Digit)/, "").toLowerCase();
      const target = document.querySelector('[data-shortcut="' + name + '"]');
      if (target) {
        pressed.preventDefault();
        if (target.matches("input")) { target.checked = true; target.dispatchEvent(new Event("change", { bubbles: true })); return; }
        // A key may be faster than the settling of what has just come: without this the form would be sent as a page of its own.
        if (target.form && window.htmx) window.htmx.process(target.form);
        target.click();
      }
      return;
    }
    if ((pressed.ctrlKey || pressed.metaKey) && pressed.key === "Enter") {
      const form = document.activeElement && document.activeElement.closest("[data-act-form]");
      if (form) { pressed.preventDefault(); form.requestSubmit(); }
      return;
    }
    if (pressed.key === "F1") { pressed.preventDefault(); if (help) help.showModal(); return; }
    if (pressed.key === "Escape") {
      const form = document.activeElement && document.activeElement.closest("[data-act-form]");
      if (form) { form.closest(".act-place").replaceChildren(); return; }
      const back = document.querySelector("[data-escape]");
      if (typing()) document.activeElement.blur();
      else if (back && !document.querySelector("dialog[open]")) back.click();
      return;
    }
    if (typing() || pressed.ctrlKey || pressed.metaKey) return;
    if (pressed.key === "?") { pressed.preventDefault(); if (help) help.showModal(); }
    else if (pressed.key === "/") {
      pressed.preventDefault();
      const field = document.querySelector("[data-search]");
      if (field) { field.focus(); field.select(); } else { const records = document.querySelector('a[href$="/records/"]'); if (records) location.href = records.href + "#q"; }
    } else if (pressed.key === "j" || pressed.key === "k") move(pressed.key === "j" ? 1 : -1);
    else if ((pressed.key === "y" || pressed.key === "n") && decide(pressed.key)) pressed.preventDefault();
    else if (pressed.key === "a") { const act = Array.from(document.querySelectorAll(".act-buttons button, .task-acts button")).find(function (each) { return each.offsetParent; }); if (act) act.focus(); }
    else if (pressed.key === "g") prefix = Date.now();
    else if (/^[1-9]$/.test(pressed.key) && Date.now() - prefix < 1500) { const link = document.querySelector('[data-key="g' + pressed.key + '"]'); if (link) link.click(); }
  });
  if (location.hash === "#q") { const field = document.querySelector("[data-search]"); if (field) field.focus(); }

  // --- when the node cannot be reached at all -----------------------------------------------------------------------
  if ("serviceWorker" in navigator && window.isSecureContext) navigator.serviceWorker.register("/worker.js").catch(function () { /* the screens work without it */ });
})();
