// Muster works without this file. It adds the keyboard, live progress and a few comforts.
(() => {
  "use strict";
  const find = document.getElementById("find");
  const keys = document.getElementById("keys");
  const typing = (node) => node && /^(INPUT|SELECT|TEXTAREA)$/.test(node.tagName) && node.type !== "radio";
  const places = new Map();
  document.querySelectorAll("[data-key]").forEach((link) => places.set(link.dataset.key, link));
  let waiting = false;
  let timer = 0;

  const rows = () => [...document.querySelectorAll("main .row-link, main .do-next a")];
  const move = (step) => {
    const all = rows();
    if (!all.length) return;
    const now = all.indexOf(document.activeElement);
    const next = now < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, now + step));
    all[next].focus();
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    all[next].scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
  };

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && find) {
      event.preventDefault();
      find.focus();
      find.select();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (typing(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (keys && keys.open) return;
    if (waiting) {
      waiting = false;
      clearTimeout(timer);
      const link = places.get(event.key.toLowerCase());
      if (link) {
        event.preventDefault();
        link.click();
        return;
      }
    }
    switch (event.key) {
      case "/":
        if (!find) return;
        event.preventDefault();
        find.focus();
        find.select();
        break;
      case "?":
        if (keys && keys.showModal) keys.showModal();
        break;
      case "g":
        waiting = true;
        timer = setTimeout(() => { waiting = false; }, 1500);
        break;
      case "j":
        move(1);
        break;
      case "k":
        move(-1);
        break;
      default:
    }
  });

  // A menu closes when the click lands elsewhere, or on Escape.
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.filter[open], details.also[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details.filter[open], details.also[open]").forEach((menu) => { menu.open = false; });
  });

  // A table wider than its place scrolls by itself; its header then stays with it, not with the page.
  const measure = () => document.querySelectorAll(".list .table-wrap:not([data-many])").forEach((wrap) => {
    wrap.classList.remove("wide");
    if (wrap.scrollWidth > wrap.clientWidth) wrap.classList.add("wide");
  });
  measure();
  addEventListener("resize", measure);

  // Choosing a date asks at once; the rest of the address stays.
  const asOf = document.getElementById("as-of");
  if (asOf) {
    asOf.form.addEventListener("submit", (event) => {
      event.preventDefault();
      const address = new URL(location.href);
      address.searchParams.delete("after");
      if (asOf.value) address.searchParams.set("as_of", asOf.value);
      else address.searchParams.delete("as_of");
      location.assign(address);
    });
  }

  // One form, one send.
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post") return;
    const button = event.submitter;
    if (button) setTimeout(() => { button.disabled = true; }, 0);
  });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

  const live = document.querySelector("[data-live]");
  if (live && window.EventSource) {
    const source = new EventSource(live.dataset.live);
    source.onmessage = (event) => { live.innerHTML = event.data; };
    source.addEventListener("done", () => {
      source.close();
      location.reload();
    });
  }
})();
