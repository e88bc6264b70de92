const HREFS = {
  phone: (text) => `tel:${text.replace(/[^\d+]/g, "")}`,
  email: (text) => `mailto:${text}`,
  url: (text) => text,
};

/** How to reach a person, and the conversation handed over. `send` takes a path and fields, and gives {told} or {problem}. */
function person(words, send, anything, back) {
  const heading = make("h3", { tabIndex: -1 }, words.reachUs);
  const ways = make("dl");
  const place = make("div", { className: "body person", role: "region", ariaLabel: words.person, tabIndex: 0 }, back, heading, ways);
  send("contact", {}).then(({ told = {} }) => {
    for (const [name, title] of Object.entries(words.ways)) {
      if (!told[name]) continue;
      const way = HREFS[name] ? make("a", { href: HREFS[name](told[name]) }, told[name]) : told[name];
      ways.append(make("dt", {}, title), make("dd", {}, way));
    }
    if (!ways.children.length) ways.replaceWith(make("p", {}, words.noWays));
  });
  if (anything) place.append(handOver(words, send));
  return { place, heading };
}

function handOver(words, send) {
  const field = (tag, text, properties) => {
    const made = make(tag, { dir: "auto", ...properties });
    return { made, label: make("label", {}, text, made) };
  };
  const name = field("input", words.name, { autocomplete: "name", maxLength: 200 });
  const reach = field("input", words.reach, { required: true, maxLength: 200 });
  const wish = field("textarea", words.wish, { rows: 3, maxLength: 4000 });
  const wrong = make("p", { className: "wrong", role: "status" });
  const button = make("button", { className: "primary" }, words.handOver);
  const form = make("form", {}, make("h4", {}, words.orSend), make("p", {}, words.reads), name.label, reach.label, wish.label, wrong, button);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.ariaDisabled === "true") return;
    button.ariaDisabled = "true";
    wrong.textContent = words.sending;
    const { problem = "" } = await send("person", { name: name.made.value, reach: reach.made.value, message: wish.made.value });
    button.ariaDisabled = null;
    wrong.textContent = problem;
    if (problem) return;
    const done = make("p", { className: "handed", tabIndex: -1, role: "status" }, words.handed(reach.made.value));
    form.replaceWith(done);
    done.focus();
  });
  return form;
}
