/** Whether the answer helped: one press, and after a no, why. `send` gives what went wrong, or nothing. */
function rating(told, words, send) {
  const place = make("div", { className: "rating", role: "group", ariaLabel: told.gap ? words.gap : words.helped });
  const wrong = make("p", { className: "wrong", role: "status" });

  async function say(fields, next) {
    const problem = await send(fields);
    wrong.textContent = problem;
    if (problem) return;
    place.replaceChildren(next, wrong);
    next.focus();
  }

  const thanks = (text) => make("p", { tabIndex: -1, role: "status" }, text);
  const button = (text, press) => {
    const made = make("button", { type: "button", className: "slight" }, text);
    made.addEventListener("click", press);
    return made;
  };

  function why() {
    const choices = Object.entries(words.reasons).map(([value, text]) => {
      const radio = make("input", { type: "radio", name: `why-${told.decision}`, value, required: true });
      return make("label", { className: "choice" }, radio, text);
    });
    const more = make("textarea", { rows: 2, maxLength: 2000, dir: "auto" });
    const form = make("form", { tabIndex: -1 },
      make("fieldset", {}, make("legend", {}, words.why), ...choices),
      make("label", {}, words.more, more),
      make("button", { className: "slight" }, words.send));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const reason = form.querySelector(":checked").value;
      say({ helped: "no", reason, comment: more.value }, thanks(words.told));
    });
    return form;
  }

  if (told.gap) {
    place.append(make("p", {}, words.gap), button(words.tellThem, () => say({ helped: "no", reason: "missing" }, thanks(words.told))));
  } else {
    place.append(
      make("p", {}, words.helped),
      button(words.yes, () => say({ helped: "yes" }, thanks(words.glad))),
      button(words.no, () => say({ helped: "no" }, why())),
    );
  }
  place.append(wrong);
  return place;
}
