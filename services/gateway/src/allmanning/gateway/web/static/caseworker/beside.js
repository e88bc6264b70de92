// The original beside the list, or in place where there is no room; one result at a time.
import { copied } from "./copying.js";
import { markedLine } from "../marked_line.js";

const WIDE = window.matchMedia("(min-width: 1100px)");
const PAUSE_MS = 120;

export function beside(found) {
  let chosen = null;
  let under_way = null;
  let timer = 0;

  const all = () => [...found.querySelectorAll(".results > li > article")];

  function place(article) {
    if (WIDE.matches) {
      const pane = found.querySelector("#beside");
      if (pane) pane.hidden = false;
      return pane;
    }
    let inside = article.querySelector(".inside");
    if (!inside) {
      inside = Object.assign(document.createElement("div"), { className: "inside" });
      article.append(inside);
    }
    return inside;
  }

  function mark(article) {
    for (const each of all()) each.removeAttribute("aria-current");
    article.setAttribute("aria-current", "true");
    chosen = article;
  }

  async function load(article) {
    under_way?.abort();
    under_way = new AbortController();
    try {
      const response = await fetch(article.dataset.preview, { signal: under_way.signal, headers: { Accept: "text/html" } });
      if (!response.ok) return;
      const html = await response.text();
      const where = place(article);
      if (!where || !article.isConnected) return;
      for (const each of found.querySelectorAll(".inside")) if (each !== where) each.remove();
      where.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
      const copy = where.querySelector(".copy");
      copy.hidden = false;
      copy.addEventListener("click", () => copied(article));
      reveal(where);
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  }

  /** The marked words in view, without moving the page. */
  async function reveal(where) {
    if (!WIDE.matches) return;
    const picture = where.querySelector("img");
    const words = picture ?? where.querySelector("mark");
    const line = picture ? await markedLine(picture) : 0;
    if (words?.isConnected) where.scrollTop = words.offsetTop + line * words.offsetHeight - where.clientHeight / 3;
  }

  function show(article) {
    mark(article);
    clearTimeout(timer);
    timer = setTimeout(() => load(article), PAUSE_MS);
  }

  found.addEventListener("click", (event) => {
    const link = event.target.closest(".results h3 a");
    // The enter key opens the document: it makes a click with no clicks counted.
    if (!link || event.detail === 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    const article = link.closest("article");
    if (!WIDE.matches && article.querySelector(".inside")) article.querySelector(".inside").remove();
    else show(article);
  });

  return {
    get chosen() {
      return chosen?.isConnected ? chosen : null;
    },
    /** Another list has come. */
    renew() {
      chosen = null;
      const [first] = all();
      if (first && WIDE.matches) show(first);
    },
    /** The next result, or the one before, with the focus on it. */
    step(by) {
      const list = all();
      if (!list.length) return;
      const focused = document.activeElement?.closest?.(".results > li > article");
      const now = list.indexOf(focused ?? chosen);
      const first = !focused && now === 0 && by > 0 ? 0 : Math.min(list.length - 1, Math.max(0, now + by));
      const article = list[first];
      article.querySelector("h3 a").focus();
      if (WIDE.matches) show(article);
      else mark(article);
    },
  };
}
