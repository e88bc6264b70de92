// The page: a file comes in, a report goes out.
const at = (id) => document.getElementById(id);
let shown = null;

async function verify(file, given) {
  let verifier = null;
  try {
    verifier = new Verifier(await readZip(file), given, (records) => { at("verdict").textContent = say("working", `${file.name}, ${records}`); });
    return await verifier.run();
  } catch (error) {
    const report = verifier?.report ?? new Report();
    if (error instanceof Stop) report.add(error.check, "failed", error.key, ...error.args);
    else if (error instanceof Bad) report.add(error.key === "missingFile" ? "files" : "archive", "failed", error.key, ...error.args);
    else report.add("archive", "failed", "broken");
    return report;
  }
}

function cell(kind, content, attributes = {}) {
  const made = Object.assign(document.createElement(kind), attributes);
  made.textContent = content;
  return made;
}

function show(report) {
  shown = report;
  const { failed, exitCode, checks } = report;
  at("verdict").textContent = exitCode === 0 ? say("allHolds") : failed ? say("someWrong", failed, checks.length) : say("someUnchecked");
  at("verdict").dataset.exitCode = exitCode;
  at("summary").textContent = say("summary", report.authority || "–", report.counts.records ?? 0, report.decisionCount ?? 0);
  at("checks").replaceChildren(...checks.map(({ name, status, key, args }) => {
    const row = document.createElement("tr");
    Object.assign(row.dataset, { check: name, status });
    row.append(cell("th", say(name), { scope: "row" }), cell("td", `${{ ok: "✓", failed: "✗", unchecked: "?", untried: "–" }[status]} ${say(status)}`), cell("td", say(key, ...args)));
    return row;
  }));
  at("erasures").replaceChildren(...report.erasures.map(({ what, ground, decided, horizon, parts }) =>
    cell("li", say("erasedRow", what, ground, decided, horizon || "–", parts))));
  at("erased").hidden = !report.erasures.length;
  at("result").hidden = false;
  at("heading").focus();
}

async function take(file) {
  if (!file) return;
  at("result").hidden = true;
  at("verdict").textContent = say("working", file.name);
  show(await verify(file, { vkey: at("vkey").value, checkpoint: at("checkpoint").value.replaceAll("\r\n", "\n") }));
}

function speak(code) {
  language = code === "en" ? 1 : 0;
  document.documentElement.lang = code;
  for (const each of document.querySelectorAll("[data-en]")) {
    each.dataset.sv ??= each.textContent;
    each.textContent = code === "en" ? each.dataset.en : each.dataset.sv;
  }
  at("language").lang = code === "en" ? "sv" : "en";
  at("language").textContent = code === "en" ? "På svenska" : "In English";
  if (shown) show(shown);
}

at("file").addEventListener("change", (event) => take(event.target.files[0]));
at("again").addEventListener("click", () => take(at("file").files[0] ?? dropped));
at("language").addEventListener("click", () => speak(document.documentElement.lang === "en" ? "sv" : "en"));
let dropped = null;
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", (event) => { event.preventDefault(); [dropped] = event.dataTransfer.files; take(dropped); });
