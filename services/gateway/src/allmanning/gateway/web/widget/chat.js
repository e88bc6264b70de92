const TAG = "allmanning-chat";
const MOST_CHARS = 4000;
const script = document.currentScript;
const home = new URL(script.src).origin;
const { authority = "", key = "" } = script.dataset;
const language = /^(sv|nb|nn|da|$)/i.test(document.documentElement.lang) ? "sv" : "en";
const words = WORDS[language];
const small = matchMedia("(max-width: 40rem)");
const query = `?authority=${encodeURIComponent(authority)}&lang=${language}`;

let blocked = false;
document.addEventListener("securitypolicyviolation", (event) => {
  if (event.effectiveDirective === "connect-src" && event.blockedURI.startsWith(home)) blocked = true;
});

class Chat extends HTMLElement {
  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    // By script, not by markup: it is no inline style to a page that forbids them.
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    this.opener = make("button", { type: "button", className: "open", ariaExpanded: "false" }, words.open);
    this.closer = make("button", { type: "button", className: "plain" }, words.close);
    this.talk = make("div", { className: "talk", role: "group", ariaLabel: words.talk });
    this.live = make("p", { className: "hidden", ariaLive: "polite" });
    this.field = make("textarea", { id: "question", rows: 2, required: true, autocomplete: "off", dir: "auto" });
    this.field.setAttribute("aria-describedby", "notice wrong");
    this.wrong = make("p", { id: "wrong", className: "wrong", role: "status" });
    this.button = make("button", { className: "primary" }, words.ask);
    this.form = make("form", { className: "ask" }, make("label", { htmlFor: "question" }, words.label), this.field, this.wrong, this.button);
    const restart = make("button", { type: "button", className: "plain" }, words.restart);
    this.reach = make("button", { type: "button", className: "plain" }, words.person);
    this.foot = make("p", { className: "small" }, this.reach, restart);
    this.body = make("div", { className: "body", tabIndex: 0, role: "region", ariaLabel: words.talk },
      make("p", { id: "notice" }, `${words.notice} `, away(`${home}/om${query}`, words.about, words)),
      this.talk);
    this.panel = make(
      "dialog",
      { lang: language },
      make("div", { className: "head" }, make("h2", { id: "title" }, words.open), this.closer),
      this.body,
      this.live,
      this.form,
      this.foot,
    );
    this.panel.setAttribute("aria-labelledby", "title");
    root.append(this.opener, this.panel);
    this.opener.addEventListener("click", () => (this.panel.open ? this.panel.close() : this.show()));
    this.closer.addEventListener("click", () => this.panel.close());
    this.panel.addEventListener("close", () => this.closed());
    this.panel.addEventListener("keydown", (event) => event.key === "Escape" && this.panel.close());
    this.form.addEventListener("submit", (event) => this.submitted(event));
    this.field.addEventListener("input", () => this.measure());
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.form.requestSubmit();
    });
    restart.addEventListener("click", () => {
      forget(authority);
      this.talk.replaceChildren();
      this.field.focus();
    });
    this.reach.addEventListener("click", () => this.toPerson());
    for (const told of keptOf(authority)) this.talk.append(this.told(told));
  }

  /** Where there is room the page can be used beside it; on a phone it is all there is. */
  show() {
    if (small.matches) this.panel.showModal();
    else this.panel.show();
    this.opener.ariaExpanded = "true";
    this.field.focus();
  }

  /** A finished turn; what is thought of it is said once, and of no other. */
  told(told) {
    return finished(told, words, async (each, fields) => {
      const { problem = "" } = await this.send("feedback", fields, [each]);
      if (!problem) keep(authority, keptOf(authority).map((kept) => (kept.turn === each.turn ? { ...kept, rated: true } : kept)));
      return problem;
    });
  }

  /** A form to the service; what it tells, or what went wrong in words. */
  async send(path, fields, turns = keptOf(authority)) {
    const body = new URLSearchParams({ key, lang: language, ...fields });
    for (const { turn } of turns) body.append("turn", turn);
    try {
      const response = await fetch(`${home}/widget/${path}`, { method: "POST", body, credentials: "omit", referrerPolicy: "origin" });
      const told = await response.json();
      return response.ok ? { told } : { problem: told.text };
    } catch {
      return { problem: words.unsent };
    }
  }

  /** A person instead: the conversation waits behind it. */
  toPerson() {
    const back = make("button", { type: "button", className: "plain" }, words.back);
    const { place, heading } = person(words, (path, fields) => this.send(path, fields), keptOf(authority).length > 0, back);
    const behind = [this.body, this.form, this.foot];
    back.addEventListener("click", () => {
      place.remove();
      for (const each of behind) each.hidden = false;
      this.reach.focus();
    });
    for (const each of behind) each.hidden = true;
    this.body.after(place);
    heading.focus();
  }

  closed() {
    this.opener.ariaExpanded = "false";
    this.opener.focus();
  }

  measure() {
    const count = [...this.field.value.trim()].length;
    const text = count > MOST_CHARS ? words.long(count, MOST_CHARS) : "";
    if (this.wrong.textContent !== text) this.wrong.textContent = text;
    return !text;
  }

  async submitted(event) {
    event.preventDefault();
    const question = this.field.value.trim();
    if (!question || this.button.ariaDisabled === "true" || !this.measure()) return;
    this.button.ariaDisabled = "true";
    if (await this.ask(question)) this.field.value = "";
    this.button.ariaDisabled = null;
  }

  announce(text, lang = "") {
    this.live.append(make("span", { lang }, text));
  }

  async ask(question) {
    const body = new URLSearchParams({ key, question, lang: language });
    for (const { turn } of keptOf(authority)) body.append("turn", turn);
    this.talk.querySelectorAll(".failed").forEach((each) => each.remove());
    const said = make("p", { className: "waiting", dir: "auto" }, words.searching);
    const turn = make("article", {}, asked(question, words), said);
    this.talk.append(turn);
    this.live.replaceChildren();
    this.announce(words.searching);
    turn.scrollIntoView({ block: "nearest" });
    let begun = false;
    try {
      const response = await fetch(`${home}/widget/ask`, { method: "POST", body, credentials: "omit", referrerPolicy: "origin" });
      if (!response.ok) return this.fail(turn, said, begun, (await response.json()).text);
      for await (const { name, data } of eventsOf(response)) {
        if (name === "queue") said.textContent = data.text;
        else if (name === "sentence") {
          if (!begun) said.replaceChildren();
          begun = true;
          said.className = "";
          said.append(make("span", { lang: data.language }, data.text));
          this.announce(data.text, data.language);
        } else if (name === "end") {
          if (!begun) this.announce(data.paragraphs.join(" "), data.language);
          turn.replaceWith(this.told(data));
          keep(authority, [...keptOf(authority), data]);
          return true;
        } else return this.fail(turn, said, begun, data.text);
      }
    } catch {
      // The connection broke: told below, like a stream that ends before its end. Of a policy the page hears a moment later.
      await new Promise((done) => setTimeout(done, 50));
    }
    return this.fail(turn, said, begun, blocked ? words.blocked(home) : begun ? words.lost : words.silent);
  }

  fail(turn, said, begun, message) {
    turn.className = "failed";
    if (!begun) said.remove();
    const again = make("button", { type: "button" }, words.again);
    again.addEventListener("click", () => this.form.requestSubmit());
    turn.append(make("div", { className: "problem" }, make("p", {}, message), again));
    this.announce(message);
    return false;
  }
}

if (!customElements.get(TAG)) {
  customElements.define(TAG, Chat);
  const begin = () => document.body.append(document.createElement(TAG));
  if (document.body) begin();
  else addEventListener("DOMContentLoaded", begin);
}
