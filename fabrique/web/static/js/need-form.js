/* The form of a need survives a closed tab and a lost network: a draft on the device, a queue of
   what could not be sent. Without this file the form posts as any form does. */
(() => {
  "use strict";
  const DRAFT = "fabrique.brouillon";
  const QUEUE = "fabrique.en-attente";
  try {
    if (document.querySelector("[data-besoin-recu]")) localStorage.removeItem(DRAFT);
  } catch { return; }
  const form = document.querySelector("form[data-brouillon]");
  if (!form) return;
  const status = form.querySelector("[data-etat-brouillon]");
  const waiting = document.querySelector("[data-en-attente]");

  const read = (key) => {
    try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
  };
  const write = (key, value) => {
    try { localStorage.setItem(key, JSON.stringify(value)); return true; } catch { return false; }
  };
  const hour = (moment) => {
    const at = new Date(moment);
    return `${at.getHours()}\u00a0h\u00a0${String(at.getMinutes()).padStart(2, "0")}`;
  };
  const say = (sentence) => { if (status) status.textContent = sentence; };
  const answers = () => [...new FormData(form)].filter(([, value]) => typeof value === "string");

  // The draft: kept half a second after the last key, given back when the form comes empty.
  const keep = () => {
    if (write(DRAFT, { at: Date.now(), answers: answers() })) {
      say(`Brouillon gardé sur cet appareil à ${hour(Date.now())}. Sans réseau, l’envoi partira plus tard.`);
    }
  };
  const giveBack = (draft) => {
    const typed = [...form.elements].some((field) => field.matches("textarea, input[type=text]") && field.value.trim());
    if (typed) return;
    for (const [name, value] of draft.answers) {
      for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
        if (field.matches("[type=radio], [type=checkbox]")) field.checked = field.value === value || field.checked;
        else if (field.type !== "hidden") field.value = value;
      }
    }
    say(`Brouillon gardé sur cet appareil à ${hour(draft.at)}. Sans réseau, l’envoi partira plus tard.`);
  };
  let timer;
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(keep, 500); });
  const draft = read(DRAFT);
  if (draft) giveBack(draft);

  // The count of characters under a text.
  for (const line of form.querySelectorAll("[data-compte]")) {
    const field = form.elements[line.dataset.compte];
    const limit = line.textContent.trim().replace(/ signes au plus$/, "");
    const count = () => { line.textContent = `${field.value.length.toLocaleString("fr-FR")} signes sur ${limit}`; };
    field.addEventListener("input", count);
    if (field.value) count();
  }

  // The queue: what is posted without network leaves when it comes back, in order, once. Nobody is
  // in front of the screen then to answer a warning: the coordination reads it before it is shown.
  const UNASKED = [["warned", "1"], ["compared", "1"]];
  const queue = () => read(QUEUE) || [];
  const show = () => {
    if (!waiting) return;
    const items = queue();
    waiting.hidden = items.length === 0;
    waiting.textContent = items.length === 1
      ? "1 besoin en attente d’envoi sur cet appareil."
      : `${items.length} besoins en attente d’envoi sur cet appareil.`;
  };
  const keepForLater = () => {
    if (!write(QUEUE, [...queue(), { to: form.action, answers: [...answers(), ...UNASKED] }])) return false;
    clearTimeout(timer);
    localStorage.removeItem(DRAFT);
    form.reset();
    say("Pas de réseau : gardé sur cet appareil, envoi dès que possible.");
    show();
    return true;
  };
  let sending = false;
  const send = async () => {
    if (sending || !navigator.onLine) return;
    sending = true;
    for (let items = queue(); items.length; items = queue()) {
      const [first, ...rest] = items;
      let answer;
      try {
        answer = await fetch(first.to, { method: "POST", body: new URLSearchParams(first.answers), credentials: "same-origin" });
      } catch { break; }
      if (answer.status >= 500) break;
      write(QUEUE, rest);
      if (answer.ok) say(`Envoyé à ${hour(Date.now())}.`);
      else {
        write(DRAFT, { at: Date.now(), answers: first.answers });
        giveBack(read(DRAFT));
        say("Ce besoin gardé sur l’appareil est à revoir avant l’envoi.");
        break;
      }
    }
    sending = false;
    show();
  };
  form.addEventListener("submit", (event) => {
    // A button with a name or an address of its own is another act: it needs the server.
    const other = event.submitter && (event.submitter.name || event.submitter.hasAttribute("formaction"));
    if (navigator.onLine || other) return;
    if (keepForLater()) event.preventDefault();
  });
  window.addEventListener("online", send);
  show();
  send();
})();
