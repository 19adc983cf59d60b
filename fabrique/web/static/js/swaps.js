/* What htmx does not do by itself: say the result once, and keep the focus where the person was. */
(() => {
  "use strict";
  let place = null;

  const focusOn = (element) => {
    if (!element.matches("a, button, input, select, textarea, [tabindex]")) {
      element.setAttribute("tabindex", "-1");
    }
    element.focus();
  };

  // Before a swap: remember the row that had the focus and the row after it.
  document.addEventListener("htmx:before:swap", () => {
    const active = document.activeElement;
    const row = active && active.closest("li[id]");
    const next = row && (row.nextElementSibling || row.previousElementSibling);
    place = active && active !== document.body
      ? { element: active, row: row && row.id, next: next && next.id, list: row && row.parentElement }
      : null;
  });

  document.addEventListener("htmx:after:swap", () => {
    const said = document.querySelector("main [data-annonce]");
    const status = document.getElementById("etat");
    if (said && status) {
      status.textContent = said.dataset.annonce;
      said.removeAttribute("data-annonce");
    }
    const summary = document.getElementById("a-revoir");
    if (summary && !summary.dataset.vu) {
      summary.dataset.vu = "1";
      summary.focus();
      return;
    }
    if (!place || place.element.isConnected || document.activeElement !== document.body) return;
    const row = place.row && document.getElementById(place.row);
    const next = place.next && document.getElementById(place.next);
    const target = row
      ? row.querySelector("button") || row.querySelector("a") || row
      : next && (next.querySelector(":is(h2, h3) a") || next.querySelector("a, button") || next);
    if (target) focusOn(target);
    else if (place.list && place.list.isConnected) focusOn(place.list);
  });
})();
