import { sendEach } from "./sending.js";

// The page works without this file; with it, the panel follows the work and files can be dropped.

const drop = document.getElementById("drop");
const form = document.getElementById("upload");
const field = document.getElementById("files");
const sent = document.getElementById("sent");

/** Our own server's fragment; it has escaped everything that people wrote. */
function parsed(html) {
  return new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
}

let waited = false;
const events = new EventSource("/admin/documents/events" + window.location.search);
events.addEventListener("queue", (event) => {
  const { html, waiting } = JSON.parse(event.data);
  const panel = document.getElementById("queue");
  if (!panel.contains(document.activeElement)) panel.replaceWith(parsed(html));
  // The list below shows what has settled, unless somebody is in the middle of something: what was chosen, and what is
  // told of files that were refused, would be gone.
  const busy = document.activeElement !== document.body || field.files.length > 0 || !sent.hidden;
  if (waited && waiting === 0 && !busy) window.location.reload();
  waited = waiting > 0;
});

for (const name of ["dragenter", "dragover"]) {
  drop.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
}
// A file dropped anywhere on the page opens the form instead of leaving the page.
window.addEventListener("dragover", (event) => {
  event.preventDefault();
  drop.closest("details").open = true;
});
window.addEventListener("drop", (event) => event.preventDefault());
for (const name of ["dragleave", "drop"]) {
  drop.addEventListener(name, () => drop.classList.remove("over"));
}
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  if (event.dataTransfer.files.length) field.files = event.dataTransfer.files;
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  sendEach(form, [...field.files]);
});
