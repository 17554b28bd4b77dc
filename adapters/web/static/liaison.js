// What a page gains with a script: it keeps itself fresh. Everything works without it.
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
    const open = [...live.querySelectorAll("details")].map((one) => one.open);
    live.innerHTML = html;
    live.querySelectorAll("details").forEach((one, n) => { one.open = open[n] || false; });
    const again = live.querySelector(".scroll");
    if (again) again.scrollTo(left, top);
    status.textContent = status.dataset.said;
    // Somebody else acted: what is being typed must be checked against the new state first.
    const version = live.querySelector("[data-version]");
    if (stale && version && version.dataset.version !== live.dataset.version) stale.hidden = !document.querySelector(".deeds");
  };

  const look = async () => {
    // Nothing is swapped under somebody's fingers.
    if (!document.hidden && !live.contains(document.activeElement)) {
      try {
        const answer = await fetch(live.dataset.live, { headers: tag ? { "If-None-Match": tag } : {}, redirect: "error" });
        if (answer.status === 200) {
          const html = await answer.text();
          if (tag) swap(html);
          tag = answer.headers.get("ETag") || "";
        }
        pause = answer.ok || answer.status === 304 ? 3000 : 30000;
      } catch {
        pause = Math.min(pause * 2, 60000);
      }
    }
    setTimeout(look, pause);
  };
  setTimeout(look, pause);

  // Bring the live step into view inside the picture, without moving the page.
  const box = live.querySelector(".scroll");
  const step = live.querySelector(".flow .live");
  if (box && step) {
    const frame = box.getBoundingClientRect();
    const place = step.getBoundingClientRect();
    box.scrollTo(place.left - frame.left - frame.width / 2 + place.width / 2, place.top - frame.top - frame.height / 3);
  }
})();
