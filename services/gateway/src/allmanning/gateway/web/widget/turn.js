function asked(question, words) {
  return make("h3", { className: "asked", dir: "auto" }, make("span", { className: "hidden" }, `${words.you} `), question);
}

/** A paragraph, a list or a table of the answer. */
function block({ lines, listed, columns, rows }) {
  if (rows.length) {
    const head = make("tr", {}, ...columns.map((each) => (each ? make("th", { scope: "col" }, each) : make("td"))));
    const row = ([first, ...rest]) =>
      make("tr", {}, make("th", { scope: "row" }, first), ...rest.map((each) => make("td", {}, each)));
    return make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows.map(row)));
  }
  if (listed) return make("ul", {}, ...lines.map((each) => make("li", { dir: "auto" }, each)));
  return make("p", { dir: "auto" }, ...lines);
}

/** Title, section and page, as a link to the place in its document. */
function placeOf(each, words) {
  const heading = each.heading && each.heading !== each.title ? words.section(each.heading) : "";
  return away(each.url, `${each.title}${heading}${each.page ? words.page(each.page) : ""}`, words);
}

/** A finished answer with its numbered sources; the numbers in the text are the list's own. */
function finished(told, words, rate) {
  const turn = make("article", {}, asked(told.asked, words));
  if (told.foreword) turn.append(make("p", { lang: told.asked_in, dir: "auto" }, told.foreword));
  const answer = make("div", { className: "answer", lang: told.language });
  // What a tab has kept from an earlier release has lines alone.
  const blocks = told.blocks ?? told.paragraphs.map((line) => ({ lines: [line], rows: [] }));
  answer.append(...blocks.map(block));
  turn.append(answer);
  if (told.sources.length) {
    const list = make("ol");
    for (const each of told.sources) list.append(make("li", { value: each.number }, placeOf(each, words)));
    turn.append(make("h4", {}, words.sources), list);
  }
  if (told.nearby?.length) {
    const list = make("ul", {}, ...told.nearby.map((each) => make("li", {}, placeOf(each, words))));
    const heading = make("h4", { lang: told.language, dir: "auto" }, told.nearby_heading);
    turn.append(heading, make("p", { className: "small" }, words.noAnswer), list);
  }
  turn.append(make("p", { className: "small" }, away(told.decision, words.how, words)));
  if (told.numbers?.length) {
    const call = (number) => make("a", { className: "call", href: `tel:${number.replace(/[^\d+]/g, "")}` }, words.call(number));
    answer.after(make("p", { className: "numbers" }, ...told.numbers.map(call)));
  }
  if (!told.rated && !told.crisis) turn.append(rating(told, words, (fields) => rate(told, fields)));
  return turn;
}
