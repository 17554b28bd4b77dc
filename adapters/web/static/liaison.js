// What a page gains with a script: it keeps itself fresh, and answers to single keys. Everything works without it.
"use strict";
(() => {
  const live = document.getElementById("live");
  if (!live) return;
  const status = document.querySelector("[data-said]");
  const stale = document.getElementById("stale");
  let tag = "";
  let pause = 3000;

  const swap = (html) => {
    const scroller = live.querySelector(".scroll");
    const [left, top] = scroller ? [scroller.scrollLeft, scroller.scrollTop] : [0, 0];
    const named = (one, n) => one.id || String(n);
    const open = new Set([...live.querySelectorAll("details")].map((one, n) => one.open && named(one, n)));
    live.innerHTML = html;
    live.querySelectorAll("details").forEach((one, n) => { one.open = open.has(named(one, n)); });
    const again = live.querySelector(".scroll");
    if (again) again.scrollTo(left, top);
    status.textContent = status.dataset.said;
    // Somebody else acted: what is being typed must be checked against the new state first.
    const version = live.querySelector("[data-version]");
    if (stale && version && version.dataset.version !== live.dataset.version) stale.hidden = false;
  };

  // A list that somebody works through does not jump: it says that there is something new.
  const tell = () => {
    const link = document.createElement("a");
    link.href = location.href;
    link.textContent = live.dataset.tell;
    status.replaceChildren(link);
  };
  const typed = () => [...live.querySelectorAll("textarea")].some((one) => one.value !== one.defaultValue);
  const inUse = () => live.contains(document.activeElement) || live.querySelector(":checked") || typed();

  const look = async () => {
    if (!document.hidden) {
      try {
        const answer = await fetch(live.dataset.live, { headers: tag ? { "If-None-Match": tag } : {}, redirect: "error" });
        if (answer.status === 200) {
          const html = await answer.text();
          // Nothing is swapped under somebody's fingers.
          if (tag && inUse()) {
            if (live.dataset.tell) tell();
          } else {
            if (tag) swap(html);
            tag = answer.headers.get("ETag") || "";
          }
        }
        pause = answer.ok || answer.status === 304 ? 3000 : 30000;
      } catch {
        pause = Math.min(pause * 2, 60000);
      }
    }
    setTimeout(look, pause);
  };
  setTimeout(look, pause);

  // Bring the live step into view inside the picture, or its middle, without moving the page.
  const box = live.querySelector(".scroll");
  const step = live.querySelector(".flow .live");
  if (box && !step) box.scrollLeft = (box.scrollWidth - box.clientWidth) / 2;
  if (box && step) {
    const frame = box.getBoundingClientRect();
    const place = step.getBoundingClientRect();
    box.scrollTo(place.left - frame.left - frame.width / 2 + place.width / 2, place.top - frame.top - frame.height / 3);
  }
})();

// A holder who looks at an item has opened it: from then on the answer before it stands.
(() => {
  const form = document.getElementById("opening");
  if (form) fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) }).then(() => form.remove(), () => {});
})();

// A long list of people is searched by typing; whoever is ticked stays in sight.
(() => {
  const LONG = 8;
  document.querySelectorAll("fieldset.people").forEach((box) => {
    const ticks = [...box.querySelectorAll(".tick")];
    const finding = box.querySelector(".finding");
    if (!finding || ticks.length < LONG) return;
    const input = finding.querySelector("input");
    const find = () => {
      const wanted = input.value.trim().toLowerCase();
      box.querySelectorAll(".group").forEach((group) => {
        const whole = group.getAttribute("aria-label").toLowerCase().includes(wanted);
        const own = [...group.querySelectorAll(".tick")];
        own.forEach((one) => { one.hidden = !(whole || one.textContent.toLowerCase().includes(wanted) || one.querySelector(":checked")); });
        group.hidden = own.every((one) => one.hidden);
      });
    };
    finding.hidden = false;
    input.addEventListener("input", find);
    // The form is not sent by looking for somebody.
    input.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  });
})();

// Single keys, which can be turned off (WCAG 2.1.4); never while somebody types.
(() => {
  const OFF = "liaison-keys-off";
  const kept = () => { try { return localStorage.getItem(OFF) === "1"; } catch { return false; } };
  const keep = (off) => { try { localStorage.setItem(OFF, off ? "1" : ""); } catch { /* a browser that keeps nothing */ } };
  const box = document.getElementById("keys-on");
  if (box) {
    document.getElementById("keys-switch").hidden = false;
    box.checked = !kept();
    box.addEventListener("change", () => keep(!box.checked));
  }

  const typing = (one) => one.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
  const move = (by) => {
    const rows = [...document.querySelectorAll("[data-row]")];
    const at = rows.findIndex((one) => one.closest("tr, li").contains(document.activeElement));
    const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.max(0, Math.min(rows.length - 1, at + by))];
    if (next) next.focus();
  };
  const search = () => document.querySelector("input[type=search]")?.focus();
  const go = (place) => { location.href = place; };
  const KEYS = { j: () => move(1), k: () => move(-1), "/": search, "?": () => go("/keys") };
  const GO = { i: () => go("/inbox"), c: () => go("/cases") };
  let went = 0;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || kept() || typing(event.target)) return;
    const after = Date.now() - went < 1500;
    went = event.key === "g" ? Date.now() : 0;
    const does = (after && GO[event.key]) || KEYS[event.key];
    if (does) {
      event.preventDefault();
      does();
    }
  });
})();

// A signature may be drawn with finger or mouse: what is drawn fills the field that also takes a picture from a file.
(() => {
  const WHITE = "#fff";
  const INK = "#0b2a5b";
  document.querySelectorAll(".drawing").forEach((box) => {
    const input = document.getElementById(box.dataset.for);
    const canvas = box.querySelector("canvas");
    const pen = canvas.getContext("2d");
    if (!input || !pen || typeof DataTransfer !== "function") return;
    let last = null;
    const clear = () => { pen.fillStyle = WHITE; pen.fillRect(0, 0, canvas.width, canvas.height); };
    const at = (event) => {
      const frame = canvas.getBoundingClientRect();
      return [(event.clientX - frame.left) * canvas.width / frame.width, (event.clientY - frame.top) * canvas.height / frame.height];
    };
    const line = (to) => {
      pen.lineWidth = 5;
      pen.lineCap = pen.lineJoin = "round";
      pen.strokeStyle = INK;
      pen.beginPath();
      pen.moveTo(...last);
      pen.lineTo(...to);
      pen.stroke();
      last = to;
    };
    const keep = () => {
      const bytes = Uint8Array.from(atob(canvas.toDataURL("image/png").split(",")[1]), (one) => one.charCodeAt(0));
      const files = new DataTransfer();
      files.items.add(new File([bytes], "signature.png", { type: "image/png" }));
      input.files = files.files;
    };
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      last = at(event);
      line(last);
    });
    canvas.addEventListener("pointermove", (event) => { if (last) line(at(event)); });
    canvas.addEventListener("pointerup", () => { if (last) keep(); last = null; });
    canvas.addEventListener("pointercancel", () => { last = null; });
    box.querySelector("button").addEventListener("click", () => { clear(); input.value = ""; });
    clear();
    box.hidden = false;
  });
})();
