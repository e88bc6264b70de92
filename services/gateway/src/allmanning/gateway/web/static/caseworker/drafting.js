// An answer draft above the list, sentence by sentence, when somebody asks for it.
import { copy } from "./copying.js";
import { eventsOf } from "../stream.js";

export function drafting(found) {
  const form = found.querySelector(".draft-form");
  const place = found.querySelector("#draft");
  if (!form || !place) return;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    if (button.ariaDisabled === "true") return;
    button.ariaDisabled = "true";
    const words = Object.assign(document.createElement("p"), { className: "waiting", textContent: place.dataset.writing });
    words.setAttribute("role", "status");
    place.hidden = false;
    place.replaceChildren(words);
    let told = "";
    let ended = false;
    try {
      const body = new URLSearchParams(new FormData(form));
      const response = await fetch("/search/answer", { method: "POST", body, headers: { Accept: "text/event-stream" } });
      if (!response.ok) throw new Error(response.statusText);
      for await (const { name, data } of eventsOf(response)) {
        if (name === "queue") words.textContent = data.text;
        if (name === "sentence") words.textContent = told += data.text;
        if (name === "problem") {
          words.textContent = data.text;
          ended = true;
        }
        if (name === "end") {
          place.replaceChildren(...new DOMParser().parseFromString(data.html, "text/html").body.childNodes);
          const button = place.querySelector(".copy-draft");
          button.hidden = false;
          button.addEventListener("click", () => copy(button.dataset.text));
          ended = true;
        }
      }
    } catch {
      ended = false;
    }
    if (!ended) words.textContent = place.dataset.lost;
    button.ariaDisabled = null;
  });
}
