// What a page does beyond links and forms. Without this file everything still works.
(() => {
  "use strict";
  const HOLD_SECONDS = 10;
  const find = (id) => document.getElementById(id);
  const post = (form) => navigator.sendBeacon(form.action, new URLSearchParams(new FormData(form)));

  // Leave this site: sign out, replace the history entry, go.
  document.addEventListener("click", (event) => {
    const leave = event.target.closest("[data-leave]");
    if (!leave) return;
    event.preventDefault();
    const out = document.querySelector("[data-sign-out]");
    if (out) post(out.form);
    document.documentElement.hidden = true;
    window.location.replace(leave.href);
  });

  // Ten seconds of undo: the answer is held here and goes out when they are over, or at once when the page is left or put away.
  let held = null;
  let place = null;
  let timer = null;
  const release = (beacon) => {
    const form = held;
    held = null;
    clearInterval(timer);
    if (!form) return;
    if (beacon) post(form);
    else form.submit();
  };
  const hold = (form) => {
    const box = find("hold");
    held = form;
    place = form.closest("#answers, [data-answers]");
    let left = HOLD_SECONDS;
    place.after(box);
    place.hidden = true;
    box.hidden = false;
    const words = find("hold-words");
    words.textContent = words.dataset.words.replace("…", form.querySelector("button").firstChild.textContent.trim());
    find("hold-seconds").textContent = left;
    find("hold-undo").focus();
    timer = setInterval(() => {
      left -= 1;
      find("hold-seconds").textContent = left;
      if (left <= 0) release(false);
    }, 1000);
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-hold]")) {
      event.preventDefault();
      if (!held) hold(form);
      return;
    }
    // A second press of the same button changes nothing: the form's key lets it happen once. This spares the wait.
    if (form.dataset.sent) event.preventDefault();
    else if (!form.hasAttribute("hx-post")) form.dataset.sent = "1";
  });
  document.addEventListener("click", (event) => {
    if (event.target.id === "hold-now") release(false);
    if (event.target.id === "hold-undo") {
      held = null;
      clearInterval(timer);
      find("hold").hidden = true;
      place.hidden = false;
      place.querySelector("button").focus();
    }
  });
  window.addEventListener("pagehide", () => release(true));
  // A telephone that is locked or put away stops the count and may never come back: it counts as leaving. Whoever returns sees what became of it.
  let sentAway = false;
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && held) {
      release(true);
      sentAway = true;
    } else if (document.visibilityState === "visible" && sentAway) {
      window.location.reload();
    }
  });
  // Coming back with the Back button: forms may be sent again.
  window.addEventListener("pageshow", () => {
    for (const form of document.forms) delete form.dataset.sent;
  });
})();
