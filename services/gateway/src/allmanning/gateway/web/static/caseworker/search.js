// The form, its links and its pages work without this file; with it, what is found follows what is typed.
import { beside } from "./beside.js";
import { drafting } from "./drafting.js";
import { keys } from "./keys.js";

const form = document.getElementById("find");
const field = document.getElementById("q");
const found = document.getElementById("found");
const state = document.getElementById("state");
const PAUSE_MS = 180;
// What is found sooner needs no word about it.
const SLOW_MS = 400;

const pane = beside(found);
let under_way = null;
let timer = 0;

function said() {
  const total = found.querySelector("[data-total]")?.dataset.total;
  return total ? state.dataset.searchingIn.replace("{total}", total) : state.dataset.searching;
}

/** Our own server's piece of a page; it has escaped everything that people wrote. */
function pieces(html) {
  return new DOMParser().parseFromString(html, "text/html").body.childNodes;
}

function fresh() {
  pane.renew();
  drafting(found);
}

async function show(query, { push = false } = {}) {
  under_way?.abort();
  const mine = (under_way = new AbortController());
  const slow = setTimeout(() => {
    state.classList.remove("hidden");
    state.textContent = said();
  }, SLOW_MS);
  try {
    const response = await fetch(`/search/found?${query}`, { signal: mine.signal, headers: { Accept: "text/html" } });
    if (response.status === 401) return window.location.assign(`/search?${query}`);
    const html = await response.text();
    const original = found.querySelector("#beside:not([hidden])");
    found.replaceChildren(...pieces(html));
    // What stood beside the list stays until what comes next is there.
    if (original) found.querySelector("#beside")?.replaceWith(original);
    window.history[push ? "pushState" : "replaceState"](null, "", `/search${query ? `?${query}` : ""}`);
    document.querySelector(".kept")?.toggleAttribute("hidden", Boolean(new URLSearchParams(query).get("q")));
    state.textContent = found.querySelector("#count")?.textContent.trim() ?? "";
    state.classList.add("hidden");
    fresh();
    remember(query);
  } catch (error) {
    if (error.name === "AbortError") return;
    state.classList.remove("hidden");
    state.textContent = state.dataset.lost;
  } finally {
    clearTimeout(slow);
  }
}

function typed() {
  const query = new URLSearchParams(new FormData(form));
  if (query.get("q").trim()) form.querySelector(".help").open = false;
  if (!query.get("q").trim()) query.delete("q");
  return query.toString();
}

field.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(() => show(typed()), PAUSE_MS);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(timer);
  show(typed(), { push: true });
});

/** The limits in force, which the form carries along. */
function carry(query) {
  for (const each of form.querySelectorAll("input[type=hidden]")) each.remove();
  for (const [name, value] of new URLSearchParams(query)) {
    if (["q", "cursor", "page", "done"].includes(name)) continue;
    form.prepend(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
}

found.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='/search?']");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const query = link.search.slice(1);
  carry(query);
  field.value = new URLSearchParams(query).get("q") ?? "";
  show(query, { push: true }).then(() => {
    // Where one was is gone; the list's heading says what came.
    const heading = document.getElementById("count");
    heading?.setAttribute("tabindex", "-1");
    heading?.focus({ preventScroll: true });
  });
});
window.addEventListener("popstate", () => {
  const query = window.location.search.slice(1);
  carry(query);
  field.value = new URLSearchParams(query).get("q") ?? "";
  show(query);
});

const RECENT = "recent";
const MOST_RECENT = 8;
let noted = 0;

/** A search that has stood for a while is one that somebody meant. */
function remember(query) {
  clearTimeout(noted);
  if (!new URLSearchParams(query).get("q")) return;
  noted = setTimeout(() => {
    const before = JSON.parse(sessionStorage.getItem(RECENT) ?? "[]").filter((each) => each !== query);
    sessionStorage.setItem(RECENT, JSON.stringify([query, ...before].slice(0, MOST_RECENT)));
  }, 1_500);
}

const recent = JSON.parse(sessionStorage.getItem(RECENT) ?? "[]");
const list = document.getElementById("recent-list");
if (list && recent.length) {
  for (const query of recent) {
    const link = Object.assign(document.createElement("a"), { href: `/search?${query}` });
    link.textContent = new URLSearchParams(query).get("q");
    const item = document.createElement("li");
    item.append(link);
    list.append(item);
  }
  document.getElementById("recent-section").hidden = false;
}

fresh();
remember(window.location.search.slice(1));
keys({ field, found, pane });
