// The form works without this file; with it, faults and examples are judged as one writes.

const form = document.getElementById("rules");
const QUIET_MS = 600;
let waiting = 0;
let asked;

/** What the server says of the form as it stands, put in place without touching a field. */
async function judge() {
  asked?.abort();
  asked = new AbortController();
  const body = new URLSearchParams(new FormData(form));
  body.set("do", "check");
  try {
    const response = await fetch(form.action, { method: "POST", body, signal: asked.signal });
    if (response.redirected || !response.headers.get("content-type")?.startsWith("text/html")) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const id of judged(page)) document.getElementById(id)?.replaceWith(page.getElementById(id));
    for (const rule of page.querySelectorAll(".rule")) {
      document.getElementById(rule.id)?.classList.toggle("wrong", rule.classList.contains("wrong"));
    }
  } catch (error) {
    if (error.name !== "AbortError") throw error;
  }
}

function judged(page) {
  return [...page.querySelectorAll("#verdict, .faults, .judged")].map((each) => each.id);
}

/** The words that the chosen column has are offered beside it. */
function offer(select) {
  const value = select.closest(".condition").querySelector("input");
  const kind = select.selectedOptions[0]?.dataset.kind;
  const list = { "ja/nej": "yes-no", ord: `words-${select.value.replaceAll(" ", "-")}` }[kind];
  if (list) value.setAttribute("list", list);
  else value.removeAttribute("list");
}

form.addEventListener("input", (event) => {
  if (event.target.matches("[data-column]")) offer(event.target);
  clearTimeout(waiting);
  waiting = setTimeout(judge, QUIET_MS);
});
