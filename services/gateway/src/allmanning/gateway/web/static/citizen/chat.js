// The form works without this file; with it, the answer arrives sentence by sentence in the same page.

import { forget, keep, keptOf } from "./kept.js";
import { listenable } from "./listen.js";
import { eventsOf } from "../stream.js";

const form = document.getElementById("ask");
const field = document.getElementById("question");
const tooLong = document.getElementById("too-long");
const conversation = document.getElementById("conversation");
const live = document.getElementById("live");
const says = form.dataset;

function element(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

/** Our own server's fragment; it has escaped everything that people wrote. */
function parsed(html) {
  return new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
}

/** Each sentence is announced once; the answer itself is not a live region. */
function announce(text, language = "") {
  live.append(spoken(text, language));
}

function spoken(text, language) {
  const made = element("span", "", text);
  if (language) made.lang = language;
  return made;
}

/** The newest answer is #svar, where the page without scripts jumps to. */
function show(html) {
  document.getElementById("svar")?.removeAttribute("id");
  const turn = parsed(html);
  listenable(turn, says);
  return turn;
}

function remember(turn) {
  const input = document.createElement("input");
  Object.assign(input, { type: "hidden", name: "turn", value: turn });
  // In order of time: after those that are there.
  form.insertBefore(input, form.querySelector("label"));
}

function begun() {
  document.getElementById("promises")?.remove();
  document.querySelector(".languages")?.remove();
  document.getElementById("take-along").hidden = false;
}

function opened(question) {
  begun();
  conversation.querySelectorAll(".failed").forEach((each) => each.remove());
  const turn = element("article", "turn");
  const asked = element("h2", "asked");
  asked.dir = "auto";
  asked.append(element("span", "hidden", says.you), question);
  const answer = element("div", "answer");
  const words = element("p", "waiting", says.searching);
  words.dir = "auto";
  answer.append(words);
  turn.append(asked, answer);
  conversation.append(turn);
  live.replaceChildren();
  announce(says.searching);
  turn.scrollIntoView({ block: "nearest" });
  return { turn, words };
}

/** What went wrong, under what had come; the question can be asked again as it stands. */
function fail({ turn, words }, said, message) {
  turn.classList.add("failed");
  if (said) words.parentElement.classList.add("broken");
  else words.remove();
  const problem = element("div", "problem");
  const again = element("button", "small-button", says.again);
  again.type = "button";
  again.addEventListener("click", () => form.requestSubmit());
  problem.append(element("p", "", message), again);
  turn.append(problem);
  announce(message);
  return false;
}

async function ask(question) {
  const body = new URLSearchParams(new FormData(form));
  const place = opened(question);
  let said = "";
  try {
    const response = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/event-stream" } });
    if (!response.ok) return fail(place, said, (await response.json()).error.message);
    for await (const { name, data } of eventsOf(response)) {
      if (name === "queue") {
        place.words.textContent = data.text;
      } else if (name === "sentence") {
        if (!said) place.words.replaceChildren();
        place.words.classList.remove("waiting");
        said += data.text;
        place.words.append(spoken(data.text, data.language));
        announce(data.text, data.language);
      } else if (name === "end") {
        if (!said) announce(data.text);
        place.turn.replaceWith(show(data.html));
        remember(data.turn);
        keep(says.authority, [...keptOf(says.authority), { turn: data.turn, html: data.html }]);
        return true;
      } else {
        return fail(place, said, data.text);
      }
    }
  } catch {
    // The connection broke: told below, like a stream that ends before its end.
  }
  return fail(place, said, said ? says.lost : says.silent);
}

/** How far over the limit the question is, told before it is sent; nothing is cut off. */
function measure() {
  const most = Number(says.most);
  const count = [...field.value.trim()].length;
  const over = count - most;
  const told = says.long.replace("{count}", count).replace("{most}", most).replace("{over}", over);
  const text = over > 0 ? told : "";
  if (tooLong.textContent !== text) tooLong.textContent = text;
  field.ariaInvalid = over > 0 ? "true" : null;
  return over <= 0;
}

form.addEventListener("submit", async (event) => {
  if (event.submitter?.hasAttribute("formaction")) return;
  event.preventDefault();
  const question = field.value.trim();
  const button = form.querySelector("button");
  if (!question || button.ariaDisabled === "true") return;
  if (!measure()) {
    field.focus();
    return;
  }
  button.ariaDisabled = "true";
  if (await ask(question)) field.value = "";
  button.ariaDisabled = null;
});

field.addEventListener("input", measure);
field.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
});

// Whether the answer helped is told without leaving the conversation.
conversation.addEventListener("submit", async (event) => {
  const helped = event.target;
  if (!helped.matches(".helped, .why")) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(helped, event.submitter));
  body.set("fragment", "1");
  try {
    const response = await fetch(helped.action, { method: "POST", body });
    if (!response.ok) throw new Error((await response.json()).error.message);
    const next = parsed(await response.text());
    helped.replaceWith(next);
    next.tabIndex = -1;
    next.focus();
  } catch (error) {
    helped.querySelector(".too-long")?.remove();
    helped.append(element("p", "too-long", error instanceof TypeError ? says.silent : error.message));
  }
});

document.getElementById("again").addEventListener("click", () => forget(says.authority));

// A page that the server has filled is newer than what the tab kept.
if (form.elements.namedItem("turn") === null) {
  for (const { turn, html } of keptOf(says.authority)) {
    begun();
    conversation.append(show(html));
    remember(turn);
  }
} else {
  conversation.querySelectorAll(".turn").forEach((each) => listenable(each, says));
}
measure();
