// The form works without this file; with it, the answer arrives sentence by sentence in the same page.

const form = document.getElementById("ask");
const field = document.getElementById("question");
const conversation = document.getElementById("conversation");
const live = document.getElementById("live");

/** Events of a server-sent stream: {name, data}. */
async function* eventsOf(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    buffer += value;
    const blocks = buffer.split("\n\n");
    buffer = blocks.pop();
    for (const block of blocks) {
      const name = /^event: (.*)$/m.exec(block)?.[1];
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (name && data) yield { name, data: JSON.parse(data) };
    }
  }
}

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

function remember(question, answer) {
  for (const [name, value] of [["asked", question], ["answered", answer]]) {
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name, value });
    // In order of time: after those that are there.
    form.insertBefore(input, form.querySelector("label"));
  }
}

function opened(question) {
  document.getElementById("promises")?.remove();
  document.getElementById("svar")?.removeAttribute("id");
  const turn = element("article", "turn");
  const asked = element("h2", "asked");
  asked.append(element("span", "hidden", form.dataset.you), question);
  const answer = element("div", "answer");
  const words = element("p", "waiting", form.dataset.searching);
  answer.append(words);
  turn.append(asked, answer);
  conversation.append(turn);
  live.replaceChildren();
  announce(form.dataset.searching);
  turn.scrollIntoView({ block: "nearest" });
  return { turn, words };
}

async function ask(question) {
  const body = new URLSearchParams(new FormData(form));
  const { turn, words } = opened(question);
  let said = "";
  let ended = false;
  const failed = (message) => {
    const problem = element("div", "problem");
    problem.append(element("p", "", message));
    words.parentElement.replaceChildren(problem);
    announce(message);
  };
  try {
    const response = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/event-stream" } });
    if (!response.ok) {
      failed((await response.json()).error.message);
      return false;
    }
    for await (const { name, data } of eventsOf(response)) {
      if (name === "queue") {
        words.textContent = data.text;
        continue;
      }
      if (name === "sentence") {
        if (!said) words.replaceChildren();
        words.classList.remove("waiting");
        said += data.text;
        words.append(spoken(data.text, data.language));
        announce(data.text, data.language);
        continue;
      }
      ended = true;
      if (name === "end") {
        turn.replaceWith(parsed(data.html));
        if (!said) announce(data.text);
        remember(question, data.text);
        return true;
      }
      failed(data.text);
    }
    if (!ended) failed(form.dataset.lost);
  } catch {
    failed(form.dataset.lost);
  }
  return false;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const question = field.value.trim();
  const button = form.querySelector("button");
  if (!question || button.ariaDisabled === "true") return;
  button.ariaDisabled = "true";
  if (await ask(question)) field.value = "";
  button.ariaDisabled = null;
});

field.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
});
