// Files are sent one by one, each with its progress: what breaks off is sent again alone, and the others stay.

const said = document.getElementById("sending");
const list = document.getElementById("sent");

/** A row of the list: name, progress, and what became of it. */
function row(file) {
  const line = document.createElement("li");
  const name = document.createElement("strong");
  name.textContent = file.name;
  const state = document.createElement("span");
  state.className = "meta";
  const bar = document.createElement("progress");
  bar.max = Math.max(file.size, 1);
  bar.value = 0;
  bar.setAttribute("aria-label", file.name);
  line.append(name, " ", state, bar);
  list.append(line);
  return { line, state, bar };
}

function stamp() {
  return `sida-${new Date().toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-")}`;
}

/** Send one file; resolves to the request, also when it broke off (status 0). */
function request(form, file, batch, onProgress) {
  const body = new FormData();
  for (const name of ["collection", "secrecy"]) body.set(name, form.elements[name].value);
  body.set("batch", batch);
  body.set("files", file);
  const sent = new XMLHttpRequest();
  sent.upload.addEventListener("progress", (event) => onProgress(event.loaded));
  return new Promise((done) => {
    sent.addEventListener("loadend", () => done(sent));
    sent.open("POST", form.action);
    sent.setRequestHeader("Accept", "text/html");
    sent.send(body);
  });
}

/** What our own page says became of the file. */
function outcome(form, sent) {
  if (sent.status === 0) return { ok: false, text: form.dataset.broken, again: true };
  const page = new DOMParser().parseFromString(sent.responseText, "text/html");
  if (page.getElementById("known")) return { ok: true, text: form.dataset.known };
  if (sent.status === 200) return { ok: true, text: form.dataset.taken };
  const wrong = page.querySelector("#refused li") ?? page.querySelector("main p");
  const text = (wrong?.lastChild?.textContent ?? "").replace(/^:\s*/, "").trim();
  return { ok: false, text: text || form.dataset.broken, again: sent.status >= 500 };
}

async function one(form, file, batch, shown) {
  shown.bar.hidden = false;
  shown.state.textContent = "";
  if (file.size > Number(form.dataset.maxBytes)) return { ok: false, text: form.dataset.tooLarge };
  const sent = await request(form, file, batch, (bytes) => (shown.bar.value = Math.min(bytes, shown.bar.max)));
  // Signed out meanwhile: the form itself goes by the sign-in and comes back.
  if (sent.status === 401) form.submit();
  return outcome(form, sent);
}

function show(form, shown, became, again) {
  shown.bar.hidden = true;
  shown.state.textContent = became.text;
  shown.line.classList.toggle("wrong", !became.ok);
  if (!became.again) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "plain";
  button.textContent = form.dataset.again;
  button.addEventListener("click", () => {
    button.remove();
    again();
  });
  shown.line.append(button);
}

export async function sendEach(form, files) {
  const batch = stamp();
  const button = form.querySelector("button");
  const failed = new Set();
  list.hidden = false;
  list.replaceChildren();
  button.disabled = true;
  const rows = files.map((file) => [file, row(file)]);
  async function send(file, shown) {
    const became = await one(form, file, batch, shown);
    failed[became.ok ? "delete" : "add"](file);
    show(form, shown, became, () => send(file, shown).then(end));
  }
  function end() {
    const link = Object.assign(document.createElement("a"), { href: `/admin/documents?batch=${batch}` });
    link.textContent = form.dataset.see;
    const known = rows.filter(([, shown]) => shown.state.textContent === form.dataset.known).length;
    if (failed.size === 0 && known === 0) window.location.assign(link.href);
    said.replaceChildren(
      ...(failed.size ? [form.dataset.some.replace("{count}", failed.size), " "] : []),
      ...(failed.size + known < files.length ? [link] : []),
    );
    button.disabled = false;
  }
  for (const [place, [file, shown]] of rows.entries()) {
    said.textContent = form.dataset.sending.replace("{done}", place + 1).replace("{all}", files.length);
    await send(file, shown);
  }
  end();
}
