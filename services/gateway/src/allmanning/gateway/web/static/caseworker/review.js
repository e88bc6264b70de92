// The form works without this file; with it, the work is counted, a second press does nothing, and a lost connection
// loses nothing that was typed.

const form = document.getElementById("verdict");
const sent = document.getElementById("sent");
const work = document.getElementById("work");
const fields = [...form.querySelectorAll("textarea[data-was]")];
// The buttons are named action, and would hide the form's own.
const address = form.getAttribute("action");
const HEARTBEAT_MS = 15_000;

let active = true;
for (const name of ["keydown", "pointermove", "pointerdown", "scroll"]) {
  window.addEventListener(name, () => (active = true), { passive: true });
}

async function beat() {
  if (!active || document.hidden) return;
  active = false;
  try {
    const response = await fetch(`${address}/seen`, { method: "POST" });
    if (response.ok) work.textContent = (await response.json()).work;
  } catch {
    // Time that nobody could count is unknown, and said to be.
  }
}
beat();
setInterval(beat, HEARTBEAT_MS);

function changed(field) {
  return field.value.trim() !== field.dataset.was.trim();
}

function dirty() {
  return fields.some(changed) || Boolean(form.elements.reason.value.trim());
}

/** The button that fits what is written is the one that stands out. */
function show() {
  for (const field of fields) field.classList.toggle("changed", changed(field));
  const approve = form.querySelector("[value=approve]");
  const edited = fields.some(changed);
  approve?.classList.toggle("primary", !edited);
  form.querySelector("[value=edit]")?.classList.toggle("primary", edited || !approve);
}
form.addEventListener("input", show);
show();

let leaving = false;
window.addEventListener("beforeunload", (event) => {
  if (dirty() && !leaving) event.preventDefault();
});

function tell(text) {
  sent.textContent = text;
}

/** Our own server's page, in place of this one: what was typed is in it. */
function take(html) {
  const main = new DOMParser().parseFromString(html, "text/html").querySelector("main");
  document.querySelector("main").replaceWith(main);
  main.querySelector("[role=alert]")?.scrollIntoView({ block: "center" });
}

let under_way = false;
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (under_way) return;
  under_way = true;
  tell(form.dataset.sending);
  const body = new URLSearchParams(new FormData(form, event.submitter));
  try {
    const response = await fetch(address, { method: "POST", body, headers: { Accept: "text/html" } });
    leaving = true;
    if (response.redirected) {
      window.location.assign(response.url);
      return;
    }
    if (response.status === 401) {
      // Signed out: sent as a form, the server keeps what was typed until one has signed in.
      const action = document.createElement("input");
      Object.assign(action, { type: "hidden", name: "action", value: event.submitter.value });
      form.append(action);
      HTMLFormElement.prototype.submit.call(form);
      return;
    }
    take(await response.text());
  } catch {
    leaving = false;
    under_way = false;
    tell(form.dataset.lost);
  }
});
